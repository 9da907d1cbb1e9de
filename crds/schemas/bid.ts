/** Bid: one order that we hold, or held, a bid on. */
import { AGE } from '../definition.js';
import type { KindDefinition } from '../definition.js';
import { count, immutable, instant, object, oneOf, text, uint64, usd } from '../json-schema.js';
import {
  address,
  conditions,
  observedGeneration,
  orderId,
  placement,
  price,
  reasonCode,
} from './shared.js';

const spec = object(
  'BidSpec',
  'The bid as it was decided; it never changes.',
  {
    orderId,
    order: text('The order path owner/dseq/gseq/oseq, for people and columns.', 128, {
      pattern: '^[a-z0-9]+/(0|[1-9][0-9]*)/(0|[1-9][0-9]*)/(0|[1-9][0-9]*)$',
    }),
    provider: address("The provider's address."),
    price,
    usdPerHour: usd('The price in US dollars per hour when the bid was made.'),
    resources: object('BidResources', 'What is offered in all, for people.', {
      gpus: count('GPUs of all replicas.'),
      cpu: text('CPU of all replicas as a Kubernetes quantity, for example 16.', 64),
      memory: text('Memory of all replicas as a Kubernetes quantity, for example 64Gi.', 64),
    }),
    placement,
    placedBy: text('The placement policy that chose the nodes (spec.bidding.placement).', 63),
    timeoutNs: uint64('Timestamp after which the transaction is invalid, Unix nanoseconds.'),
    intent: text('Name of the ConfigMap that held the intent.', 253),
  },
  {
    optional: ['intent', 'placedBy'],
    extra: {
      'x-kubernetes-validations': [
        immutable('spec'),
        {
          // Parsed, not printed: the server cannot bound the cost of a number turned into text.
          rule: "self.order.startsWith(self.orderId.owner + '/' + self.orderId.dseq + '/') && int(self.order.split('/')[2]) == self.orderId.gseq && int(self.order.split('/')[3]) == self.orderId.oseq",
          message: 'order must be the path of orderId',
          fieldPath: '.order',
        },
      ],
    },
  },
);

const status = object(
  'BidStatus',
  'What became of it.',
  {
    observedGeneration,
    conditions: conditions('Ready'),
    state: oneOf(
      'Where the bid stands.',
      ['Pending', 'Submitted', 'Open', 'Won', 'Lost', 'Closed', 'Expired', 'Failed'],
      { title: 'BidState' },
    ),
    reason: reasonCode,
    message: text('One sentence for people.', 4096),
    txHash: text('Hash of the transaction, upper-case hex.', 64, { pattern: '^[0-9A-F]{64}$' }),
    height: uint64('Height of the block that holds it.'),
    winningPrice: price,
    observedAt: instant('When the chain was last asked.'),
  },
  {
    optional: [
      'observedGeneration',
      'conditions',
      'reason',
      'message',
      'txHash',
      'height',
      'winningPrice',
      'observedAt',
    ],
  },
);

export const bid: KindDefinition = {
  kind: 'Bid',
  shortNames: [],
  schema: object(
    'Bid',
    'An order that a bid is or was held on.',
    { spec, status },
    {
      optional: ['status'],
    },
  ),
  columns: [
    { name: 'Order', type: 'string', jsonPath: '.spec.order' },
    {
      name: 'Price/Hr',
      type: 'string',
      jsonPath: '.spec.usdPerHour',
      description: 'US dollars per hour',
    },
    { name: 'GPUs', type: 'integer', jsonPath: '.spec.resources.gpus' },
    { name: 'State', type: 'string', jsonPath: '.status.state' },
    { name: 'Reason', type: 'string', jsonPath: '.status.reason' },
    { name: 'Height', type: 'string', jsonPath: '.status.height', wide: true },
    { name: 'Tx', type: 'string', jsonPath: '.status.txHash', wide: true },
    { name: 'Message', type: 'string', jsonPath: '.status.message', wide: true },
    AGE,
  ],
  selectableFields: [
    '.spec.orderId.owner',
    '.spec.orderId.dseq',
    '.spec.provider',
    '.status.state',
  ],
};
