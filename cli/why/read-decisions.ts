/** Past decisions out of the cluster: every segment that is there, and what is said of the orders one asks for. */
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { LABELS } from '../../crds/constants.js';
import { SEGMENT_KEY } from '../../history/names.js';
import { isSegmentFormatError } from '../../history/segment-lines.js';
import { readSegment } from '../../history/segment-reader.js';
import type { KeptEntry } from '../../history/segment-reader.js';
import type { KubeApi } from '../../kube/api.js';
import { CONFIG_MAPS, matchLabels } from '../../kube/resources.js';
import { formatOrderId, orderIdOf } from '../../market/ids.js';

const decompress = promisify(gunzip);
/** A segment's text in memory at most; the operator writes no larger ones. */
const MOST_TEXT_BYTES = 64 * 1024 * 1024;

export interface PastDecisions {
  /** Oldest first. */
  readonly entries: readonly KeptEntry[];
  /** Names of segments that cannot be read, each with why. */
  readonly unreadable: readonly string[];
  /** Time of the oldest entry of any order, Unix milliseconds; `undefined` when nothing is kept. */
  readonly sinceMs: number | undefined;
}

/** `owner/dseq/gseq/oseq` of what an entry is about. */
export const orderOf = (entry: KeptEntry): string => {
  switch (entry.type) {
    case 'decided':
      return entry.order;
    case 'again':
      return formatOrderId(entry.orderId);
    case 'taken':
      return formatOrderId(orderIdOf(entry.id));
  }
};

const isUnreadable = (error: unknown): error is Error =>
  isSegmentFormatError(error) ||
  (error as { readonly code?: unknown } | null)?.code === 'Z_DATA_ERROR' ||
  (error as { readonly code?: unknown } | null)?.code === 'Z_BUF_ERROR';

/** @param isWanted told the order path of each entry @throws KubeError */
export const readDecisions = async (
  api: Pick<KubeApi, 'list'>,
  namespace: string,
  isWanted: (orderPath: string) => boolean,
): Promise<PastDecisions> => {
  const { items } = await api.list(CONFIG_MAPS, {
    namespace,
    labelSelector: matchLabels({ [LABELS.history]: 'true' }),
    // Segments are large: one page of all of them would be too much for the server.
    pageSize: 10,
  });
  const entries: KeptEntry[] = [];
  const unreadable: string[] = [];
  let sinceMs: number | undefined;
  for (const { metadata, binaryData } of items) {
    const base64 = binaryData?.[SEGMENT_KEY] ?? '';
    try {
      const options = { maxOutputLength: MOST_TEXT_BYTES };
      const text = await decompress(Buffer.from(base64, 'base64'), options);
      for (const entry of readSegment(text.toString('utf8'))) {
        sinceMs = sinceMs === undefined ? entry.atMs : Math.min(sinceMs, entry.atMs);
        if (isWanted(orderOf(entry))) entries.push(entry);
      }
    } catch (error) {
      if (!isUnreadable(error)) throw error;
      unreadable.push(`${metadata.name}: ${error.message}`);
    }
  }
  return { entries: entries.sort((a, b) => a.atMs - b.atMs), unreadable, sinceMs };
};
