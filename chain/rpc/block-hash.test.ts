import { describe, expect, it } from '@jest/globals';
import { readRecording } from '../testing/recordings.js';
import { dataHash, headerHash, readSoundBlock } from './block-hash.js';

interface Header {
  readonly height: string;
  readonly data_hash: string;
  readonly last_block_id: { readonly hash: string };
}
interface Frame {
  readonly result: {
    readonly data?: {
      readonly value: {
        readonly header?: Header;
        readonly TxResult?: { readonly height: string; readonly tx: string };
      };
    };
  };
}

const values = readRecording('ws-frames.jsonl')
  .trim()
  .split('\n')
  .flatMap((line) => (JSON.parse(line) as Frame).result.data?.value ?? []);
const headers = values.flatMap((v) => v.header ?? []);
const txsAt = (height: string): readonly Uint8Array[] =>
  values
    .flatMap((v) => v.TxResult ?? [])
    .filter((tx) => tx.height === height)
    .map((tx) => Buffer.from(tx.tx, 'base64'));

describe('hashes of recorded blocks', () => {
  it('a header hashes to what the next one names', () => {
    const linked = headers.flatMap((header) => {
      const next = headers.find((h) => Number(h.height) === Number(header.height) + 1);
      return next === undefined ? [] : [[headerHash(header), next.last_block_id.hash]];
    });
    expect(linked.length).toBeGreaterThan(20);
    for (const [own, named] of linked) expect(own).toBe(named);
  });

  it('the transactions hash to the data hash', () => {
    const full = headers.filter((h) => txsAt(h.height).length > 0);
    expect(full.length).toBeGreaterThan(10);
    for (const h of full) expect(dataHash(txsAt(h.height))).toBe(h.data_hash);
  });

  it('a transaction more, less or other, and another header, are found', () => {
    const header = headers.find((h) => txsAt(h.height).length > 0);
    const txs = txsAt(header?.height ?? '').map((tx) => Buffer.from(tx).toString('base64'));
    const read = (changed: unknown, list: readonly string[], hash = headerHash(header)): unknown =>
      readSoundBlock({ hash }, { header: changed, data: { txs: list } });
    expect(read(header, txs)).toMatchObject({ height: BigInt(header?.height ?? 0) });
    expect(read(header, [])).toContain('do not hash');
    expect(read(header, [...txs, 'AAAA'])).toContain('do not hash');
    expect(read({ ...header, app_hash: 'AB' }, txs)).toContain("does not hash to the block's hash");
    expect(read({}, txs)).toBe('gives a block without a height');
  });
});
