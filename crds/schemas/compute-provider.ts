/** ComputeProvider: one provider account, what it offers and on which terms. */
import { AGE, conditionColumn } from '../definition.js';
import type { KindDefinition } from '../definition.js';
import {
  flag,
  immutable,
  integer,
  list,
  map,
  object,
  oneOf,
  text,
  wholeAmount,
  withDefaults,
  withRule,
} from '../json-schema.js';
import { computeProviderStatus as status } from './compute-provider-status.js';
import { address } from './shared.js';

const DAY_SECONDS = 86_400;
const DNS_NAME = '^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$';
const domain = (description: string): ReturnType<typeof text> =>
  text(description, 253, { minLength: 1, pattern: DNS_NAME });

const chain = object('ChainSpec', 'Which chain, and through which nodes.', {
  chainId: withRule(text('For example akashnet-2.', 50, { minLength: 1 }), immutable('chainId')),
  endpoints: list(
    'RPC nodes; the healthiest one is used.',
    object('ChainEndpoint', 'One RPC node.', {
      url: withRule(text('http, https, ws or wss URL.', 1024, { minLength: 1 }), {
        rule: "isURL(self) && url(self).getScheme() in ['http', 'https', 'ws', 'wss']",
        messageExpression: "'must be an http, https, ws or wss URL, got ' + self",
        message: 'must be an http, https, ws or wss URL',
      }),
      trusted: flag('Whether answers need no second opinion before something is torn down.', {
        default: false,
      }),
    }),
    16,
    { minItems: 1 },
  ),
});

const ingress = object(
  'IngressSpec',
  "How tenants' hostnames are served.",
  {
    className: text('IngressClass; absent for the cluster default.', 253),
    domain: domain("Domain under which tenants' generated hostnames lie."),
    staticHosts: flag('Give every service a generated hostname, also beside its own ones.', {
      default: true,
    }),
  },
  { optional: ['className'] },
);

const bidding = object(
  'BiddingSpec',
  'When and how orders are bid on.',
  {
    paused: flag('No new bids; leases go on.', { default: false }),
    pauseReason: text('Why, for those who ask why an order gets no bid.', 256),
    deposit: text('Deposit of a bid with its denomination.', 167, {
      default: '500000uakt',
      pattern: '^[1-9][0-9]{0,37}[a-zA-Z][a-zA-Z0-9/:._-]{2,127}$',
    }),
    timeoutSeconds: integer(
      'How long a bid may wait for its tenant before it is closed and its GPUs are freed.',
      { min: 5, max: DAY_SECONDS },
      { default: 300 },
    ),
    contestedTimeoutSeconds: integer(
      'The same while another order could be served with what the bid holds; absent for a fifth of timeoutSeconds.',
      { min: 5, max: DAY_SECONDS },
    ),
    idleTimeoutSeconds: integer(
      'The same while nothing else wants what the bid holds; absent for six times timeoutSeconds.',
      { min: 5, max: DAY_SECONDS },
    ),
    maxPendingGpusPerOwner: integer(
      'Most GPUs reserved by open bids for one tenant; absent for no limit.',
      { min: 0, max: 1_000_000 },
    ),
    placement: oneOf(
      'Which GPU model and node an order gets (docs/placement.md): the model of least price over free share (pressureOfUse, the default), the cheapest model with room (lowestPrice), or that on the first node by name (firstFit).',
      ['pressureOfUse', 'lowestPrice', 'firstFit'],
      { title: 'PlacementPolicy' },
    ),
    orderAttributes: list(
      'Only orders that require all of these attributes are served; absent for every order.',
      object('OrderAttribute', 'One attribute.', {
        key: text('Key.', 128, { minLength: 1 }),
        value: text('Value.', 2048, { minLength: 1 }),
      }),
      64,
      { 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['key'] },
    ),
    blockedHostnames: list(
      'Names that no tenant may serve: example.com itself, or .example.com for it and every name under it.',
      text('Name.', 253, { minLength: 1 }),
      256,
    ),
    maxReclamationSeconds: integer(
      'Longest notice period promised to orders that ask for one; absent to refuse them.',
      { min: 3_600, max: 30 * DAY_SECONDS },
    ),
    maxEndpoints: integer('Most endpoints of one order; absent for no limit.', {
      min: 0,
      max: 10_000,
    }),
    maxOrderAgeBlocks: integer(
      'Blocks after which an open order counts as abandoned; absent for never.',
      { min: 1, max: 2 ** 31 - 1 },
    ),
    minEscrowSeconds: integer(
      "How long a deployment's escrow must pay our price before it gets a bid; absent not to ask.",
      { min: 1, max: 30 * DAY_SECONDS },
    ),
    policyLabels: map(
      'Only PricingPolicies with all of these labels price orders of this provider; absent for every one.',
      text('Value of the label.', 63),
      16,
    ),
    maxPendingPercentPerOwner: integer(
      "Most of the cluster's GPUs, CPU and memory, each in percent, that open bids hold for one tenant, 100 for no limit; a tenant's only open bid may hold more.",
      { min: 1, max: 100 },
      { default: 50 },
    ),
  },
  {
    optional: [
      'placement',
      'pauseReason',
      ...['contestedTimeoutSeconds', 'idleTimeoutSeconds', 'maxPendingPercentPerOwner'],
      ...['maxPendingGpusPerOwner', 'orderAttributes', 'blockedHostnames', 'maxReclamationSeconds'],
      ...['maxEndpoints', 'maxOrderAgeBlocks', 'minEscrowSeconds', 'policyLabels'],
    ],
  },
);

