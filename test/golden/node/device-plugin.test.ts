/** The device plugin against a kubelet's end of the protocol that this test plays, over real unix sockets. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { startDevicePlugin } from '../../peers/node/device-plugin/device-plugin.js';
import type { DevicePlugin } from '../../peers/node/device-plugin/device-plugin.js';
import { obey } from '../../peers/node/device-plugin/control-socket.js';
import { devicesOf } from '../../peers/node/device-plugin/device-set.js';
import { parseDevicesFile } from '../../peers/node/device-plugin/devices-file.js';
import { featureLabels } from '../../peers/node/device-plugin/feature-labels.js';
import { waitFor } from '../../peers/wait.js';
import { PlayedKubelet } from './played-kubelet.js';

const GPU = `gpu:
  product: NVIDIA-L4
  count: 2
  memoryMiB: 23034
  family: ada-lovelace
  compute: '8.9'
  machine: box
`;
const MIG = `mig:
  - { profile: 1g.10gb, count: 3, memoryMiB: 9856 }
`;

let folder: string;
let kubelet: PlayedKubelet;
let plugin: DevicePlugin;
const errors: unknown[] = [];
const start = async (text: string): Promise<void> => {
  const file = parseDevicesFile(text, 'devices.yaml');
  const onError = (error: unknown): unknown => errors.push(error);
  plugin = await startDevicePlugin({ file, nodeName: 'n', folder, onError });
};
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'berth-plugin-'));
  kubelet = await PlayedKubelet.start(folder);
});
afterEach(() => {
  plugin.stop();
  kubelet.stop();
  rmSync(folder, { recursive: true });
  expect(errors).toEqual([]);
});

const seen = (resource: string, want: Readonly<Record<string, string>>): Promise<unknown> =>
  waitFor(
    `${resource} to be seen as ${JSON.stringify(want)}`,
    async () =>
      JSON.stringify(kubelet.devices(resource)) === JSON.stringify(want) ? true : undefined,
    { timeoutMs: 5000, intervalMs: 5 },
  );
const uuids = (): readonly string[] => plugin.devices().map((d) => d.uuid);

describe('the device plugin', () => {
  it('registers every resource of its file and lists its devices as healthy', async () => {
    await start(GPU + MIG);
    const [a = '', b = '', ...slices] = uuids();
    await seen('nvidia.com/gpu', { [a]: 'Healthy', [b]: 'Healthy' });
    await seen(
      'nvidia.com/mig-1g.10gb',
      Object.fromEntries(slices.map((uuid) => [uuid, 'Healthy'])),
    );
    expect(a).toMatch(/^GPU-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    expect(slices).toHaveLength(3);
    expect(slices[0]).toMatch(/^MIG-/);
  });

  it('tells of a device that falls ill, gets well, is pulled, and is back after a restart', async () => {
    await start(GPU);
    const [a = '', b = ''] = uuids();
    await seen('nvidia.com/gpu', { [a]: 'Healthy', [b]: 'Healthy' });
    plugin.setHealth(b, false);
    await seen('nvidia.com/gpu', { [a]: 'Healthy', [b]: 'Unhealthy' });
    plugin.setHealth('1', true);
    await seen('nvidia.com/gpu', { [a]: 'Healthy', [b]: 'Healthy' });
    plugin.shrink(1);
    await seen('nvidia.com/gpu', { [a]: 'Healthy' });
    await plugin.restart();
    await seen('nvidia.com/gpu', { [a]: 'Healthy', [b]: 'Healthy' });
    expect(kubelet.registrations).toBe(2);
  });

  it('registers anew with a kubelet that starts anew', async () => {
    await start(GPU);
    kubelet.stop();
    kubelet = await PlayedKubelet.start(folder);
    const [a = '', b = ''] = uuids();
    await seen('nvidia.com/gpu', { [a]: 'Healthy', [b]: 'Healthy' });
  });

  it.each([
    ['a variable', '', ([a, b]: readonly string[]) => [`${a},${b}`, []] as const],
    [
      'one mount for each device',
      'deviceListStrategy: volume-mounts\n',
      (ids: readonly string[]) =>
        [
          '/var/run/nvidia-container-devices',
          ids.map((id) => ['/dev/null', `/var/run/nvidia-container-devices/${id}`] as const),
        ] as const,
    ],
  ])('gives a container its devices by %s', async (_name, strategy, want) => {
    await start(GPU + strategy);
    const ids = uuids().toSorted();
    await seen('nvidia.com/gpu', Object.fromEntries(uuids().map((id) => [id, 'Healthy'])));
    const { envs, mounts } = await kubelet.allocate('nvidia.com/gpu', ids);
    expect([
      envs['NVIDIA_VISIBLE_DEVICES'],
      mounts.map((m) => [m.host_path, m.container_path]),
    ]).toEqual(want(ids));
  });

  it('offers a shared device once per replica and gives it once', async () => {
    await start(
      GPU.replace('count: 2', 'count: 1\n  replicas: 3\n  sharingStrategy: time-slicing'),
    );
    const [a = ''] = uuids();
    const offers = [0, 1, 2].map((i) => `${a}::${i}`);
    await seen('nvidia.com/gpu', Object.fromEntries(offers.map((id) => [id, 'Healthy'])));
    const { envs } = await kubelet.allocate('nvidia.com/gpu', offers.slice(0, 2));
    expect(envs).toEqual({ NVIDIA_VISIBLE_DEVICES: a });
  });

  it('obeys its control socket, and says what is wrong with a command', async () => {
    await start(GPU);
    const health = async (line: string): Promise<unknown> => {
      const answer = JSON.parse(await obey(plugin, line)) as {
        devices?: { healthy: boolean }[];
        error?: string;
      };
      return answer.error ?? answer.devices?.map((d) => d.healthy);
    };
    expect(await health('list')).toEqual([true, true]);
    expect(await health('ill 0')).toEqual([false, true]);
    expect(await health('well 0')).toEqual([true, true]);
    expect(await health('shrink 1')).toEqual([true]);
    expect(await health('shrink')).toBe('shrink to 0..1 GPUs, not to NaN');
    expect(await health('ill 7')).toMatch(/^there is no device "7"; there are 0 \(GPU-/);
    expect(await health('dance')).toMatch(/^unknown command "dance"; known: list, ill N/);
    expect(await health('restart')).toEqual([true, true]);
  });
});

describe('the devices file', () => {
  it.each([
    ['a product that is no label', GPU.replace('NVIDIA-L4', 'NVIDIA L4'), /gpu\.product: must be/],
    ['no count', GPU.replace(/ {2}count.*\n/, ''), /gpu\.count/],
    ['an unknown key', `${GPU}colour: red\n`, /colour/],
    [
      'a MIG profile of no known form',
      `${GPU}${MIG.replace('1g.10gb', 'half')}`,
      /mig\.0\.profile/,
    ],
  ])('with %s is refused by the name of the field', (_name, text, why) => {
    expect(() => parseDevicesFile(text, 'devices.yaml')).toThrow(why);
  });

  /** Of the file's devices, but for the first `pulled` of them. */
  const labelsOf = (text: string, pulled = 0): Readonly<Record<string, string>> => {
    const file = parseDevicesFile(text, 'x');
    return featureLabels(file, devicesOf(file, 'n').slice(pulled));
  };

  it('becomes the labels of GPU feature discovery, slices included', () => {
    expect(labelsOf(GPU + MIG)).toMatchObject({
      'nvidia.com/gpu.product': 'NVIDIA-L4',
      'nvidia.com/gpu.count': '2',
      'nvidia.com/gpu.memory': '23034',
      'nvidia.com/mig.strategy': 'mixed',
      'nvidia.com/mig-1g.10gb.count': '3',
      'nvidia.com/mig-1g.10gb.memory': '9856',
    });
  });

  it('counts what is still there, and says nothing of GPUs that are all pulled', () => {
    expect(labelsOf(GPU, 1)['nvidia.com/gpu.count']).toBe('1');
    expect(Object.keys(labelsOf(GPU, 2))).toEqual([
      'nvidia.com/mig.strategy',
      'nvidia.com/mig.capable',
    ]);
  });
});
