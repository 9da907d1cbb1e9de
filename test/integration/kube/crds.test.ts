import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import { API_VERSION } from '../../../crds/constants.js';
import type { KubeObject } from '../../../crds/object.js';
import { isKubeError, isKubeInvalid, type KubeError } from '../../../kube/errors.js';
import {
  BIDS,
  COMPUTE_LEASES,
  COMPUTE_PROVIDERS,
  PRICING_POLICIES,
  resourceOf,
} from '../../../kube/resources.js';
import { type KubeCluster, startKubeCluster } from '../../contract/kube/kube-cluster.js';
import {
  aBid,
  aLease,
  aPolicy,
  aProvider,
  bidSpec,
  OWNER,
  PROVIDER,
} from '../../contract/kube/objects.js';
import { afterTests } from '../../after-tests.js';
import { toolsDir } from '../../peers/tools.js';

jest.setTimeout(60_000);
let kube: KubeCluster;
const atEnd = afterTests();
beforeAll(async () => {
  kube = await startKubeCluster();
  atEnd(() => kube.stop());
}, 120_000);

const kubectl = async (...args: readonly string[]): Promise<string> => {
  const bin = await toolsDir(['kubernetes'], ['kubectl']);
  const all = ['--kubeconfig', kube.cluster.kubeconfigPath, ...args];
  return (await promisify(execFile)(join(bin, 'kubectl'), all)).stdout;
};

const refusal = async (work: Promise<unknown>): Promise<KubeError> => {
  const error = await work.then(
    () => new Error('expected a refusal, but it was accepted'),
    (e: unknown) => e,
  );
  if (isKubeError(error)) return error;
  throw error;
};

const apply = (object: KubeObject): Promise<KubeObject> =>
  kube.api.apply(resourceOf(object), object);

const rate = { model: 'h100', usdPerHour: '2.5' };
const tooBig = '18446744073709551616';

