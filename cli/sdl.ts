/**
 * From a tenant's SDL to what goes on chain and what goes to the provider, with the official code for both; mistakes come
 * back with the line they are on.
 */
import {
  generateManifest,
  generateManifestVersion,
  manifestToSortedJSON,
} from '@akashnetwork/chain-sdk';
import type { Manifest } from '@akashnetwork/chain-sdk';
import { LineCounter, parseDocument } from 'yaml';
import type { Document } from 'yaml';
import { toGroupSpec } from '../chain/decode/group-spec.js';
import type { Reason } from '../market/reasons.js';
import type { GroupSpec } from '../market/resources.js';

export interface ReadSdl {
  readonly ok: true;
  readonly groups: readonly GroupSpec[];
  /** Compact JSON with sorted keys: the bytes whose SHA-256 is on chain. */
  readonly manifest: Uint8Array;
  readonly hash: Uint8Array;
}

export type SdlResult = ReadSdl | { readonly ok: false; readonly reasons: readonly Reason[] };

/** What {@link generateManifest} takes; its type is not exported by name. */
type SdlInput = Parameters<typeof generateManifest>[0];

const lineOf = (document: Document, lines: LineCounter, path: string): string => {
  const keys = path.split('/').filter((k) => k !== '');
  while (keys.length > 0) {
    const node = document.getIn(
      keys.map((k) => (/^\d+$/.test(k) ? Number(k) : k)),
      true,
    ) as { readonly range?: readonly [number, number, number] } | undefined;
    if (node?.range !== undefined) return ` (line ${lines.linePos(node.range[0]).line})`;
    keys.pop();
  }
  return '';
};

/** Reads, validates and converts. Never throws for a bad SDL. */
export const readSdl = async (text: string): Promise<SdlResult> => {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, merge: false });
  const [syntax] = document.errors;
  if (syntax !== undefined) {
    return {
      ok: false,
      reasons: [{ code: 'SdlSyntax', message: syntax.message.split('\n')[0] ?? 'not YAML' }],
    };
  }
  let input: SdlInput;
  try {
    // At most 50 aliases: a few hundred bytes of them could stand for millions of nodes.
    input = document.toJS({ maxAliasCount: 50 }) as SdlInput;
  } catch {
    return {
      ok: false,
      reasons: [{ code: 'SdlTooLarge', message: 'The SDL uses too many YAML aliases.' }],
    };
  }
  const result = generateManifest(input);
  if (result.ok !== true) {
    return {
      ok: false,
      reasons: result.value.map((fault) => ({
        code: 'SdlInvalid',
        message: `${fault.instancePath === '' ? '/' : fault.instancePath}: ${fault.message}${lineOf(document, lines, fault.instancePath)}`,
        field: fault.instancePath,
      })),
    };
  }
  const manifest: Manifest = result.value.groups;
  return {
    ok: true,
    groups: result.value.groupSpecs.map((g, i) => toGroupSpec(g, `groups[${i}]`)),
    manifest: new TextEncoder().encode(manifestToSortedJSON(manifest)),
    hash: await generateManifestVersion(manifest),
  };
};
