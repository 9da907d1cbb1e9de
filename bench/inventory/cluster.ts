/** A cluster in memory at the size that the inventory is measured at: machines of four models, half of the pods tenants'. */
import { reservationOf } from '../../bidengine/reserve.js';
import type { Reservation } from '../../bidengine/snapshot.js';
import { anOrder } from '../../bidengine/testing/order-builder.js';
import type { Node, Pod } from '../../kube/core-objects.js';
import { NAMESPACES, NODES, PODS } from '../../kube/resources.js';
import { FakeKube } from '../../kube/testing/fake-kube.js';
import { leaseLabels } from '../../manifests/labels.js';
import { leaseNamespace } from '../../manifests/names.js';
import type { LeaseId, OrderId } from '../../market/ids.js';
import { aGpuNode, PROVIDER, TENANT } from '../../operator/testing/world.js';
import { random } from '../placement/random.js';

export const NODE_COUNT = 1_000;
export const POD_COUNT = 10_000;
export const LEASE_COUNT = 500;
/** Bids whose pods do not exist yet. */
export const BID_COUNT = 200;

const PRODUCTS = [
  ['NVIDIA-H100-80GB-HBM3', '81559'],
  ['NVIDIA-A100-SXM4-80GB', '81920'],
  ['NVIDIA-L40S', '46068'],
  ['NVIDIA-GeForce-RTX-4090', '24564'],
] as const;

const drawn = random(3);
export const nodeName = (i: number): string => `node-${String(i).padStart(4, '0')}`;

export const aNode = (i: number): Node => {
  const node = aGpuNode(nodeName(i));
  const [product, memory] = PRODUCTS[i % PRODUCTS.length] ?? PRODUCTS[0];
  return {
    ...node,
    metadata: {
      ...node.metadata,
      labels: {
        ...node.metadata.labels,
        'kubernetes.io/hostname': nodeName(i),
        'topology.kubernetes.io/zone': `zone-${i % 8}`,
        'nvidia.com/gpu.product': product,
        'nvidia.com/gpu.memory': memory,
      },
    },
  };
};

const orderId = (i: number): OrderId => ({
  ...{ owner: TENANT, dseq: BigInt(i + 1), gseq: 1, oseq: 1 },
});
const leaseId = (i: number): LeaseId => ({ ...orderId(i), bseq: 0, provider: PROVIDER });
const spaces = Array.from({ length: LEASE_COUNT }, (_, i) => leaseNamespace(leaseId(i)));

/** Every other pod is a tenant's and has a GPU. */
export const aPod = (i: number): Pod => {
  const lease = i % 2 === 0 ? spaces[(i / 2) % LEASE_COUNT] : undefined;
  return {
    ...{ apiVersion: 'v1', kind: 'Pod' },
    metadata: { name: `pod-${i}`, namespace: lease ?? 'default' },
    spec: {
      nodeName: nodeName(drawn.below(NODE_COUNT)),
      containers: [
        {
          name: 'c',
          resources: {
            requests: {
              ...{ cpu: '500m', memory: '2Gi', 'ephemeral-storage': '1Gi' },
              ...(lease === undefined ? {} : { 'nvidia.com/gpu': '1' }),
            },
          },
        },
      ],
    },
  };
};

/** What the operator holds for leases, which their pods show already, and for bids, which nothing shows yet. */
export const heldReservations = (): readonly Reservation[] =>
  Array.from({ length: LEASE_COUNT + BID_COUNT }, (_, i) => {
    const { spec } = anOrder().withGpu('nvidia', 'h100', 1).obj();
    const node = nodeName(drawn.below(NODE_COUNT));
    const placement = [{ unitId: 1, replica: 0, node, gpus: 1n }];
    return reservationOf(
      orderId(i),
      spec,
      placement,
      i < LEASE_COUNT ? 'lease active' : 'bid open',
    );
  });

const putNode = async (kube: FakeKube, node: Node): Promise<void> => {
  const { status = {}, ...rest } = node;
  await kube.create(NODES, rest);
  await kube.applyStatus(NODES, {
    ...{ apiVersion: 'v1', kind: 'Node', metadata: { name: node.metadata.name }, status },
  });
};

export const startCluster = async (): Promise<FakeKube> => {
  const kube = new FakeKube();
  for (let i = 0; i < NODE_COUNT; i += 1) await putNode(kube, aNode(i));
  for (const [i, name] of spaces.entries()) {
    const labels = leaseLabels(leaseId(i), 'namespace');
    const metadata = { name, labels };
    await kube.create(NAMESPACES, { ...{ apiVersion: 'v1', kind: 'Namespace' }, metadata });
  }
  for (let i = 0; i < POD_COUNT; i += 1) await kube.create(PODS, aPod(i));
  // What happened so far is listed, not watched.
  kube.compact();
  return kube;
};
