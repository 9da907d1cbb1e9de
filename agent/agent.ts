/** One round of the node agent: read the GPUs of this node, tell the operator through a ConfigMap. It holds no other right. */
import type { DeviceReading } from '../bidengine/device-health.js';
import { GPU_READINGS } from '../crds/constants.js';
import type { KubeApi } from '../kube/api.js';
import { CONFIG_MAPS } from '../kube/resources.js';
import { lastXids, XidMemory } from './dcgm-xids.js';
import { parseNvidiaSmi } from './nvidia-smi-xml.js';
import type { NvidiaSmi } from './nvidia-smi.js';

export interface AgentDeps {
  readonly api: Pick<KubeApi, 'apply'>;
  readonly node: string;
  /** The operator's own namespace. */
  readonly namespace: string;
  readonly smi: Pick<NvidiaSmi, 'ask'>;
  readonly timeoutMs: number;
  /** The text of dcgm-exporter; `undefined` without one, or when it did not answer. */
  readonly dcgm: () => Promise<string | undefined>;
  readonly nowMs: () => number;
}

/** What a round came to. */
export type Round =
  | { readonly told: true; readonly gpus: number; readonly lost: number }
  | { readonly told: false; readonly why: string };

const lostReading = (last: DeviceReading, readAtMs: number): DeviceReading => ({
  ...last,
  ...{ readAtMs, reachable: false, xids: [] },
});

export class Agent {
  readonly #deps: AgentDeps;
  readonly #xids = new XidMemory();
  readonly #known = new Map<string, DeviceReading>();

  constructor(deps: AgentDeps) {
    this.#deps = deps;
  }

  /**
   * A GPU that was there before and is no longer named is told as lost. When nvidia-smi gives no answer nothing is told:
   * silence is not health, and not illness either. @throws KubeError
   */
  async round(): Promise<Round> {
    const { smi, timeoutMs, dcgm, nowMs } = this.#deps;
    const [answer, text] = await Promise.all([smi.ask(timeoutMs), dcgm()]);
    if (!answer.ok) return { told: false, why: answer.detail };
    const now = nowMs();
    const xids = this.#xids.take(lastXids(text ?? ''), now);
    const present = parseNvidiaSmi(answer.xml, now).map((r) => ({
      ...r,
      xids: xids.get(r.uuid) ?? [],
    }));
    const names = new Set(present.map((r) => r.uuid));
    const lost = [...this.#known.values()]
      .filter((r) => !names.has(r.uuid))
      .map((r) => lostReading(r, now));
    for (const r of present) this.#known.set(r.uuid, r);
    await this.#tell([...present, ...lost]);
    return { told: true, gpus: present.length, lost: lost.length };
  }

  async #tell(readings: readonly DeviceReading[]): Promise<void> {
    const { api, node, namespace } = this.#deps;
    await api.apply(
      CONFIG_MAPS,
      {
        ...{ apiVersion: 'v1', kind: 'ConfigMap' },
        metadata: {
          ...{ name: `${GPU_READINGS.namePrefix}${node}`, namespace },
          labels: { [GPU_READINGS.label]: 'true' },
        },
        data: { [GPU_READINGS.key]: JSON.stringify({ node, readings }) },
      },
      { fieldManager: 'berth-gpu-agent' },
    );
  }
}
