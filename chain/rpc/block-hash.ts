/**
 * The hashes that hold a block together, recomputed from what a node says. Formats: CometBFT 0.38, spec/core/encoding.md
 * (Merkle trees as in RFC 6962, a leaf for each encoded field of a header) and data_structures.md.
 */
import { createHash } from 'node:crypto';
import { BinaryWriter } from '@bufbuild/protobuf/wire';
import { fromRfc3339WithNanoseconds } from '@cosmjs/tendermint-rpc';

const sha256 = (...parts: readonly Uint8Array[]): Uint8Array => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
};

const LEAF = Uint8Array.of(0);
const INNER = Uint8Array.of(1);

/** Root of the Merkle tree over `leaves`; that of no leaves is the hash of nothing. */
export const merkleRoot = (leaves: readonly Uint8Array[]): Uint8Array => {
  const [first] = leaves;
  if (first === undefined) return sha256();
  if (leaves.length === 1) return sha256(LEAF, first);
  // The largest power of two below the number of leaves.
  const split = 2 ** Math.ceil(Math.log2(leaves.length) - 1);
  return sha256(INNER, merkleRoot(leaves.slice(0, split)), merkleRoot(leaves.slice(split)));
};

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex').toUpperCase();

/** What `data_hash` of a block with these transactions must be, upper-case hex. */
export const dataHash = (txs: readonly Uint8Array[]): string =>
  hex(merkleRoot(txs.map((tx) => sha256(tx))));

type Json = Readonly<Record<string, unknown>>;

const object = (value: unknown): Json =>
  typeof value === 'object' && value !== null ? (value as Json) : {};
const text = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : '';
const bytesOf = (value: unknown): Uint8Array => Buffer.from(text(value), 'hex');

const bytesLeaf = (value: Uint8Array): Uint8Array =>
  value.length === 0 ? value : new BinaryWriter().uint32(10).bytes(value).finish();

const uvarint = (writer: BinaryWriter, tag: number, value: bigint): BinaryWriter =>
  value === 0n ? writer : writer.uint32(tag).uint64(value);

const timeLeaf = (rfc3339: string): Uint8Array => {
  const at = fromRfc3339WithNanoseconds(rfc3339);
  const ms = at.getTime();
  const seconds = Math.floor(ms / 1000);
  const nanos = (ms - seconds * 1000) * 1_000_000 + (at.nanoseconds ?? 0);
  const writer = new BinaryWriter();
  if (seconds !== 0) writer.uint32(8).int64(seconds);
  if (nanos !== 0) writer.uint32(16).int32(nanos);
  return writer.finish();
};

const blockIdLeaf = (id: Json): Uint8Array => {
  const parts = object(id['parts']);
  const set = uvarint(new BinaryWriter(), 8, BigInt(text(parts['total']) || '0'));
  const partsHash = bytesOf(parts['hash']);
  if (partsHash.length > 0) set.uint32(18).bytes(partsHash);
  const writer = new BinaryWriter();
  const hash = bytesOf(id['hash']);
  if (hash.length > 0) writer.uint32(10).bytes(hash);
  // Never left out, not even when it is empty (the first block has no predecessor).
  return writer.uint32(18).bytes(set.finish()).finish();
};

const HASH_FIELDS = [
  'last_commit_hash',
  'data_hash',
  'validators_hash',
  'next_validators_hash',
  'consensus_hash',
  'app_hash',
  'last_results_hash',
  'evidence_hash',
  'proposer_address',
] as const;

/** The hash of a header as the RPC writes one, upper-case hex. @throws Error on one that is not complete */
export const headerHash = (header: unknown): string => {
  const fields = object(header);
  const version = object(fields['version']);
  const chainId = new TextEncoder().encode(text(fields['chain_id']));
  const consensus = uvarint(new BinaryWriter(), 8, BigInt(text(version['block']) || '0'));
  uvarint(consensus, 16, BigInt(text(version['app']) || '0'));
  return hex(
    merkleRoot([
      consensus.finish(),
      bytesLeaf(chainId),
      uvarint(new BinaryWriter(), 8, BigInt(text(fields['height']))).finish(),
      timeLeaf(text(fields['time'])),
      blockIdLeaf(object(fields['last_block_id'])),
      ...HASH_FIELDS.map((name) => bytesLeaf(bytesOf(fields[name]))),
    ]),
  );
};

/** A block whose parts were found to belong together. */
export interface SoundBlock {
  readonly height: bigint;
  readonly timeMs: number;
  /** Upper-case hex. */
  readonly hash: string;
  /** Hash of the block before it; empty for the first. */
  readonly lastHash: string;
  readonly txs: readonly Uint8Array[];
}

/** Reads `{block_id, block}` as `/block` and NewBlock frames have it; a sentence when its parts do not belong together. */
export const readSoundBlock = (blockId: unknown, block: unknown): SoundBlock | string => {
  const header = object(object(block)['header']);
  const listed = object(object(block)['data'])['txs'] ?? [];
  const hash = text(object(blockId)['hash']).toUpperCase();
  try {
    if (!Array.isArray(listed)) return 'has a block without a list of transactions';
    const txs = listed.map((tx) => Uint8Array.from(Buffer.from(text(tx), 'base64')));
    if (!/^[1-9]\d*$/.test(text(header['height']))) return 'gives a block without a height';
    const height = BigInt(text(header['height']));
    if (dataHash(txs) !== text(header['data_hash']).toUpperCase())
      return `gives transactions for block ${height} that do not hash to its header's data_hash`;
    if (headerHash(header) !== hash)
      return `gives a header for block ${height} that does not hash to the block's hash`;
    const timeMs = Date.parse(text(header['time']));
    const lastHash = text(object(header['last_block_id'])['hash']).toUpperCase();
    return { height, timeMs, hash, lastHash, txs };
  } catch {
    return 'gives a block that cannot be read';
  }
};
