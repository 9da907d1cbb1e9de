/** Pods and nodes change without pause: what the process weighs meanwhile, and how soon decisions see a changed node. */
import { setTimeout } from 'node:timers/promises';
import { NODES, PODS } from '../../kube/resources.js';
import type { FakeKube } from '../../kube/testing/fake-kube.js';
import { aNode, aPod, NODE_COUNT, POD_COUNT } from './cluster.js';
import { quantile } from './measure.js';
import type { Watching } from './watching.js';

export interface Sample {
  /** Seconds since the beginning. */
  readonly s: number;
  readonly rssMib: number;
  /** After a collection. */
  readonly heapMib: number;
  /** Milliseconds until changed nodes were seen since the last sample; 0 when none changed. */
  readonly seenP50Ms: number;
  readonly seenMaxMs: number;
}

export interface Soak {
  readonly samples: readonly Sample[];
  /** Pods that were replaced. */
  readonly churned: number;
  /** Every changed node, milliseconds. */
  readonly seen: readonly number[];
}

const MIB = 2 ** 20;
const SAMPLES = 120;
/** Pods replaced a second, so that a soak of any length does the same per second. */
const PODS_PER_SECOND = 50;

/** Cordons a node, or takes it back, and waits until the cycle that the change woke has a snapshot of it. */
const changeSeen = async (kube: FakeKube, { decidedOn }: Watching, i: number): Promise<number> => {
  const node = aNode(i % NODE_COUNT);
  const cordoned = Math.floor(i / NODE_COUNT) % 2 === 0;
  const from = performance.now();
  await kube.apply(NODES, { ...node, spec: { unschedulable: cordoned } });
  for (;;) {
    const now = decidedOn()?.nodes[i % NODE_COUNT];
    if (now !== undefined && now.unsellable.length > 0 === cordoned) break;
    await setTimeout(1);
  }
  return performance.now() - from;
};

/** `count` nodes cordoned one after the other and then taken back, nothing else going on. */
export const changesSeen = async (
  kube: FakeKube,
  watching: Watching,
  count: number,
): Promise<readonly number[]> => {
  const seen: number[] = [];
  for (let i = 0; i < count; i += 1) seen.push(await changeSeen(kube, watching, i));
  for (let i = 0; i < count; i += 1) seen.push(await changeSeen(kube, watching, NODE_COUNT + i));
  return seen;
};

export const soak = async (kube: FakeKube, watching: Watching, lastsMs: number): Promise<Soak> => {
  const samples: Sample[] = [];
  const seen: number[] = [];
  let fresh: number[] = [];
  const from = performance.now();
  const since = (): number => performance.now() - from;
  const sample = (): void => {
    global.gc?.();
    const { rss, heapUsed } = process.memoryUsage();
    samples.push({
      s: Math.round(since() / 100) / 10,
      rssMib: Math.round(rss / MIB),
      heapMib: Math.round((heapUsed / MIB) * 10) / 10,
      ...{ seenP50Ms: quantile(fresh, 0.5), seenMaxMs: quantile(fresh, 1) },
    });
    fresh = [];
  };
  sample();
  let churned = 0;
  for (let round = 0; since() < lastsMs; round += 1) {
    const due = Math.floor((since() / 1000) * PODS_PER_SECOND) - churned;
    for (let n = 0; n < due; n += 1, churned += 1) {
      const gone = aPod(churned).metadata;
      await kube.delete(PODS, { name: gone.name, namespace: gone.namespace ?? '' });
      await kube.create(PODS, aPod(POD_COUNT + churned));
    }
    const took = await changeSeen(kube, watching, round);
    seen.push(took);
    fresh.push(took);
    // The server in memory would remember every change for ever; whoever watches has seen them by now.
    kube.compact();
    if (since() >= (samples.length * lastsMs) / SAMPLES) sample();
  }
  sample();
  return { samples, churned, seen };
};
