import { describe, expect, it } from '@jest/globals';
import { describeChain } from '../../test/contract/chain/chain-contract.js';
import { isChainUnavailable } from '../ports.js';
import { FakeChain } from './fake-chain.js';

const [PROVIDER, RIVAL, TENANT] = [
  'akash13xj0mcl935mrfnq7quxawqhaqp9p4ry3y952wj',
  'akash1cau5nruy5c67ty35eguujlgg2y6cphzfajqxyl',
  'akash163xcsyu9pygc3qnwesmysmj03ut8py2lfnppee',
] as const;

describeChain(
  'the fake chain keeps the contract of the ports',
  async () => {
    const chain = new FakeChain();
    chain.market.balances.set(PROVIDER, [{ denom: 'uact', amount: 1_000n }]);
    const beat = setInterval(() => chain.commit(), 3);
    return {
      reader: chain.reader,
      feed: chain.feed,
      provider: chain.laneFor({ address: PROVIDER }),
      rival: chain.laneFor({ address: RIVAL }),
      tenant: chain.laneFor({ address: TENANT }),
      stranger: 'akash1755j742uefcjur6qy6ylgkne80xsqn4dcs360u',
      stop: async () => {
        clearInterval(beat);
      },
    };
  },
  2_000,
);

describe('the fake chain as a test double', () => {
  it('a dead one answers nothing, and lands nothing until it lives again', async () => {
    const chain = new FakeChain();
    const lane = chain.laneFor({ address: PROVIDER });
    const tx = await lane.sign([]);
    const outcome = lane.broadcast(tx);
    chain.dead = true;
    chain.commit();
    expect(isChainUnavailable(await chain.reader.head().catch((e: unknown) => e))).toBe(true);
    expect(isChainUnavailable(await lane.sign([]).catch((e: unknown) => e))).toBe(true);
    expect(chain.submissions[0]?.outcome).toBeUndefined();
    chain.dead = false;
    chain.commit();
    expect((await outcome).status).toBe('included');
  });

  it('an override decides how transactions end', async () => {
    const chain = new FakeChain();
    chain.override = (hash) => ({ status: 'expired', hash });
    const outcome = chain.laneFor({ address: PROVIDER }).submit([]);
    await Promise.resolve();
    chain.commit();
    await Promise.resolve();
    expect((await outcome).status).toBe('expired');
  });
});
