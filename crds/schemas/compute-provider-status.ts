/** The status of a ComputeProvider: inventory, chain, wallet, orders. */
import {
  count,
  flag,
  instant,
  list,
  map,
  object,
  oneOf,
  text,
  uint64,
  wholeAmount,
} from '../json-schema.js';
import { conditions, nodeName, observedGeneration, reasonCode } from './shared.js';

const usd = (description: string): ReturnType<typeof text> =>
  text(description, 60, { pattern: '^[0-9]+(\\.[0-9]+)?$' });

const gpuCounts = {
  allocatable: count('GPUs that nodes offer.'),
  leased: count('GPUs of live leases.'),
  reserved: count('GPUs held for open bids.'),
  available: count('GPUs that could be bid now.'),
  unsellable: count('GPUs that are shared, unhealthy or on nodes that take no pods.'),
};

const inventory = list(
  'GPUs by model.',
  object(
    'GpuInventory',
    'One GPU model.',
    {
      vendor: text('For example nvidia.', 63),
      model: text('For example h100.', 128),
      ram: text('For example 80Gi; absent when nodes do not tell.', 16),
      interface: text('pcie or sxm; absent when nodes do not tell.', 16),
      ...gpuCounts,
    },
    { optional: ['ram', 'interface'] },
  ),
  256,
);

const nodes = list(
  'What each node contributes.',
  object(
    'NodeInventory',
    'One node.',
    {
      name: nodeName,
      sellable: flag('Whether replicas can be placed here.'),
      gpus: count('Allocatable GPUs.'),
      model: text('GPU model.', 128),
      gpusPresent: count('GPUs of the machine, usable or not.'),
      slices: map('MIG slices by resource name.', count('Allocatable slices.'), 64),
      driver: text('GPU driver version, as far as the node tells.', 64),
      cuda: text('Newest CUDA that the driver takes, as far as the node tells.', 64),
      reasons: list(
        'Why it is not, or not fully, sellable.',
        object('NodeReason', 'A stable code and a sentence.', {
          code: reasonCode,
          message: text('One sentence for people.', 512),
        }),
        16,
      ),
    },
    { optional: ['gpus', 'model', 'gpusPresent', 'slices', 'driver', 'cuda', 'reasons'] },
  ),
  5000,
);

const unsellable = list(
  'Why what there is cannot be sold; a node with two reasons is in both rows.',
  object('UnsellableCount', 'One reason.', {
    code: reasonCode,
    nodes: count('Nodes that are not for sale because of it.'),
    gpus: count('GPUs that are not for sale because of it.'),
  }),
  128,
);

const devices = list(
  'GPUs that are not healthy, or about which there is evidence.',
  object(
    'DeviceInventory',
    'One GPU.',
    {
      node: nodeName,
      uuid: text("The driver's name of it, for example GPU-….", 128, { minLength: 1 }),
      index: count('Its number on the node.'),
      state: oneOf('Only healthy ones are sold; back means well again and in its proving run.', [
        'healthy',
        'suspect',
        'draining',
        'quarantined',
        'back',
      ]),
      since: instant('When it became so.'),
      readAt: instant('When it was last looked at.'),
      reason: reasonCode,
      message: text('One sentence for people.', 512),
      pluginSees: flag('Whether the device plugin leaves it out of what it offers as well.'),
      evidence: list(
        'What was proved about it, and where the proof lies; for whoever proves things about devices.',
        object('DeviceEvidence', 'One proof.', {
          kind: text('For example identity, capability or burn-in.', 63, { minLength: 1 }),
          at: instant('When it was made.'),
          digest: text('SHA-256 of the evidence, hex.', 64, { pattern: '^[0-9a-f]{64}$' }),
          reference: text('Where it can be had.', 1024),
        }),
        8,
      ),
    },
    { optional: ['evidence'] },
  ),
  4096,
);

const storage = list(
  'Persistent storage classes.',
  object(
    'StorageInventory',
    'One class.',
    {
      name: text('Name of the class.', 253),
      availableBytes: wholeAmount(
        'Free bytes; absent when neither its driver nor the operator tells.',
      ),
      reasons: list(
        'Why no volume of it is sold.',
        object('StorageReason', 'A stable code and a sentence.', {
          code: reasonCode,
          message: text('One sentence for people.', 512),
        }),
        16,
      ),
    },
    { optional: ['availableBytes', 'reasons'] },
  ),
  256,
);

