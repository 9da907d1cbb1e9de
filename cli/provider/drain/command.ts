/** `berth provider drain` and `uncordon`. Both may be run again at any time: they go on from what the cluster shows. */
import type { ComputeLease } from '../../../crds/generated/types.js';
import type { KubeApi } from '../../../kube/api.js';
import type { Node } from '../../../kube/core-objects.js';
import { COMPUTE_LEASES, COMPUTE_PROVIDERS, NODES, PODS } from '../../../kube/resources.js';
import { onCluster } from '../../cluster.js';
import { refused, told } from '../../failure.js';
import { formatDuration } from '../../format/duration.js';
import { formatTable, printable } from '../../format/table.js';
import type { Context } from '../../ports.js';
import { markNode, pauseBidding, resumeBidding, unmarkNode } from './marks.js';
import { drainOf, leasesOn, plannedDrain } from './plan.js';
import type { Drain, LeaseOnNode } from './plan.js';
import { tellTenants } from './tell.js';

export interface DrainContext extends Context {
  readonly cluster: Pick<KubeApi, 'get' | 'list' | 'apply'>;
}

export interface DrainRequest {
  /** `undefined` for the whole provider. */
  readonly node: string | undefined;
  readonly providerName: string;
  readonly reason: string | undefined;
  /** How long leases have; `undefined` for that of a drain under way, else a day. */
  readonly windowMs: number | undefined;
  /** Stay until it is empty or the window is over. */
  readonly wait: boolean;
}

const DAY_MS = 86_400_000;
const LOOK_MS = 10_000;

const findNode = async ({ cluster }: DrainContext, name: string): Promise<Node> => {
  const node = await onCluster(() => cluster.get(NODES, { name }));
  if (node !== undefined) return node;
  throw refused('NodeUnknown', `the cluster has no node "${name}"`, { next: 'kubectl get nodes' });
};

const leaseRows = (leases: readonly ComputeLease[]): readonly string[] =>
  formatTable(
    ['LEASE', 'OWNER', 'GPUS', 'PHASE', 'USD/HOUR'],
    leases.map(({ metadata, spec, status }) => [
      metadata.name,
      spec.leaseId.owner,
      spec.gpus === 0 ? '-' : `${spec.gpus} ${printable(spec.gpuModel, 40)}`,
      status?.phase ?? '-',
      spec.usdPerHour,
    ]),
  );

const jsonOf = ({ metadata, spec, status }: ComputeLease): object => ({
  ...{ name: metadata.name, lease: spec.leaseId, gpus: spec.gpus, phase: status?.phase ?? null },
});

const look = ({ cluster }: DrainContext, node: string): Promise<readonly LeaseOnNode[]> =>
  onCluster(async () => {
    const [leases, pods] = await Promise.all([
      cluster.list(COMPUTE_LEASES),
      cluster.list(PODS, { fieldSelector: `spec.nodeName=${node}` }),
    ]);
    const elsewhere = leases.items.filter(
      (l) =>
        l.spec.placement.some((p) => p.node === node) &&
        !pods.items.some((p) => p.metadata.namespace === l.spec.namespace),
    );
    // Where a lease was placed is where it is only until its pods say otherwise.
    const theirs = await Promise.all(
      elsewhere.map((l) => cluster.list(PODS, { namespace: l.spec.namespace })),
    );
    return leasesOn(node, leases.items, [...pods.items, ...theirs.flatMap((p) => p.items)]);
  });

/** Resolves with those that are left when the window is over, or nobody. */
const waitUntilEmpty = async (
  ctx: DrainContext,
  node: string,
  drain: Drain,
  first: readonly LeaseOnNode[],
): Promise<readonly LeaseOnNode[]> => {
  const { clock, signal, terminal } = ctx;
  const untilMs = Date.parse(drain.until);
  let left = first;
  while (left.length > 0 && clock.wallMs() < untilMs && !signal.aborted) {
    terminal.live([
      `${node}: ${left.length} leases, ${formatDuration(untilMs - clock.wallMs())} left. Ctrl-C leaves it as it is; the same command goes on.`,
    ]);
    await clock.sleep(Math.min(LOOK_MS, untilMs - clock.wallMs()), signal);
    left = await look(ctx, node);
  }
  terminal.settle();
  return left;
};

