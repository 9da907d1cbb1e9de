import { describe, expect, it } from '@jest/globals';
import type { ContainerStatus, Pod } from '../../kube/core-objects.js';
import { illDevicesOf, lastEndingOf, troubleOf } from './pod-troubles.js';

const aPod = (status: NonNullable<Pod['status']>): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'app-1' },
  spec: { containers: [{ name: 'app' }] },
  status,
});
const container = (more: Partial<ContainerStatus>): ContainerStatus => ({
  ...{ name: 'app', ready: true, restartCount: 0 },
  ...more,
});
const running = (...statuses: readonly Partial<ContainerStatus>[]): Pod =>
  aPod({ phase: 'Running', containerStatuses: statuses.map(container) });
const ended = (reason: string, exitCode: number, finishedAt: string): Partial<ContainerStatus> => ({
  restartCount: 1,
  lastState: { terminated: { reason, exitCode, finishedAt } },
});
const evicted = aPod({
  phase: 'Failed',
  reason: 'Evicted',
  message: 'Pod ephemeral local storage usage exceeds the total limit of containers 32Mi. ',
  conditions: [{ type: 'Ready', status: 'False', lastTransitionTime: '2026-01-01T00:00:05Z' }],
});

describe('troubleOf', () => {
  const waiting = (reason: string, message?: string): Pod =>
    running({ state: { waiting: { reason, ...(message === undefined ? {} : { message }) } } });
  it.each<[string, Pod, string | undefined]>([
    ['a container that is being made', waiting('ContainerCreating'), undefined],
    ['a missing image', waiting('ErrImagePull', 'x:1: not found'), 'ErrImagePull: x:1: not found'],
    ['a reason alone', waiting('CrashLoopBackOff'), 'CrashLoopBackOff'],
    [
      'no room',
      aPod({
        conditions: [
          {
            type: 'PodScheduled',
            status: 'False',
            reason: 'Unschedulable',
            message: '0/1 nodes are available',
          },
        ],
      }),
      'Unschedulable: 0/1 nodes are available',
    ],
  ])('%s', (_name, pod, want) => {
    expect(troubleOf([running(), pod])).toBe(want);
  });
});

describe('lastEndingOf', () => {
  const early = running(ended('OOMKilled', 137, '2026-01-01T00:00:01Z'));
  const late = running(ended('Error', 3, '2026-01-01T00:00:09Z'));
  it.each<[string, readonly Pod[], string | undefined]>([
    ['containers that never ended', [running({})], undefined],
    ['one that outgrew its memory', [early], 'OOMKilled, exit status 137, at 2026-01-01T00:00:01Z'],
    ['the latest of several', [late, early], 'Error, exit status 3, at 2026-01-01T00:00:09Z'],
    [
      'an eviction after a restart',
      [early, evicted],
      'Evicted: Pod ephemeral local storage usage exceeds the total limit of containers 32Mi., at 2026-01-01T00:00:05Z',
    ],
    [
      'a pod that ended well in the grace of its eviction',
      [
        aPod({
          phase: 'Succeeded',
          containerStatuses: [
            container({
              state: {
                terminated: {
                  reason: 'Completed',
                  exitCode: 0,
                  finishedAt: '2026-01-01T00:00:02Z',
                },
              },
            }),
          ],
        }),
        early,
      ],
      'Completed, exit status 0, at 2026-01-01T00:00:02Z',
    ],
    ['a failed pod that says nothing', [aPod({ phase: 'Failed' })], undefined],
  ])('%s', (_name, pods, want) => {
    expect(lastEndingOf(pods)).toBe(want);
  });
});

describe('illDevicesOf', () => {
  const withDevices = (...devices: readonly (readonly [string, string | undefined])[]): Pod =>
    running({
      allocatedResourcesStatus: [
        {
          name: 'nvidia.com/gpu',
          resources: devices.map(([resourceID, health]) => ({
            resourceID,
            ...(health === undefined ? {} : { health }),
          })),
        },
      ],
    });
  it('names the ill ones, each once; healthy, unknown and silent ones are not ill', () => {
    const pods = [
      withDevices(['GPU-2', 'Unhealthy'], ['GPU-1', 'Healthy'], ['GPU-3', 'Unknown']),
      withDevices(['GPU-2', 'Unhealthy'], ['GPU-0', 'Unhealthy'], ['GPU-4', undefined]),
    ];
    expect(illDevicesOf(pods)).toEqual(['GPU-0', 'GPU-2']);
  });

  it("of a pod that has ended are nobody's any more", () => {
    const { status, ...pod } = withDevices(['GPU-2', 'Unhealthy']);
    expect(illDevicesOf([{ ...pod, status: { ...status, phase: 'Failed' } }])).toEqual([]);
  });
});