export const computeProviderStatus = object(
  'ComputeProviderStatus',
  'The provider as it is.',
  {
    observedGeneration,
    conditions: conditions(
      'Ready',
      'ChainSynced',
      'InventorySynced',
      'InventoryConsistent',
      'Registered',
      'RecordCurrent',
      'Funded',
      'Granted',
      'Bidding',
      'GatewayReachable',
    ),
    chain: object(
      'ChainStatus',
      'How far the chain was followed.',
      {
        height: uint64('Height of the last block processed.'),
        endpoint: text('Host and port of the endpoint that serves.', 1024),
        timeMs: uint64("That block's time, Unix milliseconds."),
        endpoints: list(
          'Every endpoint as it is.',
          object('EndpointStatus', 'One RPC node.', {
            endpoint: text('Host and port.', 1024),
            code: reasonCode,
            message: text('One sentence for people.', 512),
            trusted: flag('Whether its word alone is proof.'),
            serving: flag('Whether it gave the last answer.'),
          }),
          16,
        ),
      },
      { optional: ['endpoints'] },
    ),
    record: object('RecordStatus', 'What is to become of the record on chain.', {
      mode: text('Apply or DryRun.', 16),
      pending: list(
        'Changes that will be sent, or in a dry run would be.',
        object('RecordChange', 'One change.', {
          change: text('`+ key=value`, `- key=value` or `key: old -> new`.', 5000),
          since: instant('When it was first seen.'),
          due: instant('When it may be sent.'),
        }),
        512,
      ),
      held: list(
        'Changes that are not made as long as an active lease relies on what they would take away.',
        text('One change.', 5000),
        512,
      ),
      signaturesLost: list(
        'What auditors signed and the pending changes would take away.',
        text('Auditor and attribute.', 5000),
        512,
      ),
      updatesToday: count('Updates within the last day.'),
      updatesPerDay: count('Most that may be.'),
    }),
    gpus: object('GpuTotals', 'GPUs of all models.', gpuCounts),
    inventory,
    nodes,
    unsellable,
    devices,
    storage,
    leasedIpsAvailable: count('Addresses that can still be leased.'),
    balances: list(
      "The wallet's coins with their denominations, for example 123uakt.",
      text('Amount with denomination.', 167),
      64,
    ),
    leases: object('LeaseCounts', 'Leases held.', { active: count('Live leases.') }),
    orders: object('OrderCounts', 'Orders of the last full listing.', {
      open: count('Open orders on chain.'),
      bid: count('Open orders we hold a bid on.'),
      skipped: count('Open orders we do not bid on.'),
    }),
    skippedByReason: map('Open orders not bid on, by reason code.', count('Orders.'), 64),
    fees: object(
      'FeeOutlook',
      'How long the wallet pays fees at the recent pace.',
      {
        uaktPerHour: wholeAmount('Fees paid per hour of late, in uakt.'),
        hoursLeft: count('Hours until the wallet holds no more than the reserve.'),
      },
      { optional: ['hoursLeft'] },
    ),
    worth: object(
      'Worth',
      'What the wallet holds and pays in US dollars; uact is a dollar by protocol, uakt is valued.',
      {
        aktUsd: usd('US dollars for one AKT.'),
        rate: oneOf(
          'Fresh: the median of the price sources. Conservative: none is fresh, the configured careful rate.',
          ['Fresh', 'Conservative'],
        ),
        basis: text('Which sources count, or what each of them lacks.', 1024),
        walletUsd: usd('The wallet.'),
        reserveUsd: usd('What is kept back from bidding.'),
        depositsUsd: usd('What is locked in open bids.'),
        feesUsdPerHour: usd('Transaction fees per hour of late.'),
      },
      { optional: ['feesUsdPerHour'] },
    ),
    earnedTodayUact: wholeAmount('Earned since midnight UTC, in uact.'),
    updatedAt: instant('When this status was computed.'),
  },
  {
    optional: [
      'observedGeneration',
      'conditions',
      'chain',
      'gpus',
      'inventory',
      'nodes',
      'unsellable',
      'devices',
      'storage',
      'leasedIpsAvailable',
      'balances',
      'leases',
      'orders',
      'skippedByReason',
      'record',
      'fees',
      'worth',
      'earnedTodayUact',
      'updatedAt',
    ],
  },
);
