import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { connectChain } from '../client.js';
import type { BlockTimes, ChainClient } from '../client.js';
import { isChainUnavailable } from '../ports.js';
import { ScriptedRpc } from '../testing/scripted-rpc.js';

let rpc: ScriptedRpc;
let client: ChainClient & BlockTimes;

beforeEach(async () => {
  rpc = await ScriptedRpc.start();
  client = connectChain({ endpoints: [rpc.url] });
});

afterEach(async () => {
  client.close();
  await rpc.stop();
});

describe('the measured block time', () => {
  it('is the mean over the latest twenty blocks', async () => {
    let timeMs = 1_800_000_000_000;
    for (let i = 0; i < 40; i += 1) {
      timeMs += i < 20 ? 60_000 : i % 2 === 0 ? 5_000 : 7_000;
      rpc.addBlock({ timeMs });
    }
    // 19 gaps, from block 21 on: ten of 7 s and nine of 5 s.
    expect(await client.blockTimeMs()).toBeCloseTo((10 * 7_000 + 9 * 5_000) / 19, 6);
  });

  it('does not count the first block, which bears the time of genesis', async () => {
    rpc.addBlock({ timeMs: 1_000_000_000_000 });
    for (const timeMs of [1_800_000_000_000, 1_800_000_001_000]) rpc.addBlock({ timeMs });
    expect(await client.blockTimeMs()).toBe(1_000);
  });

  it('is unknown while there are too few blocks', async () => {
    rpc.addBlock();
    rpc.addBlock();
    const failure: unknown = await client.blockTimeMs().catch((error: unknown) => error);
    expect(isChainUnavailable(failure)).toBe(true);
    expect(String(failure)).toContain('too few blocks');
  });
});