const drainNode = async (ctx: DrainContext, name: string, request: DrainRequest): Promise<void> => {
  const { cluster, clock, output } = ctx;
  const node = await findNode(ctx, name);
  const drain = plannedDrain(drainOf(node), request, clock.wallMs(), DAY_MS);
  await markNode(cluster, node, drain);
  const leases = await look(ctx, name);
  await onCluster(() => tellTenants(cluster, name, drain, leases));
  const left = request.wait ? await waitUntilEmpty(ctx, name, drain, leases) : leases;
  const value = { node: name, ...drain, leases: left.map((l) => jsonOf(l.lease)) };
  const head = `Node ${name} is cordoned and gets no bids since ${drain.since}.`;
  if (left.length === 0) {
    output.result({ ...value, empty: true }, `${head} No lease is on it: it may be switched off.`);
    return;
  }
  const isOver = clock.wallMs() >= Date.parse(drain.until);
  const end = isOver
    ? `The window was over at ${drain.until}. Nothing is closed by Berth; the leases go on until their tenants end them.`
    : `Their tenants are told by Events; the window ends at ${drain.until}. The same command shows where it stands.`;
  const rows = leaseRows(left.map((l) => l.lease));
  output.result({ ...value, empty: false }, [head, '', ...rows, '', end].join('\n'));
  if (isOver) throw told('LeasesLeft', `${left.length} leases are left on ${name}`);
};

const drainProvider = async (ctx: DrainContext, request: DrainRequest): Promise<void> => {
  const { cluster, output } = ctx;
  const { providerName: name, reason = '' } = request;
  if ((await onCluster(() => cluster.get(COMPUTE_PROVIDERS, { name }))) === undefined)
    throw refused('ProviderMissing', `there is no ComputeProvider named "${name}"`);
  await pauseBidding(cluster, name, reason);
  const leases = (await onCluster(() => cluster.list(COMPUTE_LEASES))).items;
  const text = [
    `ComputeProvider ${name} takes no new orders${reason === '' ? '' : `: ${reason}`}. ${leases.length} leases go on; open bids may still be accepted.`,
    ...(leases.length === 0 ? [] : ['', ...leaseRows(leases)]),
  ];
  output.result({ provider: name, paused: true, leases: leases.map(jsonOf) }, text.join('\n'));
};

/** @throws CliFailure `NodeUnknown`, `ProviderMissing`, `ClusterRefused`; exit status 1 when the window is over and leases are left */
export const drain = (ctx: DrainContext, request: DrainRequest): Promise<void> =>
  request.node === undefined ? drainProvider(ctx, request) : drainNode(ctx, request.node, request);

/** @throws CliFailure likewise */
export const uncordon = async (
  ctx: DrainContext,
  { node: name, providerName }: Pick<DrainRequest, 'node' | 'providerName'>,
): Promise<void> => {
  const { cluster, output } = ctx;
  if (name === undefined) {
    if (
      (await onCluster(() => cluster.get(COMPUTE_PROVIDERS, { name: providerName }))) === undefined
    )
      throw refused('ProviderMissing', `there is no ComputeProvider named "${providerName}"`);
    await resumeBidding(cluster, providerName);
    output.result(
      { provider: providerName, paused: false },
      `ComputeProvider ${providerName} takes orders again.`,
    );
    return;
  }
  const after = await unmarkNode(cluster, await findNode(ctx, name));
  const stillCordoned = after.spec?.unschedulable === true;
  output.result(
    { node: name, cordoned: stillCordoned },
    stillCordoned
      ? `Node ${name} is not being emptied any more, but somebody else has cordoned it: kubectl uncordon ${name}`
      : `Node ${name} is for sale again.`,
  );
};
