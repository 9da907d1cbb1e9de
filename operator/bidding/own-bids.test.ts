import { describe, expect, it } from '@jest/globals';
import { parseDecimal } from '../../market/money.js';
import type { Bid } from '../../market/records.js';
import { OwnBids } from './own-bids.js';
import { ReservationLedger } from './reservation-ledger.js';

const us = 'akash1365yvmc4s7awdyj3n2sav7xfx76adc6dnmlx63';
const rival = 'akash1qufa3xzrf34qvwyejkhvnc4psf49fftaw0asmh';
const order = { owner: rival, dseq: 7n, gseq: 1, oseq: 1 };
const path = `${rival}/7/1/1`;
const price = { denom: 'uact', amount: parseDecimal('1') };
const ours: Bid = {
  id: { ...order, provider: us, bseq: 0 },
  state: 'open',
  price,
  createdAt: 5n,
  resourcesOffer: [],
};
const setup = (): OwnBids => {
  const bids = new OwnBids(us);
  bids.recount([ours], 5n);
  return bids;
};

describe('OwnBids', () => {
  it('a lease for us is a bid won, for another a bid lost, and neither is open any more', () => {
    const won = setup();
    won.reduce([{ type: 'lease-created', id: ours.id, price }]);
    expect(won.onChain(path)?.state).toBe('active');
    const lost = setup();
    lost.reduce([{ type: 'lease-created', id: { ...ours.id, provider: rival }, price }]);
    expect(lost.onChain(path)?.state).toBe('lost');
    expect([...won.open(), ...lost.open()]).toEqual([]);
  });

  it('a bid that ended after the listing stays known, until a later one leaves it out', () => {
    const bids = setup();
    bids.reduce([{ type: 'bid-closed', id: ours.id }]);
    bids.recount([], 4n);
    expect(bids.has(path)).toBe(true);
    bids.recount([], 5n);
    expect(bids.has(path)).toBe(false);
  });

  it('a bid that stands is not forgotten because a node denies it', () => {
    const bids = setup();
    bids.recount([], 9n);
    expect(bids.onChain(path)).toBe(ours);
    bids.recount([{ ...ours, state: 'closed' }], 10n);
    expect(bids.standing()).toEqual([]);
  });

  it('a won bid holds its capacity even when no lease is listed yet, an ended one does not', () => {
    const bids = setup();
    bids.reduce([{ type: 'lease-created', id: ours.id, price }]);
    expect(bids.standing()).toHaveLength(1);
    bids.reduce([{ type: 'bid-closed', id: ours.id }]);
    expect(bids.standing()).toEqual([]);
  });

  it('a bid being written down counts as in flight, until it is given up', () => {
    const bids = new OwnBids(us);
    bids.prepare(path);
    expect([bids.has(path), bids.isInFlight(path), bids.inFlight().length]).toEqual([
      true,
      true,
      0,
    ]);
    bids.abandonFlight(path);
    expect([bids.has(path), bids.isInFlight(path)]).toEqual([false, false]);
  });

  it('a bid in doubt is neither placed again nor let go, until it is known to be gone', () => {
    const bids = new OwnBids(us);
    bids.prepare(path);
    bids.doubtFlight(path);
    expect([bids.has(path), bids.mayLand(path), bids.isInFlight(path)]).toEqual([
      true,
      true,
      false,
    ]);
    bids.abandonFlight(path);
    expect([bids.has(path), bids.mayLand(path)]).toEqual([false, false]);
  });

  it("a rival's closed bid on the same order leaves ours open", () => {
    const bids = setup();
    bids.reduce([{ type: 'bid-closed', id: { ...ours.id, provider: rival } }]);
    expect(bids.open()).toHaveLength(1);
  });

  it('an ended bid still counts as placed: the chain never takes a second one', () => {
    const bids = setup();
    bids.reduce([{ type: 'bid-closed', id: ours.id }]);
    expect(bids.open()).toEqual([]);
    expect(bids.has(path)).toBe(true);
  });
});

describe('ReservationLedger', () => {
  it('holding twice is holding once, and a recount drops what nothing stands behind', () => {
    const ledger = new ReservationLedger();
    const reservation = {
      key: path,
      owner: rival,
      perNode: [],
      storage: [],
      leasedIps: 0,
      reason: 'bid open',
    };
    ledger.hold(reservation);
    ledger.hold({ ...reservation, reason: 'lease active' });
    expect(ledger.all()).toHaveLength(1);
    expect(ledger.get(path)?.reason).toBe('lease active');
    expect(ledger.retain(() => true)).toEqual([]);
    expect(ledger.retain(() => false)).toEqual([path]);
    expect(ledger.release(path)).toBe(false);
  });
});
