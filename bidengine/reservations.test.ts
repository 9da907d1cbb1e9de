import { describe, expect, it } from '@jest/globals';
import { decide } from './decide.js';
import { NOTHING } from './quantities.js';
import { withReservations } from './reservations.js';
import { reservationOf } from './reserve.js';
import type { Reservation } from './snapshot.js';
import { anInput } from './testing/input-builder.js';
import { aNode, aSnapshot, H100 } from './testing/node-builder.js';
import { anOrder, GIB, persistentVolume, TENANT } from './testing/order-builder.js';

const hold = (facts: Partial<Reservation>): Reservation => ({
  key: 'k',
  owner: TENANT,
  perNode: [],
  storage: [],
  leasedIps: 0,
  reason: 'bid open',
  ...facts,
});

describe('withReservations', () => {
  it('adds what is held on each node and keeps the other nodes as they are', () => {
    const snapshot = aSnapshot([aNode('a').obj(), aNode('b').obj()]);
    const part = { node: 'a', quantities: { ...NOTHING, milliCpu: 500n } };
    const held = withReservations(snapshot, [
      hold({ perNode: [part] }),
      hold({ key: 'l', perNode: [part] }),
    ]);
    expect(held.nodes[0]?.allocated.milliCpu).toBe(1000n);
    expect(held.nodes[1]).toBe(snapshot.nodes[1]);
    expect(withReservations(snapshot, [])).toBe(snapshot);
  });

  it('saturates at zero and says what did not add up', () => {
    const snapshot = aSnapshot([aNode('a').withGpus(H100, 8).obj()], {
      storage: [
        { name: 'beta3', availableBytes: 10n },
        { name: 'beta2', availableBytes: undefined },
      ],
      leasedIpsAvailable: 1,
    });
    const held = withReservations(snapshot, [
      hold({
        perNode: [{ node: 'a', quantities: { ...NOTHING, gpus: 9n } }],
        storage: [
          { className: 'beta3', bytes: 11n },
          { className: 'beta2', bytes: 11n },
        ],
        leasedIps: 2,
      }),
    ]);
    expect(held.storage.map((s) => s.availableBytes)).toEqual([0n, undefined]);
    expect(held.leasedIpsAvailable).toBe(0);
    expect(held.anomalies.map((r) => [r.code, r.message])).toEqual([
      ['NodeOverAllocated', 'gpus 9 of 8 taken'],
      ['LeasedIpsOverAllocated', '2 addresses reserved, 1 free'],
      ['StorageOverAllocated', '11 bytes reserved, 10 free'],
    ]);
  });

  it('tells an over-allocated node once, not again with each reservation', () => {
    const snapshot = aSnapshot([aNode('a').using({ pods: 111n }).obj()]);
    const held = withReservations(snapshot, [
      hold({ perNode: [{ node: 'a', quantities: { ...NOTHING, pods: 1n } }] }),
    ]);
    expect(held.anomalies).toEqual([]);
  });
});

describe('reservationOf', () => {
  const storage = [{ name: 'beta3', availableBytes: 1000n * GIB }];
  const nodes = ['a', 'b'].map((n) => aNode(n).withGpus(H100, 8).withStorageClasses('beta3').obj());
  const order = anOrder()
    .withGpu('nvidia', 'h100', 8)
    .withCount(2)
    .withVolumes(persistentVolume('beta3', 10n * GIB))
    .withEndpoints({ kind: 'LEASED_IP', sequenceNumber: 1 })
    .obj();
  const snapshot = aSnapshot(nodes, { storage, leasedIpsAvailable: 1 });

  it('holds exactly what the placement takes', () => {
    const decision = decide(anInput({ order, snapshot }));
    if (decision.type !== 'bid') throw new Error(JSON.stringify(decision.reasons));
    const held = reservationOf(order.id, order.spec, decision.placement, 'bid open', 99);
    const each = {
      milliCpu: 1000n,
      memoryBytes: GIB,
      ephemeralBytes: 0n,
      gpus: 8n,
      pods: 1n,
    };
    expect(held).toEqual({
      key: `${TENANT}/1/1/1`,
      owner: TENANT,
      perNode: [
        { node: 'a', quantities: each },
        { node: 'b', quantities: each },
      ],
      storage: [
        { className: 'beta3', node: 'a', bytes: 10n * GIB },
        { className: 'beta3', node: 'b', bytes: 10n * GIB },
      ],
      leasedIps: 1,
      reason: 'bid open',
      expiresAtMs: 99,
    });
    const next = decide(anInput({ order, snapshot: withReservations(snapshot, [held]) }));
    if (next.type !== 'skip') throw new Error('sold twice');
    expect(next.reasons.map((r) => r.code)).toEqual(['InsufficientLeasedIps', 'InsufficientGpus']);
  });

  it('has no end for a lease', () => {
    expect(reservationOf(order.id, order.spec, [], 'lease active')).not.toHaveProperty(
      'expiresAtMs',
    );
  });
});
