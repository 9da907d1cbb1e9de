import { describe, expect, it } from '@jest/globals';
import type { DeviceHealth, DeviceState } from '../../bidengine/device-health.js';
import { gpusHealthy, tellTenants } from './tell-tenants.js';
import type { NodeOfLease } from './tell-tenants.js';

const device = (state: DeviceState): DeviceHealth => ({
  ...{ uuid: 'GPU-3', index: 3, state, sinceMs: 0, readAtMs: 0, pluginSees: true },
  why: { code: 'GpuXid', message: 'GPU 3 (GPU-3): Xid 79 (the GPU has fallen off the bus)' },
});

describe('tellTenants', () => {
  it.each<[DeviceState, DeviceState, readonly string[]]>([
    ['healthy', 'draining', ['GpuIll']],
    ['suspect', 'quarantined', ['GpuIll']],
    ['healthy', 'suspect', []],
    ['back', 'healthy', ['GpuBack']],
    ['suspect', 'healthy', []],
    ['quarantined', 'back', []],
  ])('from %s to %s', (before, after, want) => {
    const told: { reason: string; note: string; where: string }[] = [];
    const events = {
      record: (
        about: { kind: string; metadata: { name: string } },
        e: { reason: string; note: string },
      ) => told.push({ ...e, where: `${about.kind}/${about.metadata.name}` }),
    };
    const pods = [{ namespace: 'lease', name: 'app-0', uid: 'u', gpus: 1n }];
    tellTenants(events, { node: 'n', before, after: device(after) }, pods);
    expect(told.map((t) => t.reason)).toEqual(want);
    for (const { note, where } of told) {
      expect(where).toBe('Pod/app-0');
      expect(note).toContain('Node n: GPU 3 (GPU-3): Xid 79');
    }
  });
});

describe('gpusHealthy', () => {
  const on = (gpus: bigint, ...ill: readonly DeviceHealth[]): NodeOfLease => ({
    ...{ node: 'n', gpus, gpusOfNode: 8n, ill },
  });
  it.each<[string, readonly NodeOfLease[], string | undefined, string | undefined]>([
    ['a lease without GPUs', [], undefined, undefined],
    ['all well', [on(8n)], 'True', 'NoneIll'],
    ['it has the whole machine', [on(8n, device('draining'))], 'False', 'GpuIll'],
    ['it has a part of it', [on(2n, device('draining'))], 'Unknown', 'GpuIll'],
    ['one of two nodes', [on(8n), on(2n, device('draining'))], 'Unknown', 'GpuIll'],
  ])('%s', (_name, nodes, status, reason) => {
    const seen = gpusHealthy(nodes);
    expect([seen?.status, seen?.reason]).toEqual([status, reason]);
  });
});
