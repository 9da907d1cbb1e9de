import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  QueryProvidersRequest as ProvidersRequest,
  QueryProvidersResponse as ProvidersResponse,
} from '@akashnetwork/chain-sdk/private-types/akash.v1beta4';
import { connectChain } from '../client.js';
import type { ForPeople, ChainClient } from '../client.js';
import { isChainUnavailable } from '../ports.js';
import { abciAnswer } from '../testing/abci-answers.js';
import { ScriptedRpc } from '../testing/scripted-rpc.js';

let rpc: ScriptedRpc;
let client: ChainClient & ForPeople;

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

describe('the list of providers', () => {
  it('is read over all its pages', async () => {
    rpc.addBlock();
    const page = (owner: string, nextKey: string): Uint8Array =>
      ProvidersResponse.encode(
        ProvidersResponse.fromPartial({
          providers: [
            { owner, hostUri: 'https://p:8443', attributes: [{ key: 'region', value: 'eu' }] },
          ],
          pagination: { nextKey: Buffer.from(nextKey) },
        }),
      ).finish();
    rpc.handlers.set('abci_query', ({ path, data }) => {
      if (path !== '/akash.provider.v1beta4.Query/Providers') return undefined;
      const { pagination } = ProvidersRequest.decode(Buffer.from(String(data), 'hex'));
      const first = (pagination?.key.length ?? 0) === 0;
      return abciAnswer(first ? page('akash1a', 'more') : page('akash1b', ''));
    });
    expect(await client.providers()).toEqual(
      ['akash1a', 'akash1b'].map((owner) => ({
        owner,
        hostUri: 'https://p:8443',
        attributes: [{ key: 'region', value: 'eu' }],
        info: { email: '', website: '' },
      })),
    );
  });
});
