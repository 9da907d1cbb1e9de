/** Berth's own pods: who leads, how to end or hang one, what they use. */
import { OPERATOR_LEASE } from '../../crds/constants.js';
import type { Pod } from '../../kube/core-objects.js';
import { COORDINATION_LEASES, PODS } from '../../kube/resources.js';
import { waitFor } from '../peers/wait.js';
import { NAMESPACE } from './world.js';
import type { World } from './world.js';

export type Component = 'operator' | 'gateway' | 'signer';

/** Those that are not on their way out. */
export const podsOf = async (world: World, component: Component): Promise<readonly Pod[]> => {
  const { items } = await world.api.list(PODS, {
    labelSelector: `app.kubernetes.io/instance=berth,app.kubernetes.io/component=${component}`,
  });
  return items.filter((pod) => pod.metadata.deletionTimestamp === undefined);
};

/** containerd's id of a pod's only container. */
export const containerOf = (pod: Pod): string => {
  const id = pod.status?.containerStatuses?.[0]?.containerID?.replace('containerd://', '');
  if (id === undefined) throw new Error(`${pod.metadata.name} has no container yet`);
  return id;
};

export const restartsOf = (pod: Pod): number =>
  pod.status?.containerStatuses?.[0]?.restartCount ?? 0;

const podName = (holder: string): string => holder.replace(/-\d+$/, '');

/** The leader by the Lease object, and how often leadership has changed. Waits until somebody leads. */
export const leaderOf = (
  world: World,
): Promise<{ readonly pod: Pod; readonly transitions: number }> =>
  waitFor(
    'an operator to lead',
    async () => {
      const ref = { namespace: NAMESPACE, name: OPERATOR_LEASE };
      const { spec } = (await world.api.get(COORDINATION_LEASES, ref)) ?? {};
      const name = podName(spec?.holderIdentity ?? '');
      const pod = (await podsOf(world, 'operator')).find((p) => p.metadata.name === name);
      return pod && { pod, transitions: spec?.leaseTransitions ?? 0 };
    },
    { timeoutMs: 60_000 },
  );

/** Waits until another pod than this one leads; returns its name. */
export const expectOtherLeader = (world: World, than: Pod): Promise<string> =>
  waitFor(
    `another operator than ${than.metadata.name} to lead`,
    async () => {
      const { pod } = await leaderOf(world);
      return pod.metadata.uid === than.metadata.uid ? undefined : pod.metadata.name;
    },
    { timeoutMs: 60_000 },
  );
