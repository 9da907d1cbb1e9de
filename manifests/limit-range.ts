/** Bounds a single container and a single claim by the largest that the lease pays for. */
import { k8s } from 'cdk8s-plus-34';
import type { Construct } from 'constructs';
import type { LeaseNamespace } from './lease-workload.js';
import { namespacePartMetadata } from './metadata.js';
import { byteQuantity, cpuQuantity } from './quantity.js';
import { ephemeralLimit, splitStorage, totalBytes } from './storage-split.js';

const largest = (amounts: readonly bigint[]): bigint =>
  amounts.reduce((max, amount) => (amount > max ? amount : max), 0n);

/** Adds the limit range. A container that states no limits gets these, instead of none. */
export const addLimitRange = (scope: Construct, input: LeaseNamespace): void => {
  const units = input.group.units.map(({ resources }) => ({
    ...resources,
    split: splitStorage(resources.storage),
  }));
  const claims = units.flatMap(({ split }) => split.persistent.map((v) => v.quantityBytes));
  const container = {
    type: 'Container',
    max: {
      cpu: cpuQuantity(largest(units.map((u) => u.cpu.milliCpu))),
      memory: byteQuantity(
        largest(units.map((u) => u.memory.quantityBytes + totalBytes(u.split.ram))),
      ),
      'ephemeral-storage': byteQuantity(largest(units.map((u) => ephemeralLimit(u.split)))),
    },
  };
  const claim = { type: 'PersistentVolumeClaim', max: { storage: byteQuantity(largest(claims)) } };
  new k8s.KubeLimitRange(scope, 'limit-range', {
    metadata: namespacePartMetadata(input, 'berth-lease'),
    spec: { limits: claims.length === 0 ? [container] : [container, claim] },
  });
};
