import { describe, expect, it } from '@jest/globals';
import { CHECKS, failedChecks } from './checks.js';
import type { DecideInput } from './input.js';
import { anInput, aPolicy, PROVIDER } from './testing/input-builder.js';
import { aNode, aSnapshot } from './testing/node-builder.js';
import {
  anOrder,
  attributes,
  aUnit,
  disk,
  GIB,
  persistentVolume,
  ramVolume,
  TENANT,
} from './testing/order-builder.js';
import type { OrderBuilder } from './testing/order-builder.js';

const AUDITOR = 'akash1auditor';
const OTHER = 'akash1other';
const base = anInput();
const rules = (changes: Partial<DecideInput['rules']>): Partial<DecideInput> => ({
  rules: { ...base.rules, ...changes },
});
const provider = (changes: Partial<DecideInput['provider']>): Partial<DecideInput> => ({
  provider: { ...base.provider, ...changes },
});
const signed = (auditor: string, record: Record<string, string>): Partial<DecideInput> =>
  provider({ audited: [{ auditor, attributes: attributes(record) }] });
const tenants = (allow: readonly string[], deny: readonly string[]): Partial<DecideInput> => ({
  policies: [aPolicy({}, { tenants: { allow, deny } })],
});
const wallet = (uakt: bigint, uact: bigint, committed = 0n): Partial<DecideInput> => ({
  wallet: { uakt: { spendable: uakt, committed }, uact: { spendable: uact, committed: 0n } },
});
const region = anOrder().requiring({ region: 'us-west' });
const ip = (sequenceNumber: number) => ({ kind: 'LEASED_IP' as const, sequenceNumber });
const storage = [{ name: 'beta3', availableBytes: GIB }];
const withBeta3: Partial<DecideInput> = { snapshot: aSnapshot([aNode().obj()], { storage }) };

type Case = readonly [string, OrderBuilder, Partial<DecideInput>];