describe('what the API server refuses, and which field it names', () => {
  it.each<[string, KubeObject, string, string]>([
    [
      'a dseq beyond uint64',
      aBid('x', { orderId: { ...bidSpec.orderId, dseq: tooBig }, order: `${OWNER}/${tooBig}/1/2` }),
      'spec.orderId.dseq',
      `must be a uint64, got ${tooBig}`,
    ],
    [
      'a dseq with a leading zero',
      aBid('x', { orderId: { ...bidSpec.orderId, dseq: '01' } }),
      'spec.orderId.dseq',
      'should match',
    ],
    [
      'a gseq beyond uint32',
      aBid('x', { orderId: { ...bidSpec.orderId, gseq: 2 ** 32 } }),
      'spec.orderId.gseq',
      '4294967295',
    ],
    [
      'an order path of another order',
      aBid('x', { order: `${OWNER}/18446744073709551615/1/3` }),
      'spec.order',
      'must be the path of orderId',
    ],
    [
      'a provider that is no address',
      aBid('x', { provider: 'bob' }),
      'spec.provider',
      'should match',
    ],
    [
      'a price with 19 decimals',
      aBid('x', { price: { denom: 'uact', amount: '1.0000000000000000001' } }),
      'spec.price.amount',
      'should match',
    ],
    [
      'a negative price',
      aBid('x', { price: { denom: 'uact', amount: '-1' } }),
      'spec.price.amount',
      'should match',
    ],
    [
      'a lease that is not named after its namespace',
      aLease('x', { namespace: 'y' }),
      'spec.namespace',
      'named after its namespace',
    ],
    [
      'a manifest hash that is no SHA-256',
      aLease('x', { manifest: { hash: 'abc', secretName: 'x' } }),
      'spec.manifest.hash',
      'should match',
    ],
    [
      'a gateway without TLS',
      aProvider('x', { hostUri: 'http://provider.example.com' }),
      'spec.hostUri',
      'must be an https URL with a host, got http://provider.example.com',
    ],
    [
      'an endpoint that is no URL',
      aProvider('x', { chain: { chainId: 'c', endpoints: [{ url: 'rpc' }] } }),
      'spec.chain.endpoints[0].url',
      'must be an http, https, ws or wss URL, got rpc',
    ],
    [
      'a chain without endpoints',
      aProvider('x', { chain: { chainId: 'c', endpoints: [] } }),
      'spec.chain.endpoints',
      'at least 1',
    ],
    [
      'a deposit without a denomination',
      aProvider('x', { bidding: { deposit: '500000' } }),
      'spec.bidding.deposit',
      'should match',
    ],
    [
      'a bid timeout of a second',
      aProvider('x', { bidding: { timeoutSeconds: 1 } }),
      'spec.bidding.timeoutSeconds',
      'greater than or equal to 5',
    ],
    [
      'two attributes of one key',
      aProvider('x', {
        attributes: [
          { key: 'region', value: 'a' },
          { key: 'region', value: 'b' },
        ],
      }),
      'spec.attributes[1]',
      'Duplicate value',
    ],
    [
      'a ceiling below the floor',
      aPolicy('x', { floorUsdPerHour: '10', ceilingUsdPerHour: '9.99' }),
      'spec.ceilingUsdPerHour',
      'ceilingUsdPerHour 9.99 is below floorUsdPerHour 10',
    ],
    [
      'two rates for one GPU',
      aPolicy('x', { rates: { gpus: [rate, { ...rate, usdPerHour: '3' }] } }),
      'spec.rates.gpus[1]',
      'Duplicate value',
    ],
    [
      'a tenant that is allowed and denied',
      aPolicy('x', { tenants: { allow: [OWNER], deny: [OWNER] } }),
      'spec.tenants.deny',
      'allowed and denied at once',
    ],
    [
      'a rate that is a word',
      aPolicy('x', { rates: { gpus: [{ ...rate, usdPerHour: 'much' }] } }),
      'spec.rates.gpus[0].usdPerHour',
      'should match',
    ],
    [
      'a denomination we cannot bid in',
      aPolicy('x', { denom: 'uakt' }),
      'spec.denom',
      'supported values: "uact"',
    ],
  ])('%s', async (_name, object, field, message) => {
    // As `kubectl create` does: a server-side apply would refuse a duplicate key before it comes to validation.
    const error = await refusal(kube.api.create(resourceOf(object), object));
    expect(isKubeInvalid(error)).toBe(true);
    const cause = error.causes.find((c) => c.field === field);
    expect({ causes: error.causes, message: cause?.message }).toMatchObject({
      message: expect.stringContaining(message),
    });
  });

  it('a duplicate key in an apply, too', async () => {
    const error = await refusal(apply(aPolicy('x', { rates: { gpus: [rate, rate] } })));
    expect(isKubeInvalid(error)).toBe(true);
    expect(error.message).toContain('.spec.rates.gpus: duplicate entries for key');
  });

  it('a field that the schema does not know, by its name', async () => {
    const error = await refusal(apply(aProvider('typo', { biding: { paused: true } })));
    expect(error.message).toContain('.spec.biding');
    expect(await kube.api.get(COMPUTE_PROVIDERS, { name: 'typo' })).toBeUndefined();
  });

  it('a change of what is immutable, and only that', async () => {
    const lease = aLease('frozen');
    await apply(lease);
    const cases: [string, KubeObject][] = [
      ['spec.leaseId', aLease('frozen', { leaseId: { ...lease.spec.leaseId, oseq: 9 } })],
      ['spec.price', aLease('frozen', { price: { denom: 'uact', amount: '1' } })],
      ['spec.createdAtHeight', aLease('frozen', { createdAtHeight: '1' })],
    ];
    for (const [field, changed] of cases) {
      const error = await refusal(apply(changed));
      expect(error.causes.map((c) => c.field)).toEqual([field]);
      expect(error.causes[0]?.message).toContain('is immutable');
    }
    const manifest = { hash: 'a'.repeat(64), secretName: 'frozen' };
    expect(
      (await kube.api.apply(COMPUTE_LEASES, aLease('frozen', { manifest }))).spec.manifest,
    ).toEqual(manifest);

    await apply(aBid('frozen'));
    const usd = await refusal(apply(aBid('frozen', { usdPerHour: '19' })));
    expect(usd.causes[0]).toMatchObject({
      field: 'spec',
      message: expect.stringContaining('immutable'),
    });
    await apply(aProvider('frozen'));
    const address = await refusal(apply(aProvider('frozen', { address: OWNER })));
    expect(address.causes[0]?.field).toBe('spec.address');
  });

  it('a status in words that do not exist', async () => {
    await apply(aLease('worded'));
    const status = { phase: 'Fine' } as never;
    const of = { apiVersion: API_VERSION, kind: 'ComputeLease', metadata: { name: 'worded' } };
    const error = await refusal(kube.api.applyStatus(COMPUTE_LEASES, { ...of, status }));
    expect(error.causes[0]?.field).toBe('status.phase');
  });

  it('accepts the largest numbers, a full price book and floor equal to ceiling', async () => {
    const models = Array.from({ length: 64 }, (_, i) => ({
      model: `m${i}`,
      usdPerHour: '0.000000001',
    }));
    await apply(
      aPolicy('full', {
        floorUsdPerHour: '1.0',
        ceilingUsdPerHour: '1',
        rates: { gpus: models, storageGibUsdPerHour: { ephemeral: '0.01' } },
      }),
    );
    const policy = await kube.api.get(PRICING_POLICIES, { name: 'full' });
    expect(policy?.spec.rates.gpus[0]).toEqual({
      vendor: 'nvidia',
      model: 'm0',
      ram: '*',
      interface: '*',
      usdPerHour: '0.000000001',
    });
    expect(policy?.spec.tenants).toEqual({ allow: [], deny: [] });
    expect((await kube.api.apply(BIDS, aBid('largest'))).spec.orderId.dseq).toBe(
      '18446744073709551615',
    );
  });
});

