/**
 * The golden walk: the recorded signed transactions of market, out of funds, provider close and swaps, on real
 * consensus at their recorded heights. `/tx`, `/block_results` and websocket frames equal the recorded ones field by
 * field, order included, but for what `compare.ts` lists (fidelity 7, 9, 10, 16).
 */
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { comparableBlock, comparableTx, isGasNear, shapeOf } from './compare.js';
import { MissedBlockError, RecordedDevnet } from './recorded-devnet.js';
import {
  recordedBlock,
  recordedFrames,
  recordedTx,
  type BlockAnswer,
  type Frame,
  type TxAnswer,
} from './recording.js';

jest.setTimeout(240_000);

/** In the order of their heights, 5 to 34. */
const WALK = [
  'provider-create',
  'cert-publish-client',
  'cert-publish-server',
  'deployment-create',
  'bid-create',
  'lease-create',
  'deposit-deployment',
  'deployment-update',
  'lease-withdraw',
  'lease-close',
  'deployment-close',
  'oof-deployment-create',
  'oof-bid-create',
  'oof-lease-create',
  'oof-withdraw',
  'pc-deployment-create',
  'pc-bid-create',
  'pc-lease-create',
  'pc-bid-close',
  'bme-mint-act',
  'bme-burn-act',
];

/** A machine that stalls for a whole block misses a slot; the walk then begins again on a new chain. */
const ATTEMPTS = 3;

interface Walked {
  readonly txs: ReadonlyMap<string, TxAnswer>;
  readonly blocks: ReadonlyMap<string, BlockAnswer>;
  readonly frames: readonly Frame[];
}

const walk = async (chain: RecordedDevnet): Promise<Walked> => {
  for (const name of WALK) {
    const { height, tx } = recordedTx(name);
    await chain.sendFor(BigInt(height), Buffer.from(tx, 'base64'));
  }
  await chain.harness.reach(BigInt(recordedTx('bme-burn-act').height) + 1n);
  const txs = new Map<string, TxAnswer>();
  const blocks = new Map<string, BlockAnswer>();
  for (const name of WALK) {
    const recorded = recordedTx(name);
    txs.set(name, await chain.tx(recorded.hash));
    blocks.set(name, await chain.block(recorded.height));
  }
  return { txs, blocks, frames: chain.frames };
};

const frameHeight = (frame: Frame): number => {
  const value = frame.result.data?.value as
    | {
        readonly TxResult?: { readonly height: string };
        readonly header?: { readonly height: string };
      }
    | undefined;
  return Number(value?.TxResult?.height ?? value?.header?.height ?? '0');
};

/** Frames of subscription `id` from the first recorded transaction to the last frame recorded. */
const framesOf = (frames: readonly Frame[], id: number): readonly Frame[] =>
  frames.filter((frame) => frame.id === id && frameHeight(frame) >= 5 && frameHeight(frame) <= 28);

/** A frame of a transaction without the gas it used. */
const comparableFrame = (frame: Frame): unknown =>
  JSON.parse(JSON.stringify(frame).replace(/"gas_used":"\d+"/, '"gas_used":"…"'));

describe('the recorded chain on the devnet', () => {
  let chain: RecordedDevnet | undefined;
  let walked: Walked;

  beforeAll(async () => {
    for (let attempt = 1; ; attempt += 1) {
      try {
        chain = await RecordedDevnet.start();
        walked = await walk(chain);
        return;
      } catch (error) {
        await chain?.end();
        chain = undefined;
        if (!(error instanceof MissedBlockError) || attempt === ATTEMPTS) throw error;
      }
    }
  });
  afterAll(async () => chain?.end());

  it.each(WALK)('answers /tx for %s as recorded, order of events included', (name) => {
    const recorded = recordedTx(name);
    const answer = walked.txs.get(name);
    expect(answer === undefined ? undefined : comparableTx(answer)).toEqual(comparableTx(recorded));
    expect(isGasNear(recorded.tx_result.gas_used, answer?.tx_result.gas_used ?? '0')).toBe(true);
  });

  it.each(WALK)('answers /block_results for the block of %s as recorded', (name) => {
    const answer = walked.blocks.get(name);
    expect(answer === undefined ? undefined : comparableBlock(answer)).toEqual(
      comparableBlock(recordedBlock(name)),
    );
  });

  it('sends the recorded websocket frames of transactions, in order', () => {
    const recorded = framesOf(recordedFrames(), 1);
    expect(recorded).toHaveLength(15);
    expect(framesOf(walked.frames, 1).map(comparableFrame)).toEqual(recorded.map(comparableFrame));
  });

  it('sends block headers of the recorded shape, one a height', () => {
    const recorded = framesOf(recordedFrames(), 2);
    const sent = framesOf(walked.frames, 2);
    expect(sent.map(frameHeight)).toEqual(recorded.map(frameHeight));
    expect(sent.map(shapeOf)).toEqual(recorded.map(shapeOf));
  });
});