describe('the checklist', () => {
  it.each<Case>([
    ['a plain order', anOrder(), {}],
    ['required attributes that the provider has', region, {}],
    [
      'an order that names what the operator insists on',
      region,
      rules({ orderAttributes: attributes({ region: 'us-west' }) }),
    ],
    ['all auditors signed', region.signedBy([AUDITOR]), signed(AUDITOR, { region: 'us-west' })],
    [
      'one of several auditors signed',
      region.signedBy([], [OTHER, AUDITOR]),
      signed(AUDITOR, { region: 'us-west' }),
    ],
    ['four volumes', anOrder().withVolumes(disk(1n), disk(1n), disk(1n), disk(1n)), {}],
    ['a volume in memory', anOrder().withVolumes(disk(1n), ramVolume(1n)), {}],
    [
      'a persistent volume of a class that is there',
      anOrder().withVolumes(persistentVolume('beta3', 1n)),
      withBeta3,
    ],
    ['a GPU that a capability names', anOrder().withGpu('nvidia', 'h100'), {}],
    ['any GPU by wildcard', anOrder().withGpu('nvidia', '*'), {}],
    ['any GPU by naming none', anOrder().withUnits(aUnit().withGpuKeys(1).obj()), {}],
    [
      'a hostname that only resembles a blocked one',
      anOrder(),
      { hostnames: ['myexample.com'], blockedHostnames: ['.example.com', 'x.org'] },
    ],
    [
      'an order at the age limit',
      anOrder(),
      { ...rules({ maxOrderAgeBlocks: 10n }), chain: { ...base.chain, height: 11n } },
    ],
    [
      'a tenant up to his limit',
      anOrder().withGpu('nvidia', 'h100', 8),
      { ...rules({ maxPendingGpusPerOwner: 16n }), ownerPendingGpus: 8n },
    ],
    ['as many endpoints as are given', anOrder(), rules({ maxEndpoints: 1 })],
    [
      'a tenant whom one of two books denies',
      anOrder(),
      {
        policies: [
          aPolicy({}, { tenants: { allow: [], deny: [TENANT] } }),
          aPolicy({}, { name: 'other' }),
        ],
      },
    ],
    ['a tenant on the allow list', anOrder(), tenants([TENANT], [])],
    [
      'a window that is offered',
      anOrder().withReclamation(7200n),
      rules({ maxReclamationWindowSeconds: 7200n }),
    ],
    [
      'a window below the least of the chain',
      anOrder().withReclamation(1n),
      rules({ maxReclamationWindowSeconds: 3600n }),
    ],
    [
      'two endpoints that share one free address',
      anOrder().withEndpoints(ip(1), ip(1)),
      { snapshot: aSnapshot([aNode().obj()], { leasedIpsAvailable: 1 }) },
    ],
    ['a deposit in the second denomination', anOrder(), wallet(1_005_000n, 500_000n)],
    ['funds to the last coin', anOrder(), wallet(1_505_000n, 0n)],
  ])('passes %s', (_name, order, changes) => {
    expect(failedChecks(anInput({ order: order.obj(), ...changes }))).toEqual([]);
  });

  const unitsOf = (...units: readonly ReturnType<typeof aUnit>[]): OrderBuilder =>
    anOrder().withUnits(...units.map((u) => u.obj()));

  it.each<readonly [...Case, string, string, string]>([
    [
      'a closed order',
      anOrder().withState('closed'),
      {},
      'OrderNotOpen',
      'the order is closed',
      'order.state',
    ],
    [
      'no units',
      anOrder().withUnits(),
      {},
      'InvalidOrder',
      'the order has no resource units',
      'order.spec.units',
    ],
    [
      'a repeated unit',
      unitsOf(aUnit(1), aUnit(1)),
      {},
      'InvalidOrder',
      'unit id 1 appears twice',
      'order.spec.units[1]',
    ],
    [
      'a count of zero',
      unitsOf(aUnit().withCount(0)),
      {},
      'InvalidOrder',
      'unit 1: count is 0',
      'order.spec.units[0]',
    ],
    [
      'too many replicas',
      unitsOf(aUnit().withCount(1001)),
      {},
      'InvalidOrder',
      'the order has 1001 replicas; the most is 1000',
      'order.spec.units',
    ],
    [
      'a negative cpu',
      unitsOf(aUnit().withCpu(-1)),
      {},
      'InvalidOrder',
      'unit 1: cpu is negative (-1m)',
      'order.spec.units[0]',
    ],
    [
      'a negative memory',
      unitsOf(aUnit().withMemory(-1n)),
      {},
      'InvalidOrder',
      'unit 1: memory is negative (-1 bytes)',
      'order.spec.units[0]',
    ],
    [
      'a negative volume',
      unitsOf(aUnit().withVolumes(disk(-1n))),
      {},
      'InvalidOrder',
      'unit 1: volume "default" is negative',
      'order.spec.units[0]',
    ],
    [
      'a negative GPU',
      unitsOf(aUnit().withGpuKeys(-1)),
      {},
      'InvalidOrder',
      'unit 1: gpu is negative (-1)',
      'order.spec.units[0]',
    ],
    [
      'our own order',
      anOrder().withOwner(PROVIDER),
      {},
      'OwnOrder',
      'the order belongs to the provider account itself',
      'order.id.owner',
    ],
    [
      'a denied tenant',
      anOrder(),
      tenants([TENANT], [TENANT]),
      'TenantDenied',
      `policy standard denies ${TENANT}`,
      'order.id.owner',
    ],
    [
      'a tenant not on the list',
      anOrder(),
      tenants([OTHER], []),
      'TenantNotAllowed',
      `policy standard allows only listed tenants, and ${TENANT} is not listed`,
      'order.id.owner',
    ],
    [
      'an attribute that is missing',
      anOrder().requiring({ tier: 'premium' }),
      {},
      'AttributesNotMet',
      "the provider's record on chain lacks tier=premium",
      'order.spec.requirements.attributes',
    ],
    [
      'an attribute of another value',
      anOrder().requiring({ region: 'eu' }),
      {},
      'AttributesNotMet',
      "the provider's record on chain lacks region=eu",
      'order.spec.requirements.attributes',
    ],
    [
      'an order that does not name us',
      anOrder(),
      rules({ orderAttributes: attributes({ org: 'x' }) }),
      'OrderAttributesNotNamed',
      'only orders that require org=x are served',
      'order.spec.requirements.attributes',
    ],
    [
      'an auditor who signed nothing',
      region.signedBy([AUDITOR]),
      {},
      'AuditorsNotMet',
      `the required attributes are not signed by all of ${AUDITOR}`,
      'order.spec.requirements.signedBy',
    ],
    [
      'an auditor who signed another value',
      region.signedBy([AUDITOR]),
      signed(AUDITOR, { region: 'eu' }),
      'AuditorsNotMet',
      `the required attributes are not signed by all of ${AUDITOR}`,
      'order.spec.requirements.signedBy',
    ],
    [
      'no auditor of several',
      region.signedBy([AUDITOR], [OTHER]),
      {},
      'AuditorsNotMet',
      `the required attributes are not signed by all of ${AUDITOR} and by any of ${OTHER}`,
      'order.spec.requirements.signedBy',
    ],
    [
      'an order that nobody took for long',
      anOrder(),
      { ...rules({ maxOrderAgeBlocks: 10n }), chain: { ...base.chain, height: 12n } },
      'OrderTooOld',
      'the order has been open for 11 blocks and the most is 10',
      'order.createdAt',
    ],
    [
      'more endpoints than the operator gives',
      anOrder().withEndpoints(ip(1), ip(1), ip(1)),
      { ...rules({ maxEndpoints: 2 }), snapshot: aSnapshot([], { leasedIpsAvailable: 1 }) },
      'TooManyEndpoints',
      'the order asks for 3 endpoints and the most is 2',
      'order.spec.units.endpoints',
    ],
    [
      'a tenant whose open bids hold enough',
      anOrder().withGpu('nvidia', 'h100', 8),
      { ...rules({ maxPendingGpusPerOwner: 15n }), ownerPendingGpus: 8n },
      'OwnerPendingLimit',
      'open bids for this tenant hold 8 GPUs and this order wants 8; the limit is 15 until bids are accepted or time out',
      'spec.bidding.maxPendingGpusPerOwner',
    ],
    [
      'a tenant for whom no book is',
      anOrder(),
      { policies: [aPolicy({}, { appliesTo: { tenants: [OTHER] } })] },
      'NoPolicyApplies',
      'none of the 1 price policies applies to this order',
      'policies',
    ],
    [
      'a price in another denomination',
      anOrder().withPrice('5', 'uatom'),
      {},
      'DenomNotAccepted',
      'unit 1 is priced in uatom; taken are uact, and uakt and bridged USDC where the chain lets them in',
      'order.spec.units.price.denom',
    ],
    [
      'a price of zero',
      anOrder().withPrice('0'),
      {},
      'OrderPriceInvalid',
      'unit 1 offers 0.000000000000000000uact per block',
      'order.spec.units.price',
    ],
    [
      'five volumes',
      anOrder().withVolumes(disk(1n), disk(1n), disk(1n), disk(1n), disk(1n)),
      {},
      'TooManyVolumes',
      'unit 1 asks for 5 volumes; the most is 4',
      'order.spec.units.storage',
    ],
    [
      'a storage capability not on chain',
      anOrder().withVolumes(persistentVolume('beta3', 1n)),
      {
        ...withBeta3,
        ...provider({
          attributes: attributes({
            'capabilities/storage/1/class': 'beta2',
            'capabilities/storage/1/persistent': 'true',
            'capabilities/storage/x': '1',
            'capabilities/storage/1/a/b': '1',
          }),
        }),
      },
      'StorageCapabilityMissing',
      `no capabilities/storage set of the provider's record has class=beta3, persistent=true (volume "data" of unit 1)`,
      'order.spec.units.storage',
    ],
    [
      'a class the cluster lacks',
      anOrder().withVolumes(persistentVolume('beta3', 1n)),
      {},
      'StorageClassUnavailable',
      'volume "data" of unit 1 asks for class beta3; the cluster has none',
      'order.spec.units.storage',
    ],
    [
      'a GPU that no capability names',
      anOrder().withGpu('nvidia', 't4'),
      {},
      'GpuCapabilityMissing',
      "no capabilities/gpu attribute of the provider's record matches vendor/nvidia/model/t4 (unit 1)",
      'order.spec.units.gpu.attributes',
    ],
    [
      'a wildcard that only a longer capability would meet',
      anOrder().withGpu('nvidia', '*'),
      provider({
        attributes: attributes({ 'capabilities/gpu/vendor/nvidia/model/h100/ram/80Gi': 'true' }),
      }),
      'GpuCapabilityMissing',
      "no capabilities/gpu attribute of the provider's record matches vendor/nvidia/model/* (unit 1)",
      'order.spec.units.gpu.attributes',
    ],
    [
      'a blocked hostname and one below a blocked one',
      anOrder(),
      { hostnames: ['A.org', 'x.B.org', 'ok.org'], blockedHostnames: ['a.org', '.b.org'] },
      'HostnameBlocked',
      'blocked by the operator: A.org, x.B.org',
      'hostnames',
    ],
    [
      'a window while none is offered',
      anOrder().withReclamation(3600n),
      {},
      'ReclamationNotOffered',
      'the order asks for a window of at least 3600 s and none is offered',
      'order.reclamationMinWindowSeconds',
    ],
    [
      'a window beyond the operator',
      anOrder().withReclamation(7201n),
      rules({ maxReclamationWindowSeconds: 7200n }),
      'ReclamationWindowTooLong',
      'the order needs a window of 7201 s and the most offered is 7200 s',
      'order.reclamationMinWindowSeconds',
    ],
    [
      'a window beyond the chain',
      anOrder().withReclamation(2_592_001n),
      rules({ maxReclamationWindowSeconds: 9_999_999n }),
      'ReclamationWindowTooLong',
      'the order needs a window of 2592001 s and the most offered is 2592000 s',
      'order.reclamationMinWindowSeconds',
    ],
    [
      'more addresses than are free',
      anOrder().withEndpoints(ip(1), ip(2)),
      { snapshot: aSnapshot([aNode().obj()], { leasedIpsAvailable: 1 }) },
      'InsufficientLeasedIps',
      'the order needs 2 leased addresses and 1 are free',
      'order.spec.units.endpoints',
    ],
    [
      'a wallet that would eat its reserve',
      anOrder(),
      wallet(1_004_999n, 500_000n),
      'InsufficientFunds',
      'the wallet needs 5000uakt for the fee and 1000000uakt in reserve, has 1004999uakt free',
      'wallet',
    ],
    [
      'a wallet whose funds are already committed',
      anOrder(),
      wallet(1_505_000n, 499_999n, 1n),
      'InsufficientFunds',
      'the wallet needs 500000uakt for the deposit, has 499999uakt free; or 500000uact for the deposit, has 499999uact free',
      'wallet',
    ],
    [
      'no operator denomination',
      anOrder(),
      rules({ depositDenoms: [] }),
      'InsufficientFunds',
      'the wallet needs a deposit, but no denomination is allowed',
      'wallet',
    ],
  ])('refuses %s', (_name, order, changes, ...want) => {
    const failed = failedChecks(anInput({ order: order.obj(), ...changes }));
    expect(failed.map((r) => [r.code, r.message, r.field])).toEqual([want]);
  });

  it('names each class of the cluster, and units in several denominations', () => {
    const order = anOrder().withVolumes(persistentVolume('beta1', 1n)).obj();
    expect(failedChecks(anInput({ order, ...withBeta3 })).map((r) => r.message)).toContain(
      'volume "data" of unit 1 asks for class beta1; the cluster has beta3',
    );
    const mixed = unitsOf(aUnit(1), aUnit(2).withPrice('1', 'uatom')).obj();
    expect(failedChecks(anInput({ order: mixed })).map((r) => [r.code, r.message])).toEqual([
      ['DenomNotAccepted', expect.stringMatching(/^unit 2 is priced in uatom;/)],
      ['OrderPriceInvalid', 'units are priced in uact, uatom'],
    ]);
  });

  it('says when the chain does not take the denomination of the deposit', () => {
    const chain = { ...base.chain, marketParams: { orderMaxBids: 20, bidMinDeposits: [] } };
    const failed = failedChecks(anInput({ chain, ...rules({ depositDenoms: ['uact'] }) }));
    expect(failed.map((r) => r.message)).toEqual([
      'the wallet needs a uact deposit, which the chain does not take',
    ]);
  });

  it('explains an attribute of unknown form', () => {
    const order = unitsOf(aUnit().withGpuKeys(1, 'vendor/nvidia')).obj();
    const invalid = failedChecks(anInput({ order })).find((r) => r.code === 'InvalidOrder');
    expect(invalid?.message).toContain('unit 1: GPU attribute "vendor/nvidia" must read');
  });

  it('has a name for every check, no two alike', () => {
    expect(new Set(CHECKS.map((c) => c.name)).size).toBe(CHECKS.length);
  });
});
