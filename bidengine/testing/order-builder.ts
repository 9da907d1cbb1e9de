/** Orders for tests: `anOrder().withGpu('nvidia', 'h100', 8).obj()`. */
import type { Attribute } from '../../market/attributes.js';
import { Decimal } from '../../market/money.js';
import type { Order, OrderState } from '../../market/records.js';
import type { Endpoint, Resources, ResourceUnit, StorageRequest } from '../../market/resources.js';

export const TENANT = 'akash1qufa3xzrf34qvwyejkhvnc4psf49fftaw0asmh';
export const GIB = 2n ** 30n;

/** Turns `{ region: 'us-west' }` into attributes. */
export const attributes = (record: Readonly<Record<string, string>>): readonly Attribute[] =>
  Object.entries(record).map(([key, value]) => ({ key, value }));

/** One unit: 1 vCPU, 1 GiB of memory, 1 GiB of disk, no GPU, 1,000,000 uact per block at most. */
export class UnitBuilder {
  readonly #unit: ResourceUnit;
  constructor(unit: ResourceUnit) {
    this.#unit = unit;
  }

  #with(resources: Partial<Resources>): UnitBuilder {
    return new UnitBuilder({
      ...this.#unit,
      resources: { ...this.#unit.resources, ...resources },
    });
  }

  /** `model` is `h100`, `*` or `h100/ram/80Gi/interface/sxm`. */
  withGpu(vendor: string, model: string, units = 1): UnitBuilder {
    const attribute = { key: `vendor/${vendor}/model/${model}`, value: 'true' };
    return this.#with({ gpu: { units: BigInt(units), attributes: [attribute] } });
  }

  /** Any of several keys such as `vendor/nvidia/model/h100`; none accepts any NVIDIA GPU. */
  withGpuKeys(units: number, ...keys: readonly string[]): UnitBuilder {
    const attributes_ = keys.map((key) => ({ key, value: 'true' }));
    return this.#with({ gpu: { units: BigInt(units), attributes: attributes_ } });
  }

  withCpu(milliCpu: number): UnitBuilder {
    return this.#with({ cpu: { milliCpu: BigInt(milliCpu), attributes: [] } });
  }

  /** CPU architectures that the node must have, as an SDL asks for them. */
  onArch(...names: readonly string[]): UnitBuilder {
    const { milliCpu } = this.#unit.resources.cpu;
    return this.#with({
      cpu: { milliCpu, attributes: names.map((value) => ({ key: 'arch', value })) },
    });
  }

  withMemory(bytes: bigint): UnitBuilder {
    return this.#with({ memory: { quantityBytes: bytes, attributes: [] } });
  }

  /** Replaces the default disk. */
  withVolumes(...storage: readonly StorageRequest[]): UnitBuilder {
    return this.#with({ storage });
  }

  withEndpoints(...endpoints: readonly Endpoint[]): UnitBuilder {
    return this.#with({ endpoints });
  }

  withCount(count: number): UnitBuilder {
    return new UnitBuilder({ ...this.#unit, count });
  }

  /** The most for one replica, per block. */
  withPrice(amount: string, denom = 'uact'): UnitBuilder {
    return new UnitBuilder({ ...this.#unit, price: { denom, amount: new Decimal(amount) } });
  }

  obj(): ResourceUnit {
    return this.#unit;
  }
}

/** A node's disk. */
export const disk = (bytes: bigint): StorageRequest => ({
  name: 'default',
  quantityBytes: bytes,
  attributes: [],
});

/** A volume that outlives its pod. */
export const persistentVolume = (className: string, bytes: bigint): StorageRequest => ({
  name: 'data',
  quantityBytes: bytes,
  attributes: attributes({ class: className, persistent: 'true' }),
});

/** A volume in memory. */
export const ramVolume = (bytes: bigint): StorageRequest => ({
  name: 'shm',
  quantityBytes: bytes,
  attributes: attributes({ class: 'ram', persistent: 'false' }),
});

export const aUnit = (id = 1): UnitBuilder =>
  new UnitBuilder({
    resources: {
      id,
      cpu: { milliCpu: 1000n, attributes: [] },
      memory: { quantityBytes: GIB, attributes: [] },
      storage: [disk(GIB)],
      gpu: { units: 0n, attributes: [] },
      endpoints: [{ kind: 'SHARED_HTTP', sequenceNumber: 0 }],
    },
    count: 1,
    price: { denom: 'uact', amount: new Decimal('1000000') },
  });

/** An open order with one unit; the `with…` of units apply to its first unit. */
export class OrderBuilder {
  readonly #order: Order;
  constructor(order: Order) {
    this.#order = order;
  }

  #withFirst(change: (unit: UnitBuilder) => UnitBuilder): OrderBuilder {
    const [first, ...rest] = this.#order.spec.units;
    const base = first === undefined ? aUnit() : new UnitBuilder(first);
    return this.withUnits(change(base).obj(), ...rest);
  }

  withUnits(...units: readonly ResourceUnit[]): OrderBuilder {
    return new OrderBuilder({ ...this.#order, spec: { ...this.#order.spec, units } });
  }

  withGpu(vendor: string, model: string, units = 1): OrderBuilder {
    return this.#withFirst((u) => u.withGpu(vendor, model, units));
  }

  withCpu(milliCpu: number): OrderBuilder {
    return this.#withFirst((u) => u.withCpu(milliCpu));
  }

  withMemory(bytes: bigint): OrderBuilder {
    return this.#withFirst((u) => u.withMemory(bytes));
  }

  withVolumes(...storage: readonly StorageRequest[]): OrderBuilder {
    return this.#withFirst((u) => u.withVolumes(...storage));
  }

  withEndpoints(...endpoints: readonly Endpoint[]): OrderBuilder {
    return this.#withFirst((u) => u.withEndpoints(...endpoints));
  }

  withCount(count: number): OrderBuilder {
    return this.#withFirst((u) => u.withCount(count));
  }

  withPrice(amount: string, denom = 'uact'): OrderBuilder {
    return this.#withFirst((u) => u.withPrice(amount, denom));
  }

  withState(state: OrderState): OrderBuilder {
    return new OrderBuilder({ ...this.#order, state });
  }

  withOwner(owner: string): OrderBuilder {
    return new OrderBuilder({ ...this.#order, id: { ...this.#order.id, owner } });
  }

  /** Attributes the provider must have. */
  requiring(record: Readonly<Record<string, string>>): OrderBuilder {
    return this.#requirements({ attributes: attributes(record) });
  }

  signedBy(allOf: readonly string[], anyOf: readonly string[] = []): OrderBuilder {
    return this.#requirements({ signedBy: { allOf, anyOf } });
  }

  #requirements(change: Partial<Order['spec']['requirements']>): OrderBuilder {
    const { spec } = this.#order;
    const requirements = { ...spec.requirements, ...change };
    return new OrderBuilder({ ...this.#order, spec: { ...spec, requirements } });
  }

  withReclamation(minWindowSeconds: bigint): OrderBuilder {
    return new OrderBuilder({ ...this.#order, reclamationMinWindowSeconds: minWindowSeconds });
  }

  obj(): Order {
    return this.#order;
  }
}

export const anOrder = (dseq = 1n): OrderBuilder =>
  new OrderBuilder({
    id: { owner: TENANT, dseq, gseq: 1, oseq: 1 },
    state: 'open',
    spec: {
      name: 'group',
      requirements: { signedBy: { allOf: [], anyOf: [] }, attributes: [] },
      units: [aUnit().obj()],
    },
    createdAt: 1n,
  });