const leases = object('LeasePolicySpec', 'How leases are kept.', {
  manifestTimeoutSeconds: integer(
    'How long a new lease may stay without a manifest before it is closed.',
    { min: 5, max: 7 * DAY_SECONDS },
    { default: 300 },
  ),
  withdrawalPeriodSeconds: integer(
    'Longest time between two withdrawals of one lease; sooner where the fee is worth it.',
    { min: 1, max: 30 * DAY_SECONDS },
    { default: 7 * DAY_SECONDS },
  ),
  capitalPercentPerYear: integer(
    'What money is worth to the provider: with the fee, it sets how often a lease is withdrawn from.',
    { min: 1, max: 1_000 },
    { default: 15 },
  ),
  runOutMarginBlocks: integer(
    'Blocks before an escrow account is empty at which its earnings are withdrawn regardless.',
    { min: 1, max: 1_000 },
    { default: 5 },
  ),
  fundsWarningSeconds: integer(
    'How long before an escrow account is empty the tenant is warned.',
    { min: 1, max: 30 * DAY_SECONDS },
    { default: 3600 },
  ),
  minWithdrawUact: wholeAmount('Smallest earnings worth a withdrawal, in uact.', {
    default: '0',
  }),
});

const refill = object(
  'RefillSpec',
  'Turning earned uact into uakt for fees (MsgBurnACT), within bounds.',
  {
    belowUakt: wholeAmount('The wallet is refilled when it holds less than this, in uakt.'),
    toUakt: wholeAmount('And up to about this, in uakt.'),
    keepUact: wholeAmount('Never burned, in uact.', { default: '0' }),
    maxUactPerDay: wholeAmount('Most burned in a day, in uact.'),
  },
);

const record = object(
  'RecordSpec',
  'How the record on chain follows the cluster and this object.',
  {
    mode: oneOf(
      'Apply sends changes once they have stood for a while; DryRun only shows them in the status.',
      ['Apply', 'DryRun'],
      { default: 'Apply' },
    ),
    quietSeconds: integer(
      'How long a change must stand, and is shown, before it is sent.',
      { min: 0, max: DAY_SECONDS },
      { default: 300 },
    ),
    dropAfterSeconds: integer(
      'How long the cluster must lack a capability before it is taken off the record.',
      { min: 0, max: 30 * DAY_SECONDS },
      { default: DAY_SECONDS },
    ),
    updatesPerDay: integer(
      'Most updates of the record within a day; each costs a fee.',
      { min: 0, max: 1_000 },
      { default: 6 },
    ),
  },
);

const budgets = object(
  'BudgetSpec',
  'What the wallet may spend.',
  {
    feesUaktPerHour: wholeAmount(
      'No bid is made once the transaction fees of the last hour reach this, in uakt; absent for no limit.',
    ),
    feesUaktPerDay: wholeAmount(
      'No bid is made once the transaction fees of the last day reach this, in uakt; absent for no limit.',
    ),
    depositsUaktPerHour: wholeAmount(
      'Most put into bid deposits within an hour, in uakt (in uact where deposits are paid in uact); absent for no limit.',
    ),
    depositsUaktPerDay: wholeAmount(
      'Most put into bid deposits within a day, likewise; absent for no limit.',
    ),
    depositsUakt: wholeAmount(
      'Most locked in bid deposits at once, likewise; absent for no limit.',
    ),
    reserveUakt: wholeAmount('Kept back from bidding for fees of live leases, in uakt.', {
      default: '0',
    }),
    warnHours: integer(
      'The wallet counts as not funded when its fees last no longer than this, at the recent pace.',
      { min: 0, max: 8_760 },
      { default: 12 },
    ),
    refill,
  },
  {
    optional: [
      'feesUaktPerHour',
      'feesUaktPerDay',
      'depositsUaktPerHour',
      'depositsUaktPerDay',
      'depositsUakt',
      'refill',
    ],
  },
);

