/**
 * The story: a tenant deploys an 8-GPU training job, Berth wins it, places it, is paid, and cleans up after it. Every step is
 * observed on the real thing (chain, API server, Prometheus) before it is told; one that does not happen ends the demo.
 */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { connectChain } from '../../chain/client.js';
import { findCondition } from '../../crds/conditions.js';
import type { ComputeLease } from '../../crds/generated/types.js';
import type { KubeApi } from '../../kube/api.js';
import { COMPUTE_LEASES, COMPUTE_PROVIDERS, NAMESPACES, PODS } from '../../kube/resources.js';
import { leaseNamespace } from '../../manifests/names.js';
import { bidIdOf, formatOrderId } from '../../market/ids.js';
import type { BidId, OrderId } from '../../market/ids.js';
import { systemClock } from '../../operator/clock.js';
import { connectCluster } from '../../operator/connect-cluster.js';
import { readAuditLog } from '../../test/peers/cluster/audit.js';
import { waitFor } from '../../test/peers/wait.js';
import { dashboardQueries } from '../chart/dashboard.js';
import { shrunkSdl, tellRunning } from './on-real-node.js';
import { findLogLine } from './operator-log.js';
import type { LogLine } from './operator-log.js';
import { DEMO_DIR } from './paths.js';
import type { DemoState } from './state.js';
import { tenantCli } from './tenant-cli.js';
import type { CliStep } from './tenant-cli.js';
import { Timeline } from './timeline.js';

export interface StoryOptions {
  readonly state: DemoState;
  /** Folder of the built tools. */
  readonly bin: string;
  readonly colour: boolean;
  /** Whether the lease is left running at the end. */
  readonly keep: boolean;
  readonly signal: AbortSignal;
  readonly print: (line: string) => void;
}

const SDL = 'examples/training-job.yaml';
const PATIENCE = { timeoutMs: 60_000 };

interface Stage {
  readonly options: StoryOptions;
  readonly api: KubeApi;
  readonly timeline: Timeline;
}

const text = (step: CliStep | undefined, field: string): string => {
  const value = step?.[field];
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
};

interface Told {
  readonly step: string;
  readonly height: string;
  readonly detail: string;
  readonly whenMs: number;
}

/**
 * From the operator's log: when an order was seen, decided on and bid on. The operator often sees a block before the tenant's
 * own command has heard of it, so the first steps are told in the order in which they happened.
 */
const tellBid = async (
  { options, timeline }: Stage,
  order: OrderId,
  created: Told,
): Promise<void> => {
  const offset = performance.now() - Date.now();
  const path = formatOrderId(order);
  const line = (msg: string): Promise<LogLine> =>
    waitFor(
      `the operator to say "${msg}"`,
      async () => findLogLine(options.state.operatorLog, msg, { order: path }),
      PATIENCE,
    );
  const seen = await line('order seen');
  const decided = await line('decided to bid');
  const price = `${String(decided.fields['usdPerHour'])} USD per hour by price book "${String(decided.fields['policy'])}"`;
  const first: readonly Told[] = [
    created,
    {
      step: 'order seen',
      height: String(seen.fields['height']),
      detail: path,
      whenMs: seen.atMs + offset,
    },
    { step: 'decided', height: '', detail: price, whenMs: decided.atMs + offset },
  ];
  for (const told of [...first].sort((x, y) => x.whenMs - y.whenMs)) {
    timeline.note(told.step, told.height, told.detail, told.whenMs);
  }
  const bid = await line('bid in block');
  const tx = `tx ${String(bid.fields['tx']).slice(0, 16)}…`;
  timeline.note('bid in block', String(bid.fields['height']), tx, bid.atMs + offset);
};

const leaseObject = (api: KubeApi, id: BidId): Promise<ComputeLease | undefined> =>
  api.get(COMPUTE_LEASES, { name: leaseNamespace(id) });

