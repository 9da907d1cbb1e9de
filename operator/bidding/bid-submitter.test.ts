import { describe, expect, it } from '@jest/globals';
import { reservationOf } from '../../bidengine/reserve.js';
import type { BidDecision } from '../../bidengine/input.js';
import type { SignedTx } from '../../chain/ports.js';
import { formatOrderId } from '../../market/ids.js';
import { parseDecimal } from '../../market/money.js';
import { createLogger } from '../logger.js';
import { anOrderId } from '../testing/an-intent.js';
import { aGroup } from '../testing/tenant.js';
import { PROVIDER } from '../testing/world.js';
import { BidSubmitter } from './bid-submitter.js';
import type { DecidedBid } from './bid-submitter.js';
import type { BidIntent } from './intent.js';
import { OwnBids } from './own-bids.js';
import { ReservationLedger } from './reservation-ledger.js';

const decided = (dseq: bigint, replicas = 1): DecidedBid => {
  const id = anOrderId(dseq);
  const spec = aGroup({ gpus: 1 });
  const placement = Array.from({ length: replicas }, (_, replica) => ({
    ...{ unitId: 1, replica, node: `h100-${replica}`, gpus: 1n },
  }));
  const decision: BidDecision = {
    type: 'bid',
    orderId: id,
    price: { denom: 'uact', amount: parseDecimal('10') },
    usdPerHour: parseDecimal('2'),
    offer: [],
    placement,
    placedBy: 'pressureOfUse',
    breakdown: [],
    deposit: { denom: 'uakt', amount: 500_000n },
    policy: 'default',
  };
  const order = { id, state: 'open' as const, spec, createdAt: 1n };
  const reservation = reservationOf(id, spec, placement, 'bid in flight');
  return { path: formatOrderId(id), order, decision, reservation };
};

const setup = (faults: { readonly sign?: bigint; readonly write?: number } = {}) => {
  const bids = new OwnBids(PROVIDER);
  const ledger = new ReservationLedger();
  const written: (readonly BidIntent[])[] = [];
  const followed: string[] = [];
  const discarded: string[] = [];
  const abandoned: string[] = [];
  const submitter = new BidSubmitter({
    lane: {
      sign: async (messages) => {
        const [message] = messages;
        const dseq = message?.type === 'create-bid' ? message.id.dseq : 0n;
        if (dseq === faults.sign) throw new Error('no signature');
        const tx: SignedTx = { bytes: new Uint8Array(500), hash: `TX${dseq}`, timeoutNs: 1n };
        return tx;
      },
      discard: (tx) => void discarded.push(tx.hash),
    },
    provider: PROVIDER,
    intents: {
      write: async (_height, intents) => {
        written.push(intents);
        if (written.length === faults.write) throw new Error('no API server');
        return `intent-${written.length}`;
      },
    },
    ...{ bids, ledger, log: createLogger('silent') },
    follower: { follow: ({ intent }) => void followed.push(intent.tx.hash) },
    arrivalOf: () => undefined,
    onAbandoned: (path) => void abandoned.push(path),
  });
  const submit = (many: readonly DecidedBid[]): Promise<void> =>
    submitter.submit(many, 9n, new AbortController().signal);
  return { bids, ledger, written, followed, discarded, abandoned, submit };
};

describe('BidSubmitter', () => {
  it('writes one intent for two hundred bids of a block before it sends any', async () => {
    const { submit, written, followed, bids } = setup();
    await submit(Array.from({ length: 200 }, (_, i) => decided(BigInt(i + 1))));
    expect(written.map((w) => w.length)).toEqual([200]);
    expect(followed).toHaveLength(200);
    expect(bids.inFlight()).toHaveLength(200);
  });

  it('writes a second one only when an object could not hold them all', async () => {
    const { submit, written, followed } = setup();
    await submit(Array.from({ length: 40 }, (_, i) => decided(BigInt(i + 1), 200)));
    expect(written.length).toBeGreaterThan(1);
    expect(written.flat()).toHaveLength(40);
    expect(followed).toHaveLength(40);
  });

  it('without an intent nothing is sent, nothing stays held, and the orders are decided again', async () => {
    const { submit, followed, discarded, abandoned, bids, ledger } = setup({ write: 1 });
    const many = [decided(1n), decided(2n)];
    await expect(submit(many)).rejects.toThrow('no API server');
    expect(followed).toEqual([]);
    expect(discarded).toEqual(['TX1', 'TX2']);
    expect(abandoned).toEqual(many.map((d) => d.path));
    expect(many.some((d) => bids.has(d.path))).toBe(false);
    expect(ledger.all()).toEqual([]);
  });

  it('one that cannot be signed keeps none of the others back', async () => {
    const { submit, followed, abandoned, ledger } = setup({ sign: 2n });
    const many = [decided(1n), decided(2n), decided(3n)];
    await expect(submit(many)).rejects.toThrow('no signature');
    expect(followed).toEqual(['TX1', 'TX3']);
    expect(abandoned).toEqual([many[1]?.path]);
    expect(ledger.all().map((r) => r.key)).toEqual([many[0]?.path, many[2]?.path]);
  });
});
