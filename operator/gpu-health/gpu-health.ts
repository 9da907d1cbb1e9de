/**
 * The state of every GPU that somebody looks at. Each new reading moves it one step (`bidengine/device-health.ts`); what it is
 * survives a restart in the ComputeProvider's status. A node whose readings are taken away is no longer looked at; one whose
 * readings only stop stays as it was.
 */
import type { DeviceFaultFacts } from '../../bidengine/cluster-facts.js';
import { faultOf, nextHealth } from '../../bidengine/device-health.js';
import type { DeviceHealth, HealthRules } from '../../bidengine/device-health.js';
import { GPU_READINGS } from '../../crds/constants.js';
import type { DeviceInventory } from '../../crds/generated/types.js';
import type { KubeApi } from '../../kube/api.js';
import type { ConfigMap } from '../../kube/core-objects.js';
import { Reflector } from '../../kube/reflector.js';
import { CONFIG_MAPS } from '../../kube/resources.js';
import type { Clock } from '../clock.js';
import { nodeOf, parseReadings } from './readings.js';
import type { NodeReadings } from './readings.js';

/** A GPU that became another state. */
export interface DeviceChange {
  readonly node: string;
  readonly before: DeviceHealth['state'];
  readonly after: DeviceHealth;
}

export interface GpuHealthDeps {
  readonly api: KubeApi;
  readonly namespace: string;
  readonly clock: Clock;
  readonly random: () => number;
  readonly onError: (error: unknown) => void;
  /** As the status had it before this process began. */
  readonly restored: readonly DeviceInventory[];
  readonly rules: HealthRules;
  readonly onChange: (change: DeviceChange) => void;
}

const restore = (row: DeviceInventory): DeviceHealth => ({
  ...{ uuid: row.uuid, index: row.index, state: row.state },
  ...{ sinceMs: Date.parse(row.since), readAtMs: Date.parse(row.readAt) },
  pluginSees: row.pluginSees,
  why: { code: row.reason, message: row.message },
});

export class GpuHealth {
  readonly #deps: GpuHealthDeps;
  readonly #readings: Reflector<ConfigMap, NodeReadings>;
  readonly #devices = new Map<string, Map<string, DeviceHealth>>();

  constructor(deps: GpuHealthDeps) {
    this.#deps = deps;
    for (const row of deps.restored) this.#of(row.node).set(row.uuid, restore(row));
    const { api, namespace, clock, random, onError } = deps;
    this.#readings = new Reflector({
      ...{ api, namespace, clock, random, onError, resource: CONFIG_MAPS },
      labelSelector: `${GPU_READINGS.label}=true`,
      project: (map) => {
        try {
          return parseReadings(map);
        } catch (error) {
          onError(error);
          // Something is there, so the node is still looked at; it tells nothing new.
          return { node: nodeOf(map), readings: [] };
        }
      },
    });
    this.#readings.store.subscribe(({ before, after }) => {
      if (after !== undefined) this.#take(after);
      else if (before !== undefined) this.#devices.delete(before.node);
    });
  }

  /** Follows the readings until `signal` aborts. */
  async run(signal: AbortSignal): Promise<void> {
    await this.#readings.run(signal);
  }

  /** GPUs of a node that are not to be sold. The same list as long as nothing changed. */
  faultsOf(node: string): readonly DeviceFaultFacts[] {
    const devices = this.#devices.get(node);
    if (devices === undefined || !this.#isWatched(node)) return [];
    return [...devices.values()].flatMap((d) => faultOf(d) ?? []);
  }

  /** GPUs that are not healthy and in use, so that the tenant has to know. */
  illInUse(node: string): readonly DeviceHealth[] {
    return [...(this.#devices.get(node)?.values() ?? [])].filter((d) => d.state === 'draining');
  }

  /** For the status: those that are not healthy, by node and number. */
  rows(): readonly DeviceInventory[] {
    return [...this.#devices]
      .filter(([node]) => this.#isWatched(node))
      .flatMap(([node, devices]) =>
        [...devices.values()]
          .filter((d) => d.state !== 'healthy')
          .map((d) => ({
            ...{ node, uuid: d.uuid, index: d.index, state: d.state, pluginSees: d.pluginSees },
            since: new Date(d.sinceMs).toISOString(),
            readAt: new Date(d.readAtMs).toISOString(),
            reason: d.why?.code ?? 'GpuSuspect',
            message: (d.why?.message ?? '').slice(0, 500),
          })),
      )
      .sort((a, b) => (a.node === b.node ? a.index - b.index : a.node < b.node ? -1 : 1));
  }

  /** Before the readings have been listed, what was restored stands. */
  #isWatched(node: string): boolean {
    const { store } = this.#readings;
    return !store.synced || store.values().some((r) => r.node === node);
  }

  #of(node: string): Map<string, DeviceHealth> {
    let devices = this.#devices.get(node);
    if (devices === undefined) this.#devices.set(node, (devices = new Map<string, DeviceHealth>()));
    return devices;
  }

  #take({ node, readings }: NodeReadings): void {
    const devices = this.#of(node);
    for (const reading of readings) {
      const before = devices.get(reading.uuid);
      const after = nextHealth(before, reading, this.#deps.rules);
      devices.set(reading.uuid, after);
      const was = before?.state ?? 'healthy';
      if (after.state !== was) this.#deps.onChange({ node, before: was, after });
    }
    // An agent tells of a lost GPU as long as it remembers it; one that nobody names any more is no part of the machine.
    const named = new Set(readings.map((r) => r.uuid));
    if (named.size === 0) return;
    for (const uuid of devices.keys()) if (!named.has(uuid)) devices.delete(uuid);
  }
}
