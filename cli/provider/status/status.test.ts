import { describe, expect, it } from '@jest/globals';
import type { Bid, ComputeLease, ComputeProviderStatus } from '../../../crds/generated/types.js';
import { BIDS, COMPUTE_LEASES, COMPUTE_PROVIDERS } from '../../../kube/resources.js';
import { FakeKube } from '../../../kube/testing/fake-kube.js';
import { createOutput } from '../../terminal.js';
import { aProvider, NOW_MS } from '../testing/facts.js';
import { status } from './command.js';
import type { StatusContext } from './command.js';
import { alarmsOf, statusLines } from './screen.js';

const condition = (type: string, state: 'True' | 'False', reason: string, message = '') => ({
  ...{ type, status: state, reason, message, observedGeneration: 1 },
  lastTransitionTime: '2026-06-01T11:00:00Z',
});

const STATUS: ComputeProviderStatus = {
  updatedAt: new Date(NOW_MS - 4_000).toISOString(),
  conditions: [
    condition('Funded', 'True', 'Funded', 'The wallet pays.'),
    condition('Bidding', 'False', 'Paused', 'spec.bidding.paused is set: new disks.'),
    condition('Ready', 'False', 'Paused', 'the same'),
  ],
  chain: {
    ...{ height: '4711', endpoint: 'node-a:26657', timeMs: String(NOW_MS - 3_000) },
    endpoints: [
      { endpoint: 'node-a:26657', code: 'Healthy', message: 'ok', trusted: true, serving: true },
      {
        endpoint: 'node-b:26657',
        code: 'Lagging',
        message: '9 blocks',
        trusted: false,
        serving: false,
      },
    ],
  },
  inventory: [
    {
      ...{ vendor: 'nvidia', model: 'h100', ram: '80Gi', interface: 'sxm' },
      ...{ allocatable: 16, leased: 8, reserved: 1, available: 6, unsellable: 1 },
    },
  ],
  unsellable: [{ code: 'GpuXid', nodes: 0, gpus: 1 }],
  devices: [
    {
      ...{ node: 'gpu-2', uuid: 'GPU-1', index: 3, state: 'quarantined', reason: 'GpuXid' },
      ...{ message: 'Xid 79', since: '2026-06-01T11:00:00Z', readAt: '2026-06-01T11:00:00Z' },
      pluginSees: true,
    },
  ],
  balances: ['12500000uakt', '3000000uact'],
  earnedTodayUact: '81250000',
  fees: { uaktPerHour: '250000', hoursLeft: 50 },
  orders: { open: 3, bid: 1, skipped: 2 },
  skippedByReason: { ProviderDraining: 2 },
};

const bid = (state: string) => ({ spec: { order: 'o' }, status: { state } }) as unknown as Bid;
const lease = (phase: string) =>
  ({
    ...{ apiVersion: 'berth.dev/v1alpha1', kind: 'ComputeLease', metadata: { name: phase } },
    spec: { usdPerHour: '20.40', leaseId: {} },
    status: { phase },
  }) as unknown as ComputeLease;

const seen = (change: ComputeProviderStatus = {}) => ({
  provider: { ...aProvider(), status: { ...STATUS, ...change } },
  bids: [bid('Open'), bid('Lost'), bid('Submitted')],
  leases: [lease('Running'), lease('Running'), lease('Deploying')],
  nowMs: NOW_MS,
});
const plain = { style: (_: unknown, text: string) => text };

