/**
 * What we bid on, kube-scheduler binds; what it binds, we do not refuse. Random clusters and orders on a real control plane:
 * the orders of a case are decided one after the other on the operator's own inventory, then the objects of all leases are
 * applied at once, as if every bid had won. An order refused for want of room is applied too, bound to no node, and at least
 * one of its pods has to stay pending.
 *
 * CASES (12) says how many clusters, SEED which ones: always the same in `make test`, others with each `make test-scheduler`.
 * SHRINK=1 looks for a smaller case that fails as well.
 */
import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';
import { stringify } from 'yaml';
import { demandsOf } from '../../../bidengine/demand.js';
import type { BidDecision } from '../../../bidengine/input.js';
import { indexOf } from '../../../bidengine/node-index.js';
import type { ModelNodes } from '../../../bidengine/node-index.js';
import { GPU_RESOURCE } from '../../../bidengine/pod-request.js';
import { acceptableModels } from '../../../bidengine/shortfall.js';
import type { InventorySnapshot, Reservation } from '../../../bidengine/snapshot.js';
import { withReservations } from '../../../bidengine/reservations.js';
import { reservationOf } from '../../../bidengine/reserve.js';
import type { ServicePlacement } from '../../../manifests/lease-workload.js';
import { parseManifest } from '../../../manifests/manifest.js';
import type { Reason } from '../../../market/reasons.js';
import { afterTests } from '../../after-tests.js';
import { cases } from './cases.js';
import type { Case } from './cases.js';
import { decideOn, freeObjects, namespaceObjects, wishOf, wonObjects } from './lease.js';
import type { Wish } from './lease.js';
import { SchedulerRoom } from './room.js';
import type { Binding } from './room.js';

const CASES = Number(process.env['CASES'] ?? 12);
const SEED = Number(process.env['SEED'] ?? 850_921_440);

/** Refusals that say "there is no room": the scheduler has to agree. All others are rules of ours. */
const FOR_WANT_OF_ROOM = new Set([
  ...['GpuModelUnavailable', 'InsufficientGpus', 'InsufficientCpu', 'InsufficientMemory'],
  ...['InsufficientEphemeralStorage', 'InsufficientPods', 'InsufficientPersistentStorage'],
  ...['NoNodeMountsStorageClass', 'FragmentedCapacity', 'InsufficientReplicas'],
  ...['UnitsDoNotFitTogether', 'ArchitectureUnavailable', 'NodesKeptForGpus'],
]);
const BOUND_WITHIN_MS = 30_000;
const REFUSED_WITHIN_MS = 12_000;
/** Models are tried for a refused order as long as these suffice. */
const MOST_COMBINATIONS = 3;

jest.setTimeout(60_000 + CASES * 60_000);

let room: SchedulerRoom;
const atEnd = afterTests();
beforeAll(async () => {
  room = await SchedulerRoom.start();
  atEnd(() => room.stop());
}, 120_000);

interface Won {
  readonly wish: Wish;
  readonly decision: BidDecision;
}
interface Refused {
  readonly wish: Wish;
  readonly reasons: readonly Reason[];
  readonly snapshot: InventorySnapshot;
}

const counts = { bids: 0, pods: 0, refused: 0, tried: 0, uncertain: 0, rules: 0 };
const codes = new Map<string, number>();
let dseq = 1n;

const everyPodBound = ({ wish }: Won, binding: Binding | undefined): boolean =>
  binding?.pods.length === wish.replicas && binding.pods.every((p) => p.node !== undefined);

const describeBinding = (wish: Wish, binding: Binding | undefined): object => ({
  order: wish.sdl,
  pods: binding?.pods.map(({ service, node, refusal }) => ({ service, node, refusal })),
});

/** The models that each service of the order might have been sold. */
const combinations = ({
  wish,
  snapshot,
}: Refused): readonly Readonly<Record<string, ServicePlacement>>[] => {
  const index = indexOf(snapshot);
  const parsed = parseManifest(new TextEncoder().encode(wish.body));
  const services = (parsed.ok ? parsed.manifest[0]?.services : undefined) ?? [];
  let all: ReadonlyMap<number, ModelNodes>[] = [new Map()];
  for (const unit of demandsOf(wish.group)) {
    const models = acceptableModels(unit, index);
    if (models === undefined) continue;
    all = models.flatMap((m) =>
      all.map((before) => new Map([...before, [unit.unitId, m] as const])),
    );
  }
  return all.slice(0, MOST_COMBINATIONS).map((models) =>
    Object.fromEntries(
      services.map((service): [string, ServicePlacement] => {
        const sold = models.get(service.resources.id);
        const resource = sold?.nodes[0]?.resource ?? GPU_RESOURCE;
        return [
          service.name,
          {
            nodes: [],
            ...(sold === undefined ? {} : { gpu: sold.model }),
            ...(resource === GPU_RESOURCE ? {} : { gpuResource: resource }),
          },
        ];
      }),
    ),
  );
};

