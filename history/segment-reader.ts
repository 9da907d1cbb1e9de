/** Reads segments back: every decision with its answer, and on demand all that it was made of. */
import type { DecideInput, Decision } from '../bidengine/input.js';
import type { NodeSnapshot } from '../bidengine/snapshot.js';
import { parseLeaseId, parseOrderId } from '../market/ids.js';
import { parseDecimal } from '../market/money.js';
import type { DecCoin } from '../market/money.js';
import type { AgainEntry, TakenEntry } from './entry.js';
import { fromPlain } from './plain.js';
import type { Plain } from './plain.js';
import { revived } from './revive.js';
import { parseSegmentLine, SegmentFormatError } from './segment-lines.js';
import type { DecidedLine, SnapshotLine } from './segment-lines.js';

/** The input of a decision as far as it was kept. */
export type KeptInput =
  | { readonly ok: true; readonly input: DecideInput }
  | { readonly ok: false; readonly missing: readonly string[] };

/** A decision read back. */
export interface KeptDecision {
  readonly type: 'decided';
  readonly atMs: number;
  /** `owner/dseq/gseq/oseq` */
  readonly order: string;
  readonly height: bigint;
  readonly decision: Decision;
  /** Digest of the inventory it was made on; `undefined` when none was kept. */
  readonly snapshotId: string | undefined;
  /** Puts the input together. @throws PlainFormatError; ExpressionError when a price book's expression is of another version */
  readonly input: () => KeptInput;
}

export type KeptEntry = KeptDecision | AgainEntry | TakenEntry;

const coin = ({ denom, amount }: { denom: string; amount: string }): DecCoin => ({
  denom,
  amount: parseDecimal(amount),
});

class Segment {
  readonly #values = new Map<string, Plain>();
  readonly #snapshots = new Map<string, SnapshotLine>();

  value(id: string, v: Plain): void {
    this.#values.set(id, v);
  }

  snapshot(line: SnapshotLine): void {
    this.#snapshots.set(line.id, line);
  }

  input({ input, missing }: DecidedLine): KeptInput {
    const parts: Record<string, unknown> = {};
    const lacking = [...missing];
    for (const [name, part] of Object.entries(input)) {
      const found = 'v' in part ? fromPlain(part.v) : this.#find(part.id);
      if (found === undefined) lacking.push(name);
      else parts[name] = found;
    }
    if (lacking.length > 0) return { ok: false, missing: lacking };
    return { ok: true, input: revived(parts as unknown as DecideInput) };
  }

  #find(id: string): unknown {
    const value = this.#values.get(id);
    if (value !== undefined) return fromPlain(value);
    const chain: SnapshotLine[] = [];
    for (let at: string | undefined = id; at !== undefined;) {
      const line: SnapshotLine | undefined = this.#snapshots.get(at);
      if (line === undefined) return undefined;
      chain.unshift(line);
      at = line.base;
    }
    const nodes = new Map<string, NodeSnapshot>();
    for (const { put, gone } of chain) {
      for (const plain of put) {
        const node = fromPlain(plain) as NodeSnapshot;
        nodes.set(node.name, node);
      }
      for (const name of gone) nodes.delete(name);
    }
    const rest = fromPlain(chain.at(-1)?.rest ?? null) as object;
    const byName = [...nodes.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
    return { ...rest, nodes: byName };
  }
}

/** Every entry of a segment, in the order in which they were written. @throws SegmentFormatError */
export const readSegment = (text: string): readonly KeptEntry[] => {
  const segment = new Segment();
  const entries: KeptEntry[] = [];
  for (const [index, lineText] of text.split('\n').entries()) {
    if (lineText === '') continue;
    const line = parseSegmentLine(lineText, index + 1);
    if (index === 0 && line.t !== 'head') throw new SegmentFormatError(1, 'is no head');
    switch (line.t) {
      case 'head':
        break;
      case 'value':
        segment.value(line.id, line.v);
        break;
      case 'snapshot':
        segment.snapshot(line);
        break;
      case 'decided': {
        const part = line.input['snapshot'];
        entries.push({
          type: 'decided',
          atMs: line.at,
          order: line.order,
          height: BigInt(line.height),
          decision: fromPlain(line.decision) as Decision,
          snapshotId: part !== undefined && 'id' in part ? part.id : undefined,
          input: () => segment.input(line),
        });
        break;
      }
      case 'again':
        entries.push({
          type: 'again',
          atMs: line.at,
          orderId: parseOrderId(line.order),
          height: BigInt(line.height),
          times: line.times,
        });
        break;
      case 'taken':
        entries.push({
          type: 'taken',
          atMs: line.at,
          id: parseLeaseId(line.bid),
          height: BigInt(line.height),
          price: coin(line.price),
          ...(line.ours === undefined ? {} : { ours: coin(line.ours) }),
        });
        break;
    }
  }
  return entries;
};
