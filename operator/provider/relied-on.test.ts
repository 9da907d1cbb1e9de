import { describe, expect, it } from '@jest/globals';
import { anOrder, persistentVolume } from '../../bidengine/testing/order-builder.js';
import { reliedOn } from './relied-on.js';

const on = (key: string, value = 'true') => ({ key, value });
const record = [
  on('capabilities/gpu/vendor/nvidia/model/h100'),
  on('capabilities/gpu/vendor/nvidia/model/h100/ram/80Gi'),
  on('capabilities/gpu/vendor/nvidia/model/a100'),
  on('capabilities/storage/1/class', 'beta2'),
  on('capabilities/storage/1/persistent'),
  on('capabilities/storage/2/class', 'beta3'),
  on('capabilities/storage/2/persistent'),
  on('region', 'us-west'),
  on('tier', 'community'),
];
const keptBy = (...orders: readonly ReturnType<typeof anOrder>[]): readonly string[] =>
  record
    .filter(
      reliedOn(
        orders.map((o) => o.obj().spec),
        record,
      ),
    )
    .map((a) => a.key);

describe('reliedOn', () => {
  it.each<[string, readonly ReturnType<typeof anOrder>[], readonly string[]]>([
    ['nothing, without leases', [], []],
    ['the model that was ordered', [anOrder().withGpu('nvidia', 'h100')], [record[0]?.key ?? '']],
    [
      'every model that a wildcard could have meant (a star does not match across slashes)',
      [anOrder().withGpu('nvidia', '*')],
      [record[0]?.key ?? '', record[2]?.key ?? ''],
    ],
    [
      'the storage set that covers the volume',
      [anOrder().withVolumes(persistentVolume('beta3', 1n))],
      ['capabilities/storage/2/class', 'capabilities/storage/2/persistent'],
    ],
    ['what the order required', [anOrder().requiring({ region: 'us-west' })], ['region']],
  ])('%s', (_name, orders, want) => {
    expect(keptBy(...orders)).toEqual(want);
  });
});