const bindWon = async (won: readonly Won[]): Promise<void> => {
  for (const { wish } of won) await room.apply(namespaceObjects(wish));
  await Promise.all(won.map(({ wish }) => room.settled(wish.namespace)));
  await Promise.all(
    won.map(({ wish, decision }) => room.apply(wonObjects(wish, decision.placement))),
  );
  const bindings = await room.watch(
    won.map((w) => w.wish.namespace),
    (seen) => won.every((w, i) => everyPodBound(w, seen[i])),
    BOUND_WITHIN_MS,
  );
  for (const [i, w] of won.entries()) {
    const binding = bindings[i];
    if (!everyPodBound(w, binding)) {
      const placement = w.decision.placement.map(({ unitId, node }) => ({ unitId, node }));
      throw new Error(
        `a bid that the scheduler does not bind\n${stringify({ placement, ...describeBinding(w.wish, binding) })}`,
      );
    }
    counts.pods += binding?.pods.length ?? 0;
    const chosen = new Set(w.decision.placement.map((p) => p.node));
    for (const pod of binding?.pods ?? []) expect(chosen).toContain(pod.node);
  }
};

const hasRefusal = (binding: Binding | undefined): boolean =>
  binding?.pods.some((p) => p.refusal !== undefined) ?? false;
const allBound = (wish: Wish, binding: Binding | undefined): boolean =>
  binding?.pods.length === wish.replicas && binding.pods.every((p) => p.node !== undefined);

const tryRefused = async (refused: Refused): Promise<void> => {
  const { wish, reasons } = refused;
  await room.apply(namespaceObjects(wish));
  await room.settled(wish.namespace);
  for (const sold of combinations(refused)) {
    counts.tried += 1;
    await room.apply(freeObjects(wish, sold));
    const isOver = ([seen]: readonly Binding[]): boolean =>
      hasRefusal(seen) || allBound(wish, seen);
    let [binding] = await room.watch([wish.namespace], isOver, REFUSED_WITHIN_MS);
    // A claim that its driver gave back is refused for a moment only.
    if (hasRefusal(binding) && wish.group.units.some((u) => u.resources.storage.length > 1))
      [binding] = await room.watch([wish.namespace], ([seen]) => allBound(wish, seen), 2_500);
    if (allBound(wish, binding))
      throw new Error(
        `refused, and the scheduler binds it\n${stringify({ reasons, sold, ...describeBinding(wish, binding) })}`,
      );
    await room.clearWorkloads([wish.namespace]);
  }
};

const runCase = async (given: Case): Promise<void> => {
  try {
    await room.furnish(`c${dseq}`, given);
    const held: Reservation[] = [];
    const won: Won[] = [];
    const refused: Refused[] = [];
    for (const services of given.orders) {
      const wish = wishOf(services, dseq);
      dseq += 1n;
      const snapshot = withReservations(room.snapshot(), held);
      const decision = decideOn(wish, snapshot);
      if (decision.type === 'bid') {
        counts.bids += 1;
        won.push({ wish, decision });
        held.push(reservationOf(wish.order.id, wish.group, decision.placement, 'lease active'));
      } else {
        const { reasons } = decision;
        for (const { code } of reasons) codes.set(code, (codes.get(code) ?? 0) + 1);
        if (reasons.some((r) => r.code === 'PlacementUncertain')) counts.uncertain += 1;
        else if (reasons.every((r) => FOR_WANT_OF_ROOM.has(r.code)))
          refused.push({ wish, reasons, snapshot });
        else counts.rules += 1;
      }
    }
    if (won.length > 0) await bindWon(won);
    for (const r of refused) {
      counts.refused += 1;
      await tryRefused(r);
    }
  } finally {
    await room.empty();
  }
};

describe(`decisions and the real scheduler, ${CASES} clusters, SEED=${SEED}`, () => {
  it('what is bid on is bound, and what is refused for want of room is not', async () => {
    const property = fc.asyncProperty(cases, async (given) => {
      try {
        await runCase(given);
      } catch (error) {
        const why = error instanceof Error ? error.message : String(error);
        throw new Error(`SEED=${SEED}\n${stringify({ cluster: given })}\n${why}`, { cause: error });
      }
    });
    await fc.assert(property, {
      ...{ numRuns: CASES, seed: SEED },
      endOnFailure: process.env['SHRINK'] !== '1',
    });
    process.stderr.write(
      `SEED=${SEED} ${JSON.stringify({ ...counts, ...Object.fromEntries(codes) })}\n`,
    );
    // A run that never bids or never refuses has tried nothing.
    expect(counts.bids).toBeGreaterThan(0);
    expect(counts.tried).toBeGreaterThan(0);
  });
});