const grantee = object(
  'GranteeSpec',
  "A hot key that acts for the provider's account by grants, so that the account's own key can stay cold.",
  {
    address: address("The hot key's account."),
    fees: oneOf(
      "Whose coins pay fees: the provider's through a fee allowance, or the grantee's own.",
      ['provider', 'grantee'],
      { default: 'provider' },
    ),
    warnDays: integer(
      'How long before a grant or the fee allowance ends it is told.',
      { min: 0, max: 365 },
      { default: 14 },
    ),
  },
);

const spec = object(
  'ComputeProviderSpec',
  'The wanted provider.',
  {
    address: withRule(address("The provider's account."), immutable('address')),
    grantee,
    chain,
    hostUri: withRule(
      text("The gateway's address as registered on chain.", 1024, { minLength: 1 }),
      {
        rule: "isURL(self) && url(self).getScheme() == 'https' && url(self).getHostname() != ''",
        messageExpression: "'must be an https URL with a host, got ' + self",
        message: 'must be an https URL with a host',
      },
    ),
    domain: domain('Domain of this provider.'),
    attributes: list(
      'Attributes as registered on chain.',
      object('ProviderAttribute', 'One attribute.', {
        key: text('Key.', 128, { pattern: '^([a-zA-Z][\\w/.-]{1,126}[\\w*]?)$' }),
        value: text('Value.', 2048),
      }),
      512,
      { 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['key'], default: [] },
    ),
    info: withDefaults(
      object(
        'ProviderInfo',
        'How to reach the people behind it, as registered on chain.',
        { email: text('Email address.', 320), website: text('Website.', 1024) },
        { optional: ['email', 'website'] },
      ),
    ),
    ingress,
    runtimeClassName: text(
      'RuntimeClass of GPU pods; absent to use `nvidia` where that class exists.',
      253,
    ),
    bidding: withDefaults(bidding),
    leases: withDefaults(leases),
    budgets: withDefaults(budgets),
    record: withDefaults(record),
  },
  { optional: ['runtimeClassName', 'grantee'] },
);

export const computeProvider: KindDefinition = {
  kind: 'ComputeProvider',
  shortNames: ['cprov'],
  schema: object(
    'ComputeProvider',
    'A provider account on the Akash marketplace and the terms on which this cluster is offered.',
    { spec, status },
    { optional: ['status'] },
  ),
  columns: [
    conditionColumn('Ready'),
    { name: 'Address', type: 'string', jsonPath: '.spec.address' },
    { name: 'GPUs-Free', type: 'integer', jsonPath: '.status.gpus.available' },
    { name: 'Leases', type: 'integer', jsonPath: '.status.leases.active' },
    { name: 'Balance', type: 'string', jsonPath: '.status.balances' },
    { ...conditionColumn('Bidding'), wide: true },
    { ...conditionColumn('ChainSynced'), wide: true },
    { ...conditionColumn('Funded'), wide: true },
    { name: 'Height', type: 'string', jsonPath: '.status.chain.height', wide: true },
    { name: 'GPUs', type: 'integer', jsonPath: '.status.gpus.allocatable', wide: true },
    { name: 'Leased', type: 'integer', jsonPath: '.status.gpus.leased', wide: true },
    { name: 'Reserved', type: 'integer', jsonPath: '.status.gpus.reserved', wide: true },
    { name: 'Orders', type: 'integer', jsonPath: '.status.orders.open', wide: true },
    { name: 'Earned-Today', type: 'string', jsonPath: '.status.earnedTodayUact', wide: true },
    {
      name: 'Status',
      type: 'string',
      jsonPath: '.status.conditions[?(@.type=="Ready")].message',
      wide: true,
    },
    AGE,
  ],
  selectableFields: ['.spec.address'],
};
