import { describe, expect, it } from '@jest/globals';
import { ChainUnavailableError } from '../../chain/ports.js';
import type { ChainProof, ChainReader } from '../../chain/ports.js';
import { parseDecimal } from '../../market/money.js';
import type { Lease, LeaseState } from '../../market/records.js';
import { ChainView } from '../chain-view/chain-view.js';
import { aBid } from '../testing/an-intent.js';
import type { Reason } from '../../market/reasons.js';
import { proveLease, proveLeaseState } from './lease-proof.js';

const { id } = aBid();
const aLease = (state: LeaseState): Lease => ({
  ...{ id, state, createdAt: 1n, closedOn: 0n, reason: '' },
  price: { denom: 'uact', amount: parseDecimal('1') },
});

interface Given {
  readonly lease?: Lease;
  readonly headHeight?: bigint;
  readonly catchingUp?: boolean;
  readonly viewAgeMs?: number;
  readonly fault?: Error;
  /** Why a second opinion cannot be had. */
  readonly obstacle?: Reason;
  /** Asked for with proof, whichever it is. */
  readonly withProof?: boolean;
}

const prove = ({
  lease,
  headHeight = 100n,
  catchingUp = false,
  viewAgeMs = 0,
  fault,
  obstacle,
  withProof = false,
}: Given) => {
  let now = 0;
  const view = new ChainView(
    { now: () => 0, monotonic: () => now, sleep: async () => {} },
    1000,
    1,
  );
  view.observe({ height: 100n, timeMs: 0 });
  now = viewAgeMs;
  const reader = {
    head: () => Promise.resolve({ chainId: 'c', height: headHeight, timeMs: 0, catchingUp }),
    lease: () => (fault === undefined ? Promise.resolve(lease) : Promise.reject(fault)),
  } as unknown as ChainReader;
  const proof: ChainProof = {
    obstacle: () => obstacle,
    read: async (query) =>
      obstacle === undefined
        ? { proven: true, value: await query(reader), height: headHeight, by: ['a', 'b'] }
        : { proven: false, reason: obstacle },
  };
  return withProof ? proveLeaseState({ proof }, view, id) : proveLease({ reader, proof }, view, id);
};

describe('proveLease', () => {
  it.each<[LeaseState, 'live' | 'ended']>([
    ['active', 'live'],
    ['reclaiming', 'live'],
    ['insufficient_funds', 'ended'],
    ['closed', 'ended'],
  ])('a record that says %s, read at the newest height, proves it %s', async (state, want) => {
    expect((await prove({ lease: aLease(state) })).state).toBe(want);
  });

  it.each<[string, Given, string]>([
    ['no record at all', {}, 'LeaseNotOnChain'],
    ['an endpoint one block behind', { lease: aLease('closed'), headHeight: 99n }, 'ChainLagging'],
    ['an endpoint that catches up', { lease: aLease('closed'), catchingUp: true }, 'ChainLagging'],
    ['a view that is too old', { lease: aLease('closed'), viewAgeMs: 1001 }, 'ChainStale'],
    [
      'an end that only one stranger tells of',
      { lease: aLease('closed'), obstacle: { code: 'NoSecondOpinion', message: '' } },
      'NoSecondOpinion',
    ],
    [
      'an end that endpoints disagree about',
      { lease: aLease('closed'), obstacle: { code: 'EndpointsDisagree', message: '' } },
      'EndpointsDisagree',
    ],
    [
      'life asked for with proof, of one stranger',
      {
        lease: aLease('active'),
        obstacle: { code: 'NoSecondOpinion', message: '' },
        withProof: true,
      },
      'NoSecondOpinion',
    ],
    ['no answer', { fault: new ChainUnavailableError('refused') }, 'ChainUnavailable'],
  ])('%s proves nothing', async (_name, given, want) => {
    const proof = await prove(given);
    expect(proof.state === 'unknown' ? proof.reason.code : proof.state).toBe(want);
  });

  it('life needs no second opinion: running a lease destroys nothing', async () => {
    const obstacle = { code: 'NoSecondOpinion', message: '' };
    expect((await prove({ lease: aLease('active'), obstacle })).state).toBe('live');
  });

  it('a fault of ours is not taken for an outage', async () => {
    await expect(prove({ fault: new TypeError('ours') })).rejects.toThrow('ours');
  });
});
