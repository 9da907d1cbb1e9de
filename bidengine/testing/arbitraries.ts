/** Random small markets for property tests: clusters tight enough that fitting is hard, prices near the limit. */
import fc from 'fast-check';
import type { Arbitrary } from 'fast-check';
import type { GpuModel } from '../../market/gpu.js';
import type { Order } from '../../market/records.js';
import type { ResourceUnit } from '../../market/resources.js';
import type { DecideInput } from '../input.js';
import type { PlacementPolicyName } from '../placement-policy.js';
import type { InventorySnapshot, NodeSnapshot } from '../snapshot.js';
import { anInput, aPolicy, dec } from './input-builder.js';
import { A100, aNode, aSnapshot, H100, H100_PCIE, RTX4090 } from './node-builder.js';
import { anOrder, aUnit, GIB, persistentVolume } from './order-builder.js';

/** Has no rate in the policies below. */
export const UNPRICED: GpuModel = {
  vendor: 'nvidia',
  model: 'z900',
  ram: '489Gi',
  interface: undefined,
};

const upTo = (max: number): Arbitrary<number> => fc.integer({ min: 0, max });

/** A node of up to 4 GPUs and 8 vCPU, partly in use. */
export const nodes: Arbitrary<NodeSnapshot> = fc
  .record({
    model: fc.constantFrom(undefined, H100, H100, H100_PCIE, A100, RTX4090, RTX4090, UNPRICED),
    gpus: fc.integer({ min: 1, max: 4 }),
    gpusUsed: fc.constantFrom(0, 0, 0, 1, 2, 5),
    cpu: fc.integer({ min: 2, max: 8 }),
    memory: fc.integer({ min: 3, max: 12 }),
    cpuUsed: upTo(2),
    pods: fc.integer({ min: 1, max: 5 }),
    mounts: fc.boolean(),
    sellable: fc.integer({ min: 0, max: 9 }).map((n) => n > 0),
  })
  .map((n) => {
    const node = aNode('n')
      .having({
        milliCpu: BigInt(n.cpu) * 1000n,
        memoryBytes: BigInt(n.memory) * GIB,
        pods: BigInt(n.pods),
      })
      .using({ milliCpu: BigInt(n.cpuUsed) * 1000n, gpus: BigInt(n.gpusUsed) })
      .withStorageClasses(...(n.mounts ? ['beta3'] : []));
    const equipped = n.model === undefined ? node : node.withGpus(n.model, n.gpus);
    return (n.sellable ? equipped : equipped.cordoned()).obj();
  });

/** Up to six nodes, a storage pool and a few addresses. */
export const snapshots: Arbitrary<InventorySnapshot> = fc
  .record({
    list: fc.array(nodes, { minLength: 2, maxLength: 6 }),
    beta3: upTo(20),
    ips: fc.integer({ min: 1, max: 2 }),
  })
  .map(({ list, beta3, ips }) =>
    aSnapshot(
      list.map((node, i) => ({ ...node, name: `n${i}` })),
      {
        storage: [{ name: 'beta3', availableBytes: BigInt(beta3) * GIB }],
        leasedIpsAvailable: ips,
      },
    ),
  );

export const units: Arbitrary<ResourceUnit> = fc
  .record({
    model: fc.constantFrom(
      ...['*', '*', '*', '*', '*', 'h100', 'h100/interface/sxm', 'a100', 'rtx4090', 'z900'],
    ),
    gpus: fc.constantFrom(0, 0, 0, 1, 1, 2, 3),
    cpu: upTo(4),
    memory: upTo(4),
    beta3: fc.constantFrom(0, 0, 0, 0, 0, 0, 1, 4),
    ips: fc.constantFrom(0, 0, 0, 1),
    count: fc.constantFrom(1, 1, 1, 2, 3, 4),
    price: fc.constantFrom(50, 500, 5_000, 20_000, 50_000),
  })
  .map((u) => {
    const volume = persistentVolume('beta3', BigInt(u.beta3) * GIB);
    const unit = aUnit()
      .withCpu(u.cpu * 500)
      .withMemory(BigInt(u.memory) * GIB)
      .withVolumes(...(u.beta3 > 0 ? [volume] : []))
      .withEndpoints(...(u.ips > 0 ? [{ kind: 'LEASED_IP' as const, sequenceNumber: 1 }] : []))
      .withCount(u.count)
      .withPrice(String(u.price));
    return (u.gpus > 0 ? unit.withGpu('nvidia', u.model, u.gpus) : unit).obj();
  });

export const orders: Arbitrary<Order> = fc
  .array(units, { minLength: 1, maxLength: 3 })
  .map((list) =>
    anOrder()
      .withUnits(...list.map((u, i) => ({ ...u, resources: { ...u.resources, id: i + 1 } })))
      .obj(),
  );

/** A whole input whose only reasons to skip are capacity and price. */
export const inputs: Arbitrary<DecideInput> = fc
  .record({
    order: orders,
    snapshot: snapshots,
    floor: fc.constantFrom(undefined, '0.01', '1'),
    minimum: fc.constantFrom(undefined, '5', '700.5'),
    ceiling: fc.constantFrom(undefined, '3', '30'),
    blockTimeMs: fc.constantFrom(200, 6000, 6117),
    placement: fc.constantFrom<(PlacementPolicyName | undefined)[]>(
      undefined,
      'lowestPrice',
      'firstFit',
    ),
  })
  .map(({ order, snapshot, floor, minimum, ceiling, blockTimeMs, placement }) => {
    const base = anInput();
    const limits = {
      ...(floor === undefined ? {} : { floorUsdPerHour: dec(floor) }),
      ...(minimum === undefined ? {} : { minimumUactPerBlock: dec(minimum) }),
      ...(ceiling === undefined ? {} : { ceilingUsdPerHour: dec(ceiling) }),
    };
    const capability = { key: 'capabilities/gpu/vendor/nvidia/model/z900', value: 'true' };
    const sxm = { key: 'capabilities/gpu/vendor/nvidia/model/h100/interface/sxm', value: 'true' };
    return {
      ...base,
      order,
      snapshot,
      policies: [aPolicy({}, limits)],
      rules: { ...base.rules, placement },
      provider: {
        ...base.provider,
        attributes: [...base.provider.attributes, capability, sxm],
      },
      chain: { ...base.chain, blockTimeMs },
    };
  });