/** Pods bound to nodes. Simulated nodes run nothing, so of running there is talk on a real one only. */
const tellPods = async ({ options, api, timeline }: Stage, id: BidId): Promise<void> => {
  const wanted = options.state.ingressUrl === undefined ? ['Scheduled', 'Running'] : ['Running'];
  const pods = await waitFor(
    'the pods to be scheduled',
    async () => {
      const { items } = await api.list(PODS, { namespace: leaseNamespace(id) });
      return items.length > 0 && items.every((p) => p.spec.nodeName !== undefined)
        ? items
        : undefined;
    },
    PATIENCE,
  );
  for (const pod of pods) {
    const gpus = pod.spec.containers[0]?.resources?.limits?.['nvidia.com/gpu'] ?? '0';
    timeline.note(
      'pod scheduled',
      '',
      `${pod.metadata.name} on ${pod.spec.nodeName ?? ''} with ${gpus} GPUs`,
    );
  }
  const lease = await waitFor(
    'the lease to be ready',
    async () => {
      const object = await leaseObject(api, id);
      return object?.status !== undefined && wanted.includes(object.status.phase)
        ? object
        : undefined;
    },
    PATIENCE,
  );
  timeline.note('lease ready', '', `phase ${lease.status?.phase ?? ''}`);
};

const tellWithdrawal = async ({ api, timeline }: Stage, id: BidId): Promise<void> => {
  const paid = await waitFor(
    'the first withdrawal',
    async () => {
      const status = (await leaseObject(api, id))?.status;
      return status?.lastWithdrawal !== undefined && BigInt(status.withdrawnUact ?? '0') > 0n
        ? status
        : undefined;
    },
    PATIENCE,
  );
  timeline.note(
    'first withdrawal',
    paid.lastWithdrawal?.height ?? '',
    `${paid.withdrawnUact ?? ''} uact withdrawn, ${paid.earnedUact ?? ''} uact earned so far`,
  );
};

/** Every query of the chart's dashboard, answered with data by a real Prometheus. */
const tellDashboard = async ({ options, timeline }: Stage): Promise<void> => {
  const queries = dashboardQueries({ rateInterval: '15s', range: '5m' });
  const answered = async (expr: string): Promise<boolean> => {
    const response = await fetch(`${options.state.prometheusUrl}/api/v1/query`, {
      method: 'POST',
      body: new URLSearchParams({ query: expr }),
    });
    const answer = (await response.json()) as { data?: { result: unknown[] } };
    return (answer.data?.result.length ?? 0) > 0;
  };
  for (const { panel, expr } of queries) {
    await waitFor(
      `the dashboard panel "${panel}" to have data (${expr})`,
      async () => (await answered(expr)) || undefined,
      PATIENCE,
    );
  }
  timeline.note(
    'dashboard',
    '',
    `${queries.length} of ${queries.length} queries answered with data by Prometheus`,
  );
};

const showObjects = ({ options }: Stage): void => {
  const out = execFileSync(
    join(options.bin, 'kubectl'),
    [
      '--kubeconfig',
      options.state.kubeconfig,
      'get',
      'computeproviders,bids,computeleases',
      '-o',
      'wide',
    ],
    { encoding: 'utf8' },
  );
  options.print(`\n$ kubectl get computeproviders,bids,computeleases -o wide\n${out}`);
};

const tellGone = async ({ api, timeline }: Stage, id: BidId): Promise<void> => {
  const name = leaseNamespace(id);
  await waitFor(
    'everything of the lease to be gone',
    async () =>
      ((await api.get(NAMESPACES, { name })) === undefined &&
        (await leaseObject(api, id)) === undefined) ||
      undefined,
    PATIENCE,
  );
  const gpus = await waitFor(
    'every GPU to be for sale again',
    async () => {
      const now = (await api.get(COMPUTE_PROVIDERS, { name: 'provider' }))?.status?.gpus;
      return now !== undefined && now.available === now.allocatable ? now : undefined;
    },
    PATIENCE,
  );
  timeline.note(
    'all gone',
    '',
    `namespace and objects deleted, ${gpus.available} of ${gpus.allocatable} GPUs available`,
  );
};

