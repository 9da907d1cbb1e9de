import { describe, expect, it } from '@jest/globals';
import type { DeviceReading } from '../bidengine/device-health.js';
import { GPU_READINGS } from '../crds/constants.js';
import { CONFIG_MAPS } from '../kube/resources.js';
import { FakeKube } from '../kube/testing/fake-kube.js';
import { Agent } from './agent.js';
import { lastXids, XID_COUNTS_MS, XidMemory } from './dcgm-xids.js';
import { gpuXml, logXml } from './testing/smi.js';
import { parseNvidiaSmi } from './nvidia-smi-xml.js';
import { NvidiaSmi } from './nvidia-smi.js';
import type { SmiAnswer } from './nvidia-smi.js';

describe('parseNvidiaSmi', () => {
  it('reads a healthy, idle GPU', () => {
    expect(parseNvidiaSmi(logXml(gpuXml()), 7)).toEqual([
      {
        ...{ uuid: 'GPU-a', index: 0, readAtMs: 7, xids: [], reachable: true, inUse: false },
        ...{ uncorrectedErrors: 0, rowRemapFailed: false, rowRemapPending: false },
        ...{ hardwareSlowdown: false, pcieWidth: 16, pcieWidthMost: 16, recoveryAction: 'None' },
      },
    ]);
  });

  it.each<[string, readonly [string, string], Partial<DeviceReading>]>([
    ['errors', ['<dram_uncorrectable>0<', '<dram_uncorrectable>3<'], { uncorrectedErrors: 3 }],
    ['remap failed', ['failure>No<', 'failure>Yes<'], { rowRemapFailed: true }],
    ['remap pending', ['pending>No<', 'pending>Yes<'], { rowRemapPending: true }],
    ['slowed down', ['hw_slowdown>Not Active<', 'hw_slowdown>Active<'], { hardwareSlowdown: true }],
    ['lanes lost', ['<current_link_width>16x<', '<current_link_width>8x<'], { pcieWidth: 8 }],
    ['a reset wanted', ['action>None<', 'action>Reset<'], { recoveryAction: 'Reset' }],
    ['lost', ['<dram_uncorrectable>0<', '<dram_uncorrectable>GPU is lost<'], { reachable: false }],
    ['memory in use', ['<used>3 MiB<', '<used>70000 MiB<'], { inUse: true }],
    [
      'a process',
      [
        '<processes></processes>',
        '<processes><process_info><pid>7</pid></process_info></processes>',
      ],
      { inUse: true },
    ],
    [
      'no ECC on this card',
      ['<dram_uncorrectable>0<', '<dram_uncorrectable>N/A<'],
      { uncorrectedErrors: 0 },
    ],
  ])('%s', (_name, [from, to], want) => {
    expect(gpuXml()).toContain(from);
    expect(parseNvidiaSmi(logXml(gpuXml().replace(from, to)), 7)[0]).toMatchObject(want);
  });

  it('reads the older names of the clock reasons, and several GPUs', () => {
    const old = gpuXml('GPU-b', 1).replaceAll('event', 'throttle').replace('Not Active', 'Active');
    const readings = parseNvidiaSmi(logXml(gpuXml(), old), 7);
    expect(readings.map((r) => [r.uuid, r.index, r.hardwareSlowdown])).toEqual([
      ['GPU-a', 0, false],
      ['GPU-b', 1, true],
    ]);
  });

  it.each(['', 'NVIDIA-SMI has failed', '<html/>'])('refuses %j', (text) => {
    expect(() => parseNvidiaSmi(text, 7)).toThrow('no nvidia_smi_log document');
  });
});

describe('NvidiaSmi', () => {
  it('waits no longer than allowed, and starts no second one beside one that hangs', async () => {
    let end: ((error: Error | null, stdout: string) => void) | undefined;
    let started = 0;
    const signals: string[] = [];
    const smi = new NvidiaSmi(
      (onEnd) => {
        started += 1;
        end = onEnd;
        return { kill: (signal) => signals.push(signal) };
      },
      () => AbortSignal.abort(),
    );
    expect(await smi.ask(5)).toMatchObject({ ok: false, why: 'timeout' });
    expect(await smi.ask(5)).toMatchObject({ ok: false, why: 'still-hanging' });
    expect([started, signals]).toEqual([1, ['SIGKILL']]);
    end?.(null, '');
    expect(await smi.ask(5)).toMatchObject({ ok: false, why: 'timeout' });
    expect(started).toBe(2);
  });
});

describe('DCGM', () => {
  const text = (a: number): string =>
    `# TYPE DCGM_FI_DEV_XID_ERRORS gauge\nDCGM_FI_DEV_XID_ERRORS{gpu="0",UUID="GPU-a",pci_bus_id="x"} ${a}\nDCGM_FI_DEV_GPU_TEMP{gpu="0",UUID="GPU-a"} 31\n`;

  it('tells a code for a while after it came up, since the gauge never forgets', () => {
    const memory = new XidMemory();
    expect(memory.take(lastXids(text(0)), 0).get('GPU-a')).toBeUndefined();
    expect(memory.take(lastXids(text(79)), 10).get('GPU-a')).toEqual([79]);
    expect(memory.take(lastXids(text(79)), XID_COUNTS_MS + 10).get('GPU-a')).toEqual([79]);
    expect(memory.take(lastXids(text(79)), XID_COUNTS_MS + 11).get('GPU-a')).toBeUndefined();
    expect(memory.take(lastXids(text(48)), XID_COUNTS_MS + 12).get('GPU-a')).toEqual([48]);
  });
});

describe('Agent', () => {
  const setup = (...answers: readonly SmiAnswer[]) => {
    const kube = new FakeKube();
    const left = [...answers];
    const agent = new Agent({
      ...{ api: kube, node: 'n', namespace: 'berth', timeoutMs: 5, nowMs: () => 42 },
      smi: {
        ask: () => Promise.resolve(left.shift() ?? { ok: false, why: 'failed', detail: 'x' }),
      },
      dcgm: () => Promise.resolve('DCGM_FI_DEV_XID_ERRORS{UUID="GPU-b"} 31\n'),
    });
    const told = async () => {
      const map = await kube.get(CONFIG_MAPS, { name: 'berth-gpu-n', namespace: 'berth' });
      return JSON.parse(map?.data?.[GPU_READINGS.key] ?? 'null') as {
        readonly readings: readonly DeviceReading[];
      } | null;
    };
    return { agent, told };
  };
  const both: SmiAnswer = { ok: true, xml: logXml(gpuXml(), gpuXml('GPU-b', 1)) };

  it('tells every GPU with its Xid codes, and one that has gone as lost', async () => {
    const { agent, told } = setup(both, { ok: true, xml: logXml(gpuXml()) });
    expect(await agent.round()).toEqual({ told: true, gpus: 2, lost: 0 });
    expect((await told())?.readings.map((r) => [r.uuid, r.xids])).toEqual([
      ['GPU-a', []],
      ['GPU-b', [31]],
    ]);
    expect(await agent.round()).toEqual({ told: true, gpus: 1, lost: 1 });
    expect((await told())?.readings.map((r) => [r.uuid, r.reachable])).toEqual([
      ['GPU-a', true],
      ['GPU-b', false],
    ]);
  });

  it('tells nothing when nvidia-smi gives no answer', async () => {
    const { agent, told } = setup({ ok: false, why: 'timeout', detail: 'too slow' });
    expect(await agent.round()).toEqual({ told: false, why: 'too slow' });
    expect(await told()).toBeNull();
  });
});
