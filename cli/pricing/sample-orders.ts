/** Orders on which a conversion is proved: every resource, every class, every look-up of a GPU, many sizes. */
import type { GpuModel } from '../../market/gpu.js';
import { Decimal } from '../../market/money.js';
import type { Order } from '../../market/records.js';
import type { Endpoint, StorageRequest } from '../../market/resources.js';

const GIB = 2n ** 30n;
const CLASSES = ['ephemeral', 'beta1', 'beta2', 'beta3', 'ram', 'default'];
const gpu = (model: string, ram?: string, iface?: string): GpuModel => ({
  vendor: 'nvidia',
  model,
  ram,
  interface: iface,
});
const GPUS: readonly (GpuModel | undefined)[] = [
  undefined,
  ...['h200', 'h100', 'a100', 'l40s', 'rtx4090', 'rtxa6000', 'v100', 't4', 'b200'].flatMap((m) => [
    gpu(m),
    gpu(m, '80Gi'),
    gpu(m, '80Gi', 'sxm'),
    gpu(m, '24Gi', 'pcie'),
  ]),
];

const volume = (n: number, bytes: bigint): StorageRequest => {
  const name = CLASSES[n % CLASSES.length] ?? 'ephemeral';
  const attributes =
    name === 'ephemeral'
      ? []
      : [
          { key: 'class', value: name },
          { key: 'persistent', value: String(name !== 'ram') },
        ];
  return { name: `v${n}`, quantityBytes: bytes, attributes };
};
const endpoint = (n: number): Endpoint => ({
  kind: n % 3 === 2 ? 'LEASED_IP' : 'SHARED_HTTP',
  sequenceNumber: n % 3 === 2 ? 1 : 0,
});

/** Odd sizes on purpose: only those show how something is rounded. */
const orderOf = (n: number, model: GpuModel | undefined, price: string): Order => ({
  id: { owner: 'akash1sample', dseq: BigInt(n + 1), gseq: 1, oseq: 1 },
  state: 'open',
  createdAt: 1n,
  spec: {
    name: 'group',
    requirements: { signedBy: { allOf: [], anyOf: [] }, attributes: [] },
    units: [
      {
        resources: {
          id: 1,
          cpu: { milliCpu: BigInt(100 + n * 337), attributes: [] },
          memory: { quantityBytes: GIB / 3n + BigInt(n) * 7_777_777n, attributes: [] },
          storage: [volume(n, GIB + BigInt(n) * 999_983n), volume(n + 1, BigInt(n) * GIB)],
          gpu: { units: model === undefined ? 0n : BigInt(1 + (n % 8)), attributes: [] },
          endpoints: Array.from({ length: n % 4 }, (_, i) => endpoint(n + i)),
        },
        count: 1 + (n % 5),
        price: { denom: 'uact', amount: new Decimal(price) },
      },
    ],
  },
});

export const SAMPLE_ORDERS: readonly {
  readonly order: Order;
  readonly models: ReadonlyMap<number, GpuModel>;
}[] = GPUS.flatMap((model, i) =>
  ['100', '20000', '1000000000'].flatMap((price, j) =>
    Array.from({ length: 9 }, (_, k) => {
      const order = orderOf(i * 27 + j * 9 + k, model, price);
      return { order, models: new Map(model === undefined ? [] : [[1, model] as const]) };
    }),
  ),
);