/** A verb that the chart's roles lack would show here as a refused request. */
const assertNothingForbidden = ({ options, timeline }: Stage): void => {
  if (options.state.auditLog === undefined) return;
  const ours = readAuditLog(options.state.auditLog).filter((r) =>
    r.user.startsWith('system:serviceaccount:berth'),
  );
  const refused = ours.filter((r) => r.code === 403);
  if (refused.length > 0) {
    const verbs = [
      ...new Set(
        refused.map((r) => `${r.verb} ${r.resource}${r.group === '' ? '' : `.${r.group}`}`),
      ),
    ];
    throw new Error(`the chart's roles lack rights that Berth needs: ${verbs.join(', ')}`);
  }
  timeline.note(
    'rights',
    '',
    `${ours.length} requests with the service accounts' tokens, none refused`,
  );
};

/** Tells the whole story. @throws Error at the first step that does not happen */
export const tellStory = async (options: StoryOptions): Promise<void> => {
  const { state, signal, print } = options;
  const cluster = await connectCluster(state.kubeconfig, {}, systemClock);
  const chain = connectChain({ endpoints: [state.rpcUrl], chainId: state.chainId });
  try {
    await waitFor(
      'Berth to be bidding',
      async () => {
        const provider = await cluster.api.get(COMPUTE_PROVIDERS, { name: 'provider' });
        return findCondition(provider?.status?.conditions, 'Ready')?.status === 'True'
          ? true
          : undefined;
      },
      PATIENCE,
    );
    for (const line of state.describe) print(line);
    const { ingressUrl } = state;
    const sdl = ingressUrl === undefined ? SDL : shrunkSdl(SDL, DEMO_DIR);
    const cut =
      ingressUrl === undefined
        ? ''
        : ', cut down to this machine, its GPUs made up, its image a stand-in';
    print(`Berth is ready to take orders.\n\nThe tenant deploys ${SDL}${cut}:\n`);
    const timeline = new Timeline(print, () => performance.now(), options.colour);
    const stage: Stage = { options, api: cluster.api, timeline };
    const berth = tenantCli(state.rpcUrl, join(DEMO_DIR, 'berth'), signal);
    await berth.run(['wallet', 'import', '--from', state.tenantMnemonicFile]);

    timeline.begin();
    let deployed: CliStep | undefined;
    let told: Promise<void> | undefined;
    let order: OrderId | undefined;
    const onStep = (step: CliStep): void => {
      switch (step.step) {
        case 'deployment-created':
          deployed = step;
          order = {
            owner: state.tenant,
            dseq: BigInt(text(step, 'dseq')),
            gseq: 1,
            oseq: 1,
          };
          told = tellBid(stage, order, {
            step: 'deployment created',
            height: text(step, 'height'),
            detail: `dseq ${text(step, 'dseq')}`,
            whenMs: performance.now(),
          });
          told.catch(() => undefined);
          break;
        case 'lease-created':
          timeline.note('lease created', text(step, 'height'), text(step, 'provider'));
          break;
        case 'manifest-sent':
          timeline.note(
            'manifest accepted',
            '',
            'over TLS with a token, hash checked against the chain',
          );
          break;
        default:
      }
    };
    await berth.run(
      [
        'deploy',
        sdl,
        '--accept',
        'cheapest',
        '--yes',
        '--deposit',
        options.keep ? '500000000uact' : '20000000uact',
        '--timeout',
        '90s',
      ],
      onStep,
    );
    if (deployed === undefined || told === undefined || order === undefined)
      throw new Error('berth deploy told of no deployment');
    await told;
    const provider = (await chain.reader.bidsOnOrder(order))[0]?.id.provider ?? '';
    const id = bidIdOf(order, provider);
    await tellPods(stage, id);
    if (ingressUrl !== undefined) {
      await tellRunning({
        ...{ api: cluster.api, timeline, ingressUrl, berth },
        dseq: text(deployed, 'dseq'),
        namespace: leaseNamespace(id),
      });
    }
    await tellWithdrawal(stage, id);
    showObjects(stage);
    await tellDashboard(stage);
    if (options.keep) {
      assertNothingForbidden(stage);
      return;
    }
    const [closed] = await berth.run(['close', text(deployed, 'dseq'), '--yes']);
    timeline.note('deployment closed', text(closed, 'height'), 'by the tenant');
    await tellGone(stage, id);
    assertNothingForbidden(stage);
    print('\nThe whole story happened.');
  } finally {
    chain.close();
    cluster.close();
  }
};
