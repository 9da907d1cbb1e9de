import { describe, expect, it } from '@jest/globals';
import { decide } from './decide.js';
import { parseStorageScales, ScaleError, scaleStrategy } from './price-scale.js';
import { anInput, dec } from './testing/input-builder.js';
import { aNode, aSnapshot, H100 } from './testing/node-builder.js';
import { anOrder, aUnit, disk, GIB, persistentVolume, ramVolume } from './testing/order-builder.js';

const scales = {
  perMilliCpu: dec('0.004'),
  perMemoryMib: dec('0.0016'),
  perStorageMib: parseStorageScales('0.00016,beta3=0.0002'),
  perEndpoint: dec('1'),
  perLeasedIp: dec('60'),
};
const input = (order: ReturnType<typeof anOrder>) =>
  anInput({
    order: order.obj(),
    policies: [],
    strategy: scaleStrategy(scales),
    snapshot: aSnapshot([aNode().withGpus(H100, 8).withStorageClasses('beta3').obj()], {
      storage: [{ name: 'beta3', availableBytes: 100n * GIB }],
      leasedIpsAvailable: 2,
    }),
  });

describe('the scale strategy', () => {
  it('prices as the Akash provider does: endpoints once, GPUs free, memory volumes as ephemeral', () => {
    const unit = aUnit()
      .withCpu(500)
      .withMemory(512n * 2n ** 20n)
      .withVolumes(disk(GIB), ramVolume(GIB), persistentVolume('beta3', GIB))
      .withEndpoints(
        { kind: 'SHARED_HTTP', sequenceNumber: 0 },
        { kind: 'LEASED_IP', sequenceNumber: 1 },
      )
      .withGpu('nvidia', 'h100', 1)
      .withCount(2);
    // 2 x (500 x 0.004 + 512 x 0.0016 + 2048 x 0.00016 + 1024 x 0.0002) + 2 x 1 + 1 x 60
    expect(decide(input(anOrder().withUnits(unit.obj())))).toMatchObject({
      type: 'bid',
      policy: 'scale',
      price: { denom: 'uact', amount: dec('68.70336') },
    });
  });

  it('a class without a scale gets no bid', () => {
    const order = anOrder().withVolumes(persistentVolume('beta3', GIB));
    const strategy = scaleStrategy({ ...scales, perStorageMib: parseStorageScales('0.1') });
    expect(decide({ ...input(order), strategy })).toMatchObject({
      type: 'skip',
      reasons: [{ code: 'NoStorageRate', message: 'there is no scale for storage class beta3' }],
    });
  });

  it('is exact to the last of 18 places', () => {
    const strategy = scaleStrategy({ ...scales, perMilliCpu: dec('0.000000000000000001') });
    const decision = decide({ ...input(anOrder().withCpu(1)), strategy });
    expect(decision.type === 'bid' && decision.price.amount.toFixed()).toBe('2.802240000000000001');
  });

  it('never sells for nothing, and refuses scales that would', () => {
    const none = {
      perMilliCpu: dec('0'),
      perMemoryMib: dec('0'),
      perEndpoint: dec('0'),
      perLeasedIp: dec('0'),
    };
    expect(() => scaleStrategy({ ...none, perStorageMib: {} })).toThrow(ScaleError);
    const onlyIps = scaleStrategy({
      ...none,
      perStorageMib: { ephemeral: dec('0') },
      perLeasedIp: dec('1'),
    });
    expect(decide({ ...input(anOrder()), strategy: onlyIps })).toMatchObject({
      reasons: [{ code: 'PriceZero' }],
    });
  });

  it.each(['', 'beta2', 'a=1,a=2', '-1', '1,2'])('refuses the storage scales "%s"', (text) => {
    expect(() => parseStorageScales(text)).toThrow(ScaleError);
  });
});
