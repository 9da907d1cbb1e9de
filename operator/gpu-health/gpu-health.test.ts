import { afterEach, describe, expect, it } from '@jest/globals';
import type { DeviceReading } from '../../bidengine/device-health.js';
import { GPU_READINGS } from '../../crds/constants.js';
import type { DeviceInventory } from '../../crds/generated/types.js';
import { CONFIG_MAPS } from '../../kube/resources.js';
import { FakeKube } from '../../kube/testing/fake-kube.js';
import { systemClock } from '../clock.js';
import { GpuHealth } from './gpu-health.js';
import type { DeviceChange } from './gpu-health.js';

const reading = (extra: Partial<DeviceReading> = {}): DeviceReading => ({
  ...{ uuid: 'GPU-1', index: 1, readAtMs: 1_000, xids: [], reachable: true, uncorrectedErrors: 0 },
  ...{ rowRemapFailed: false, rowRemapPending: false, hardwareSlowdown: false, inUse: false },
  ...extra,
});

const stops: (() => Promise<void>)[] = [];

const setup = (kube: FakeKube, restored: readonly DeviceInventory[] = []) => {
  const changes: DeviceChange[] = [];
  const errors: unknown[] = [];
  const health = new GpuHealth({
    ...{ api: kube, namespace: 'berth', clock: systemClock, random: Math.random, restored },
    rules: { suspectMs: 100, provingMs: 300, longestGapMs: 1_000 },
    onError: (error) => errors.push(error),
    onChange: (change) => changes.push(change),
  });
  const stop = new AbortController();
  const running = health.run(stop.signal);
  stops.push(async () => {
    stop.abort();
    await running;
  });
  const until = async (holds: () => boolean): Promise<void> => {
    for (let tries = 0; tries < 2_000; tries += 1) {
      if (holds()) return;
      await new Promise((resolve) => setImmediate(resolve));
    }
    throw new Error(`never happened: ${holds.toString()}`);
  };
  return { health, changes, errors, until };
};

const write = async (kube: FakeKube, text: string, node = 'n'): Promise<void> => {
  await kube.apply(CONFIG_MAPS, {
    ...{ apiVersion: 'v1', kind: 'ConfigMap' },
    metadata: {
      ...{ name: `berth-gpu-${node}`, namespace: 'berth' },
      labels: { [GPU_READINGS.label]: 'true' },
    },
    data: { [GPU_READINGS.key]: text },
  });
};
const tell = (kube: FakeKube, ...readings: readonly DeviceReading[]): Promise<void> =>
  write(kube, JSON.stringify({ node: 'n', readings }));

describe('GpuHealth', () => {
  afterEach(async () => {
    await Promise.all(stops.splice(0).map((stop) => stop()));
  });

  it('takes an ill GPU off sale with the reading that tells of it, and sells it again after its proving run', async () => {
    const kube = new FakeKube();
    const { health, changes, until } = setup(kube);
    await tell(kube, reading(), reading({ uuid: 'GPU-2', index: 2 }));
    await tell(
      kube,
      reading({ readAtMs: 1_100, xids: [79], inUse: true }),
      reading({ uuid: 'GPU-2', index: 2, readAtMs: 1_100 }),
    );
    await until(() => health.faultsOf('n').length === 1);
    expect(health.faultsOf('n')[0]?.why.code).toBe('GpuXid');
    expect(health.illInUse('n').map((d) => d.uuid)).toEqual(['GPU-1']);
    expect(health.faultsOf('other')).toEqual([]);
    for (const readAtMs of [1_200, 1_300, 1_400, 1_500]) await tell(kube, reading({ readAtMs }));
    await until(() => health.faultsOf('n')[0]?.why.code === 'GpuProving');
    await tell(kube, reading({ readAtMs: 1_700 }));
    await until(() => health.faultsOf('n').length === 0);
    expect(changes.map((c) => [c.before, c.after.state])).toEqual([
      ['healthy', 'draining'],
      ['draining', 'quarantined'],
      ['quarantined', 'back'],
      ['back', 'healthy'],
    ]);
  });

  it('goes on where the last process ended, by the rows that the status keeps', async () => {
    const kube = new FakeKube();
    const first = setup(kube);
    await tell(kube, reading({ xids: [48] }));
    await first.until(() => first.health.rows().length === 1);
    const rows = first.health.rows();
    expect(rows).toMatchObject([
      { node: 'n', uuid: 'GPU-1', state: 'quarantined', reason: 'GpuXid', pluginSees: true },
    ]);
    const second = setup(kube, JSON.parse(JSON.stringify(rows)) as DeviceInventory[]);
    expect(second.health.faultsOf('n')).toHaveLength(1);
    expect(second.health.rows()).toEqual(rows);
    await tell(kube, reading({ readAtMs: 1_200 }));
    await second.until(() => second.health.rows()[0]?.state === 'back');
  });

  it('a GPU that was taken out of the machine holds no place for ever', async () => {
    const kube = new FakeKube();
    const { health, until } = setup(kube);
    await tell(kube, reading({ xids: [79] }));
    await until(() => health.rows().length === 1);
    await tell(kube, reading({ uuid: 'GPU-new', readAtMs: 2_000 }));
    await until(() => health.rows().length === 0);
  });

  it('believes nothing about a node that the readings are not of', async () => {
    const kube = new FakeKube();
    const { health, errors, until } = setup(kube);
    await write(kube, JSON.stringify({ node: 'n', readings: [reading({ xids: [79] })] }), 'other');
    await until(() => errors.length === 1);
    const [error] = errors as readonly Error[];
    expect([error?.message, (error?.cause as Error).message]).toEqual([
      'GPU readings in ConfigMap berth-gpu-other cannot be read',
      'they are of node "n"',
    ]);
    expect([health.faultsOf('n'), health.faultsOf('other')]).toEqual([[], []]);
  });

  it('silence changes nothing; readings that are taken away end the watch', async () => {
    const kube = new FakeKube();
    const { health, errors, until } = setup(kube);
    await tell(kube, reading({ xids: [79] }));
    await until(() => health.faultsOf('n').length === 1);
    await write(kube, '{"node":');
    await until(() => errors.length === 1);
    expect(String(errors[0])).toContain('berth-gpu-n');
    expect(health.faultsOf('n')).toHaveLength(1);
    await kube.delete(CONFIG_MAPS, { name: 'berth-gpu-n', namespace: 'berth' });
    await until(() => health.faultsOf('n').length === 0);
  });
});
