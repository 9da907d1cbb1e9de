/** ComputeLease: one lease won, the workload it pays for, and the money it earns. */
import { AGE, conditionColumn } from '../definition.js';
import type { KindDefinition } from '../definition.js';
import {
  count,
  immutable,
  instant,
  integer,
  list,
  object,
  oneOf,
  text,
  uint64,
  usd,
  wholeAmount,
  withRule,
} from '../json-schema.js';
import { conditions, leaseId, observedGeneration, placement, price } from './shared.js';

const manifest = object('ManifestRef', "The tenant's manifest.", {
  hash: text('Hex SHA-256.', 64, { pattern: '^[0-9a-f]{64}$' }),
  secretName: text("Secret in the operator's namespace.", 253, { minLength: 1 }),
});

const spec = object(
  'ComputeLeaseSpec',
  'The lease as the chain holds it, and what is to run for it.',
  {
    leaseId: withRule(leaseId, immutable('leaseId')),
    price: withRule(price, immutable('price')),
    usdPerHour: usd('The price in US dollars per hour when the lease was made.'),
    gpus: count('GPUs of all replicas.'),
    gpuModel: text('GPU models placed, comma-separated; empty without GPUs.', 256),
    namespace: withRule(
      text('Namespace of the workload.', 63, { minLength: 1 }),
      immutable('namespace'),
    ),
    placement,
    createdAtHeight: withRule(
      uint64('Height at which the lease was made.'),
      immutable('createdAtHeight'),
    ),
    manifest,
  },
  { optional: ['manifest'] },
);

const services = list(
  'What runs, by service.',
  object(
    'LeaseServiceStatus',
    'One service of the manifest.',
    {
      name: text('Name of the service.', 63),
      ready: count('Replicas that are ready.'),
      total: count('Replicas wanted.'),
      uris: list('Hostnames that lead to it.', text('Hostname.', 253), 256),
      message: text('Why replicas are not ready.', 1024),
      lastEnding: text(
        'How a container or pod of it ended last before it was started again or replaced, and when.',
        512,
      ),
      illDevices: list(
        'Devices under its containers that the device plugin reports ill.',
        text('Name of the device, for example a UUID.', 253),
        256,
      ),
    },
    { optional: ['message', 'lastEnding', 'illDevices'] },
  ),
  256,
);

const endpoints = list(
  'Ports reachable from outside beside HTTP hostnames.',
  object('LeaseEndpoint', 'One forwarded port or leased address.', {
    service: text('Name of the service.', 63),
    protocol: oneOf('Transport.', ['TCP', 'UDP']),
    port: integer("The service's own port.", { min: 1, max: 65_535 }),
    externalPort: integer('The port outside.', { min: 1, max: 65_535 }),
    host: text('Hostname or IP address outside.', 253),
  }),
  1024,
);

const status = object(
  'ComputeLeaseStatus',
  'What runs and what it earned.',
  {
    observedGeneration,
    phase: oneOf(
      'Where the lease stands. Scheduled means pods are bound to nodes; Running means a kubelet reports their containers running.',
      ['AwaitingManifest', 'Deploying', 'Scheduled', 'Running', 'Degraded', 'Closing', 'Closed'],
      { title: 'LeasePhase' },
    ),
    conditions: conditions(
      'Ready',
      'ManifestReceived',
      'Deployed',
      'Healthy',
      'GpusHealthy',
      'Funded',
      'FundsLow',
      'Reclaiming',
    ),
    services,
    endpoints,
    escrow: object(
      'EscrowStatus',
      'How long the tenant has paid for.',
      {
        balanceUact: wholeAmount("Left in the deployment's escrow at the last look, in uact."),
        fallbackUakt: wholeAmount(
          'Left in uakt, which pays only while the chain has minting of uact halted.',
        ),
        runOutHeight: uint64(
          'First height that it cannot pay in full, at the present rates of all leases on it.',
        ),
        runOutAt: instant('Estimate of the time of that height.'),
      },
      { optional: ['fallbackUakt', 'runOutHeight', 'runOutAt'] },
    ),
    earnedUact: wholeAmount('Earned so far, withdrawn or not, in uact.'),
    withdrawnUact: wholeAmount('Withdrawn so far, in uact.'),
    lastWithdrawal: object('Withdrawal', 'The last one that succeeded.', {
      height: uint64('Height of its block.'),
      txHash: text('Hash of its transaction, upper-case hex.', 64, { pattern: '^[0-9A-F]{64}$' }),
    }),
    closeReason: text('Why the lease ended, in the words of the chain or of docs/reasons.md.', 128),
  },
  {
    optional: [
      'observedGeneration',
      'conditions',
      'services',
      'endpoints',
      'escrow',
      'earnedUact',
      'withdrawnUact',
      'lastWithdrawal',
      'closeReason',
    ],
  },
);

export const computeLease: KindDefinition = {
  kind: 'ComputeLease',
  shortNames: ['clease'],
  schema: object(
    'ComputeLease',
    'A lease on the Akash marketplace; named after the namespace of its workload.',
    { spec, status },
    {
      optional: ['status'],
      extra: {
        'x-kubernetes-validations': [
          {
            rule: 'self.spec.namespace == self.metadata.name',
            message: 'a ComputeLease is named after its namespace',
            fieldPath: '.spec.namespace',
          },
        ],
      },
    },
  ),
  columns: [
    { name: 'Owner', type: 'string', jsonPath: '.spec.leaseId.owner' },
    { name: 'GPUs', type: 'integer', jsonPath: '.spec.gpus' },
    { name: 'Model', type: 'string', jsonPath: '.spec.gpuModel' },
    {
      name: 'Price/Hr',
      type: 'string',
      jsonPath: '.spec.usdPerHour',
      description: 'US dollars per hour',
    },
    { name: 'Phase', type: 'string', jsonPath: '.status.phase' },
    conditionColumn('Ready'),
    { name: 'Earned', type: 'string', jsonPath: '.status.earnedUact', description: 'uact' },
    { name: 'Dseq', type: 'string', jsonPath: '.spec.leaseId.dseq', wide: true },
    { name: 'Escrow-Left', type: 'string', jsonPath: '.status.escrow.balanceUact', wide: true },
    { name: 'Namespace', type: 'string', jsonPath: '.spec.namespace', wide: true },
    AGE,
  ],
  selectableFields: [
    '.spec.leaseId.owner',
    '.spec.leaseId.dseq',
    '.spec.leaseId.provider',
    '.status.phase',
  ],
};
