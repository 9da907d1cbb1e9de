/** Shapes that several kinds share: identifiers of the Akash market, prices, placements, conditions. */
import {
  count,
  instant,
  integer,
  list,
  object,
  oneOf,
  text,
  uint64,
  chainDecimal,
} from '../json-schema.js';

const UINT32_MAX = 2 ** 32 - 1;

/** A bech32 account address. */
export const address = (description: string): ReturnType<typeof text> =>
  text(description, 79, { pattern: '^[a-z]{1,20}1[02-9ac-hj-np-z]{38,58}$' });

const orderFields = {
  owner: address("The tenant's address."),
  dseq: uint64('Deployment sequence, a uint64 as a decimal string.'),
  gseq: integer('Group sequence.', { min: 0, max: UINT32_MAX }),
  oseq: integer('Order sequence.', { min: 0, max: UINT32_MAX }),
};

export const orderId = object('OrderRef', 'Identifier of an order on chain.', orderFields);

export const leaseId = object('LeaseRef', 'Identifier of a lease on chain.', {
  ...orderFields,
  provider: address("The provider's address."),
});

export const price = object('Price', 'A price per block.', {
  denom: text('Denomination, for example uact.', 128, { minLength: 3 }),
  amount: chainDecimal('Amount per block, a decimal with at most 18 places.'),
});

export const nodeName = text('Name of the node.', 253, { minLength: 1 });

export const placement = list(
  'Where each replica was placed when the bid was made.',
  object(
    'Placement',
    'One replica of one resource unit on one node.',
    {
      unitId: integer('Number of the resource unit within its group.', { min: 1, max: UINT32_MAX }),
      service: text('Name of the service, once a manifest tells it.', 63),
      replica: integer('Index of the replica, from 0.', { min: 0, max: 100_000 }),
      node: nodeName,
      gpus: count('GPUs of this replica.'),
      model: text('GPU model of the node, for example h100; absent without GPUs.', 128),
      resource: text(
        'What the pod asks for where that is not nvidia.com/gpu, for example nvidia.com/mig-1g.10gb.',
        253,
      ),
    },
    { optional: ['service', 'model', 'resource'] },
  ),
  5000,
);

/** CamelCase, stable, the codes of docs/reasons.md. */
export const reasonCode = text('Stable CamelCase code, see docs/reasons.md.', 128, {
  pattern: '^[A-Za-z]([A-Za-z0-9]*)$',
});

/** metav1.Condition, with `observedGeneration` required. */
export const conditions = (...types: readonly string[]): ReturnType<typeof list> =>
  list(
    `Observations of the latest state. Types: ${types.join(', ')}.`,
    object('Condition', 'One observation of the state of an object.', {
      type: text('Kind of observation, CamelCase.', 316, {
        pattern: '^[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$',
      }),
      status: oneOf('Whether it holds.', ['True', 'False', 'Unknown']),
      observedGeneration: integer('Generation of the spec that was observed.', {
        min: 0,
        max: Number.MAX_SAFE_INTEGER,
      }),
      lastTransitionTime: instant('When the status last changed.'),
      reason: text('Stable CamelCase code for the status.', 1024, {
        minLength: 1,
        pattern: '^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$',
      }),
      message: text('One sentence for people.', 4096),
    }),
    16,
    { 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['type'] },
  );

export const observedGeneration = integer('Generation of the spec that this status describes.', {
  min: 0,
  max: Number.MAX_SAFE_INTEGER,
});
