/** From an order to the objects of its lease, as the operator makes them. */
import type { SDLInput } from '@akashnetwork/chain-sdk';
import { decide } from '../../../bidengine/decide.js';
import { gpuCapabilities } from '../../../bidengine/gpu-capabilities.js';
import type { DecideInput, Decision, Placement } from '../../../bidengine/input.js';
import type { InventorySnapshot } from '../../../bidengine/snapshot.js';
import { anInput } from '../../../bidengine/testing/input-builder.js';
import { anOrder } from '../../../bidengine/testing/order-builder.js';
import type { PricingStrategy } from '../../../bidengine/strategy.js';
import type { KubeObject } from '../../../crds/object.js';
import { buildLease } from '../../../manifests/build-lease.js';
import { buildNamespace } from '../../../manifests/build-namespace.js';
import type { ServicePlacement } from '../../../manifests/lease-workload.js';
import { parseManifest } from '../../../manifests/manifest.js';
import { leaseNamespace } from '../../../manifests/names.js';
import { Decimal } from '../../../market/money.js';
import type { LeaseId } from '../../../market/ids.js';
import type { GroupSpec } from '../../../market/resources.js';
import type { Order } from '../../../market/records.js';
import { toPlacementEntries } from '../../../operator/bidding/placement-record.js';
import { buildManifest } from '../../../operator/leases/deploy-manifest.js';
import { fromSdl } from '../../golden/manifests/from-sdl.js';
import { someLease, someSettings } from '../../golden/manifests/settings.js';
import type { ServiceCase } from './cases.js';
import { sdlOf } from './cases.js';

/** Whatever it is, it costs the same: only whether it fits decides. */
const FLAT: PricingStrategy = {
  name: 'flat',
  pricesVaryByModel: false,
  worth: (gpu) => new Decimal(String(gpu.model.length)),
  price: () => {
    const one = new Decimal('1');
    return {
      ok: true,
      quote: {
        ...{ price: { denom: 'uact', amount: one }, exact: one, usdPerHour: one },
        ...{ breakdown: [], policy: 'flat', objections: [] },
      },
    };
  },
};

/** A tenant's wish, with the order it becomes. */
export interface Wish {
  readonly sdl: SDLInput;
  readonly order: Order;
  readonly group: GroupSpec;
  readonly body: string;
  readonly lease: LeaseId;
  readonly namespace: string;
  readonly replicas: number;
}

export const wishOf = (services: readonly ServiceCase[], dseq: bigint): Wish => {
  const sdl = sdlOf(services);
  const { groups, body } = fromSdl(sdl);
  const [group] = groups;
  if (group === undefined) throw new Error('the SDL has no group');
  const lease = { ...someLease, dseq };
  const order = anOrder(dseq).obj();
  return {
    ...{ sdl, group, body, lease, namespace: leaseNamespace(lease) },
    order: { ...order, id: { ...order.id, owner: someLease.owner }, spec: group },
    replicas: group.units.reduce((sum, u) => sum + u.count, 0),
  };
};

/** Models that cases ask for: the chain is to take every bid, so that only the cluster decides. */
const ASKED_FOR = ['h100', 'rtx4090', 'a100', 'h100-mig-1g10gb', 'b200'].flatMap((model) => [
  model,
  `${model}/ram/80Gi`,
  `${model}/ram/24Gi`,
]);

const storageAttributes = (snapshot: InventorySnapshot): { key: string; value: string }[] =>
  [...snapshot.storage.map((s) => [s.name, 'true'] as const), ['ram', 'false'] as const].flatMap(
    ([name, persistent], i) => [
      { key: `capabilities/storage/${i + 1}/class`, value: name },
      { key: `capabilities/storage/${i + 1}/persistent`, value: persistent },
    ],
  );

export const decideOn = (wish: Wish, snapshot: InventorySnapshot): Decision => {
  const base = anInput();
  const input: DecideInput = {
    ...base,
    order: wish.order,
    snapshot,
    strategy: FLAT,
    provider: {
      ...base.provider,
      attributes: [
        ...gpuCapabilities(snapshot),
        ...ASKED_FOR.map((key) => ({
          key: `capabilities/gpu/vendor/nvidia/model/${key}`,
          value: 'true',
        })),
        ...storageAttributes(snapshot),
      ],
    },
  };
  return decide(input);
};

const settings = { ...someSettings, gpuRuntimeClassName: 'nvidia' };

export const namespaceObjects = (wish: Wish): readonly KubeObject[] =>
  buildNamespace({ leaseId: wish.lease, group: wish.group, settings });

/** The objects of a lease that was won with this placement. */
export const wonObjects = (wish: Wish, placement: Placement): readonly KubeObject[] => {
  const bytes = new TextEncoder().encode(wish.body);
  const built = buildManifest(
    wish.lease,
    wish.group.name,
    { bytes, hash: 'a1' },
    toPlacementEntries(placement),
    settings,
  );
  if (!built.ok) throw new Error(built.reason.message);
  return built.objects;
};

/** The objects as they would be if the lease had been won, bound to no node: `sold` says by service what was promised. */
export const freeObjects = (
  wish: Wish,
  sold: Readonly<Record<string, ServicePlacement>>,
): readonly KubeObject[] => {
  const parsed = parseManifest(new TextEncoder().encode(wish.body));
  const group = parsed.ok ? parsed.manifest[0] : undefined;
  if (group === undefined) throw new Error('the manifest has no group');
  return buildLease({ leaseId: wish.lease, group, manifestHash: 'a1', settings, placement: sold });
};
