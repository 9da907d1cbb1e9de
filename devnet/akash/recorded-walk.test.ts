/** The recorded scenarios, replayed on the modules: every message leaves the recorded events, in order. */
import { describe, expect, it } from '@jest/globals';
import { MemoryChain } from './testing/memory-chain.js';
import { recordedTx } from './testing/recorded.js';

const TENANT = 'akash1755j742uefcjur6qy6ylgkne80xsqn4dcs360u';
const PROVIDER = 'akash19h7kcru96wkylecd2vswv9eph6e58fnmk4fna5';

/** The recorded heights are kept: earnings depend on the blocks between. */
const replay = (chain: MemoryChain, names: readonly string[]): void => {
  for (const name of names) {
    const recorded = recordedTx(name);
    chain.advanceTo(recorded.height);
    const { events } = chain.deliver(...recorded.messages);
    expect({ name, events }).toEqual({ name, events: recorded.events });
  }
};

const funded = (): MemoryChain => {
  const chain = new MemoryChain();
  for (const address of [TENANT, PROVIDER]) {
    chain.endow(address, [
      { denom: 'uakt', amount: 10n ** 12n },
      { denom: 'uact', amount: 10n ** 12n },
    ]);
  }
  return chain;
};

const MARKET = [
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
];
const OUT_OF_FUNDS = [
  'oof-deployment-create',
  'oof-bid-create',
  'oof-lease-create',
  'oof-withdraw',
];
const PROVIDER_CLOSE = ['pc-deployment-create', 'pc-bid-create', 'pc-lease-create', 'pc-bid-close'];

describe('recorded walks (fidelity 7, 9, 10)', () => {
  it('replays market, out of funds and provider close on one chain', () => {
    replay(funded(), [...MARKET, ...OUT_OF_FUNDS, ...PROVIDER_CLOSE]);
  });
});