describe('the status screen', () => {
  it('says at one glance how the provider is', () => {
    const text = statusLines(seen(), plain).join('\n');
    for (const line of [
      /^provider akash13\w+ https:\/\/provider.example.com:8443, as of 4s ago$/m,
      /^Bidding +False +Paused +spec.bidding.paused is set: new disks.$/m,
      /^Chain devnet: block 4711, 3s old, by node-a:26657$/m,
      /^ {2}node-a:26657: Healthy, serves, trusted$/m,
      /^Wallet: 12.5 AKT, 3 ACT; earned today: 81.25 USD; fees: 0.25 AKT an hour, for 50 hours$/m,
      /^h100 80Gi sxm +16 +8 +1 +6 +1$/m,
      /^Withheld: GpuXid \(0 nodes, 1 GPUs\)$/m,
      /^Orders: 3 open on chain, bid on 1, skipped 2 \(ProviderDraining 2\)$/m,
      /^Bids: 2 open \(1 Open, 1 Submitted\)$/m,
      /^Leases: 3 \(2 Running, 1 Deploying\), 61.20 USD an hour$/m,
    ])
      expect(text).toMatch(line);
  });

  it('names every alarm once, and none on a provider that is well', () => {
    expect(alarmsOf(seen())).toEqual([
      'Paused: Bidding: spec.bidding.paused is set: new disks.',
      'GpuXid: node gpu-2: Xid 79',
      'Lagging: endpoint node-b:26657: 9 blocks',
    ]);
    const well = { conditions: [], devices: [], chain: undefined } as unknown as typeof STATUS;
    expect(alarmsOf(seen(well))).toEqual([]);
    expect(statusLines(seen(well), plain).at(-1)).toBe('No alarms.');
  });

  it('does not take an old status for the present one', () => {
    const updatedAt = new Date(NOW_MS - 600_000).toISOString();
    expect(alarmsOf(seen({ updatedAt }))[0]).toBe(
      'StatusStale: the operator wrote this 10m ago: is it running?',
    );
    expect(alarmsOf({ ...seen(), provider: { ...aProvider(), status: {} } })[0]).toContain('never');
  });
});

describe('berth provider status', () => {
  const setup = async (mode: 'text' | 'json' | 'jsonl', stopAfter = 1) => {
    const kube = new FakeKube();
    const { status: _, ...provider } = aProvider();
    await kube.create(COMPUTE_PROVIDERS, provider);
    await kube.applyStatus(COMPUTE_PROVIDERS, {
      ...{ apiVersion: provider.apiVersion, kind: provider.kind, metadata: provider.metadata },
      status: STATUS,
    });
    const { status: __, ...object } = lease('running');
    await kube.create(COMPUTE_LEASES, object);
    const written: string[] = [];
    const stop = new AbortController();
    let slept = 0;
    const ctx = {
      cluster: kube,
      output: createOutput({ write: (text: string) => written.push(text) }, mode),
      terminal: { ...plain, redraws: false, live: () => undefined, settle: () => undefined },
      signal: stop.signal,
      clock: {
        wallMs: () => NOW_MS,
        sleep: async () => {
          slept += 1;
          if (slept === stopAfter) stop.abort();
        },
      },
    } as unknown as StatusContext;
    return { kube, ctx, written };
  };
  const once = { providerName: 'provider', watch: false, everyMs: 1 };

  it('prints the screen, or the same as JSON', async () => {
    const text = await setup('text');
    await status(text.ctx, once);
    expect(text.written.join('')).toContain('block 4711');
    const json = await setup('json');
    await status(json.ctx, once);
    expect(JSON.parse(json.written.join(''))).toMatchObject({
      provider: 'provider',
      status: { earnedTodayUact: '81250000' },
      leases: [{ name: 'running', usdPerHour: '20.40' }],
      alarms: expect.arrayContaining(['GpuXid: node gpu-2: Xid 79']),
    });
    expect((await json.kube.list(BIDS)).items).toEqual([]);
  });

  it('goes on until Ctrl-C, a document a line', async () => {
    const { ctx, written } = await setup('jsonl', 3);
    await status(ctx, { ...once, watch: true });
    expect(written).toHaveLength(3);
    expect(JSON.parse(written[2] ?? '')).toMatchObject({ provider: 'provider' });
  });

  it('refuses a provider that is not there', async () => {
    const { ctx } = await setup('text');
    await expect(status(ctx, { ...once, providerName: 'x' })).rejects.toMatchObject({
      code: 'ProviderMissing',
    });
  });
});