describe('what kubectl shows', () => {
  const rowsOf = (table: string): string[][] =>
    table
      .trim()
      .split('\n')
      .map((line) => line.trim().split(/\s{2,}/));

  it('a lease at a glance', async () => {
    await apply(aLease('shown'));
    await kube.api.applyStatus(COMPUTE_LEASES, {
      apiVersion: API_VERSION,
      kind: 'ComputeLease',
      metadata: { name: 'shown' },
      status: {
        phase: 'Scheduled',
        earnedUact: '1200',
        escrow: { balanceUact: '999' },
        conditions: [
          {
            type: 'Ready',
            status: 'False',
            observedGeneration: 1,
            lastTransitionTime: '2026-01-01T00:00:00Z',
            reason: 'Scheduled',
            message: 'pods are bound',
          },
        ],
      },
    });
    const [head, row] = rowsOf(await kubectl('get', 'clease', 'shown'));
    expect(head).toEqual([
      'NAME',
      'OWNER',
      'GPUS',
      'MODEL',
      'PRICE/HR',
      'PHASE',
      'READY',
      'EARNED',
      'AGE',
    ]);
    expect(row?.slice(0, -1)).toEqual([
      'shown',
      OWNER,
      '8',
      'h100',
      '18',
      'Scheduled',
      'False',
      '1200',
    ]);
    const [wide, wideRow] = rowsOf(await kubectl('get', 'clease', 'shown', '-o', 'wide'));
    const cell = (name: string): string | undefined => wideRow?.[wide?.indexOf(name) ?? -1];
    expect([cell('DSEQ'), cell('ESCROW-LEFT'), cell('NAMESPACE')]).toEqual([
      '18446744073709551615',
      '999',
      'shown',
    ]);
  });

  it('a bid, a provider and a price book', async () => {
    const condition = {
      type: 'Ready',
      status: 'True',
      observedGeneration: 1,
      lastTransitionTime: '2026-01-01T00:00:00Z',
      reason: 'Ok',
      message: 'ok',
    } as const;
    const metadata = { name: 'shown' };
    await apply(aBid('shown'));
    await kube.api.applyStatus(BIDS, {
      apiVersion: API_VERSION,
      kind: 'Bid',
      metadata,
      status: { state: 'Lost', reason: 'Outbid' },
    });
    const [bidHead, bidRow] = rowsOf(await kubectl('get', 'bids.berth.dev', 'shown'));
    expect(bidHead).toEqual(['NAME', 'ORDER', 'PRICE/HR', 'GPUS', 'STATE', 'REASON', 'AGE']);
    expect(bidRow?.slice(1, -1)).toEqual([bidSpec.order, '18', '8', 'Lost', 'Outbid']);

    await apply(aProvider('shown'));
    const gpus = { allocatable: 32, leased: 8, reserved: 8, available: 16, unsellable: 0 };
    await kube.api.applyStatus(COMPUTE_PROVIDERS, {
      apiVersion: API_VERSION,
      kind: 'ComputeProvider',
      metadata,
      status: {
        conditions: [condition],
        gpus,
        balances: ['5uact', '7uakt'],
        leases: { active: 1 },
      },
    });
    const [head, row] = rowsOf(await kubectl('get', 'cprov', 'shown'));
    expect(head).toEqual(['NAME', 'READY', 'ADDRESS', 'GPUS-FREE', 'LEASES', 'BALANCE', 'AGE']);
    expect(row?.slice(1, -1)).toEqual(['True', PROVIDER, '16', '1', '["5uact","7uakt"]']);

    await apply(aPolicy('shown'));
    await kube.api.applyStatus(PRICING_POLICIES, {
      apiVersion: API_VERSION,
      kind: 'PricingPolicy',
      metadata,
      status: { conditions: [condition], gpuFloorUsdPerHour: '0.4' },
    });
    const [policyHead, policyRow] = rowsOf(await kubectl('get', 'bpp', 'shown'));
    expect(policyHead).toEqual(['NAME', 'READY', 'PRIORITY', 'DENOM', 'GPU-FLOOR', 'AGE']);
    expect(policyRow?.slice(1, -1)).toEqual(['True', 'uact', '0.4']);
  });

  it('everything of ours by the category, and leases by their fields', async () => {
    const all = await kubectl('get', 'berth', '-o', 'name');
    for (const kind of ['bid', 'computelease', 'computeprovider', 'pricingpolicy'])
      expect(all).toContain(`${kind}.berth.dev/`);
    const fieldSelector = `spec.leaseId.owner=${OWNER},status.phase=Scheduled`;
    const { items } = await kube.api.list(COMPUTE_LEASES, { fieldSelector });
    expect(items.map((l) => l.metadata.name)).toEqual(['shown']);
  });

  it('what each field means', async () => {
    expect(await kubectl('explain', 'computelease.status.phase')).toContain(
      'Scheduled means pods are bound',
    );
  });
});
