/** A tenant on the fake chain: opens orders, accepts bids, sends manifests, closes. Acts through messages only. */
import { createHash } from 'node:crypto';
import { ANNOTATIONS, LABELS } from '../../crds/constants.js';
import { SECRETS } from '../../kube/resources.js';
import { leaseLabels } from '../leases/lease-identity.js';
import { leaseNamespace } from '../../manifests/names.js';
import { bidIdOf } from '../../market/ids.js';
import type { BidId, OrderId } from '../../market/ids.js';
import { Decimal } from '../../market/money.js';
import type { GroupSpec } from '../../market/resources.js';
import { NAMESPACE, PROVIDER, TENANT } from './world.js';
import type { World } from './world.js';

export interface GroupOptions {
  readonly gpus?: number;
  readonly model?: string;
  /** The most the tenant pays per block, uact. */
  readonly maxUact?: string;
  readonly count?: number;
  readonly image?: string;
  /** What the deployment's escrow account is opened with. */
  readonly depositUact?: bigint;
}

/** A group named `westcoast` with one unit: 8 H100 by default. */
export const aGroup = ({
  gpus = 8,
  model = 'h100',
  maxUact = '1000000',
  count = 1,
}: GroupOptions = {}): GroupSpec => ({
  name: 'westcoast',
  requirements: {
    signedBy: { allOf: [], anyOf: [] },
    attributes: [{ key: 'region', value: 'us-west' }],
  },
  units: [
    {
      resources: {
        id: 1,
        cpu: { milliCpu: 8000n, attributes: [] },
        memory: { quantityBytes: 64n * 2n ** 30n, attributes: [] },
        storage: [{ name: 'default', quantityBytes: 2n ** 30n, attributes: [] }],
        gpu: {
          units: BigInt(gpus),
          attributes: gpus === 0 ? [] : [{ key: `vendor/nvidia/model/${model}`, value: 'true' }],
        },
        endpoints: [{ kind: 'SHARED_HTTP', sequenceNumber: 0 }],
      },
      count,
      price: { denom: 'uact', amount: new Decimal(maxUact) },
    },
  ],
});

/** The manifest that goes with {@link aGroup}. */
export const aManifest = ({
  gpus = 8,
  model = 'h100',
  count = 1,
  image = 'pytorch/pytorch:2.9.1',
}: GroupOptions = {}): Uint8Array =>
  new TextEncoder().encode(
    JSON.stringify([
      {
        name: 'westcoast',
        services: [
          {
            name: 'train',
            image,
            command: null,
            args: null,
            env: null,
            resources: {
              id: 1,
              cpu: { units: { val: '8000' } },
              memory: { size: { val: String(64n * 2n ** 30n) } },
              storage: [{ name: 'default', size: { val: String(2n ** 30n) } }],
              gpu: {
                units: { val: String(gpus) },
                ...(gpus === 0
                  ? {}
                  : { attributes: [{ key: `vendor/nvidia/model/${model}`, value: 'true' }] }),
              },
              endpoints: [{ sequence_number: 0 }],
            },
            count,
            expose: [
              {
                port: 8080,
                externalPort: 80,
                proto: 'TCP',
                service: '',
                global: true,
                hosts: null,
                httpOptions: {
                  maxBodySize: 1048576,
                  readTimeout: 60000,
                  sendTimeout: 60000,
                  nextTries: 3,
                  nextTimeout: 0,
                  nextCases: ['error', 'timeout'],
                },
                ip: '',
                endpointSequenceNumber: 0,
              },
            ],
            credentials: null,
          },
        ],
      },
    ]),
  );

/** Opens a deployment; its order is in the next block. */
export const openOrder = (
  world: World,
  dseq: bigint,
  options: GroupOptions = {},
  owner = TENANT,
): OrderId => {
  const id = { owner, dseq };
  const hash = createHash('sha256').update(aManifest(options)).digest();
  void world.chain.laneFor({ address: owner }).submit([
    {
      type: 'create-deployment',
      id,
      groups: [aGroup(options)],
      hash,
      deposit: { denom: 'uact', amount: options.depositUact ?? 5_000_000_000n },
    },
  ]);
  return { ...id, gseq: 1, oseq: 1 };
};

export const bidOf = (order: OrderId, provider = PROVIDER): BidId => bidIdOf(order, provider);

export const acceptBid = async (world: World, id: BidId): Promise<void> => {
  await world.chain.laneFor({ address: TENANT }).submit([{ type: 'create-lease', id }]);
};

export const closeDeployment = async (world: World, order: OrderId): Promise<void> => {
  await world.chain
    .laneFor({ address: TENANT })
    .submit([{ type: 'close-deployment', id: { owner: order.owner, dseq: order.dseq } }]);
};

/** Puts the manifest where the gateway puts it after its checks. */
export const sendManifest = async (
  world: World,
  lease: BidId,
  options: GroupOptions = {},
): Promise<void> => {
  const bytes = aManifest(options);
  await world.kube.apply(SECRETS, {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      name: leaseNamespace(lease),
      namespace: NAMESPACE,
      labels: { ...leaseLabels(lease, 'provider'), [LABELS.manifest]: 'true' },
      annotations: { [ANNOTATIONS.manifestHash]: createHash('sha256').update(bytes).digest('hex') },
    },
    data: { 'manifest.json': Buffer.from(bytes).toString('base64') },
  });
};
