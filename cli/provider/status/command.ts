/** `berth provider status`: one screen, once or again and again. */
import type { KubeApi } from '../../../kube/api.js';
import { BIDS, COMPUTE_LEASES, COMPUTE_PROVIDERS } from '../../../kube/resources.js';
import { onCluster } from '../../cluster.js';
import { refused } from '../../failure.js';
import type { Context } from '../../ports.js';
import { alarmsOf, statusLines } from './screen.js';
import type { Seen } from './screen.js';

export interface StatusContext extends Context {
  readonly cluster: Pick<KubeApi, 'get' | 'list'>;
}

export interface StatusRequest {
  readonly providerName: string;
  /** Until Ctrl-C. */
  readonly watch: boolean;
  readonly everyMs: number;
}

const see = ({ cluster, clock }: StatusContext, name: string): Promise<Seen> =>
  onCluster(async () => {
    const [provider, bids, leases] = await Promise.all([
      cluster.get(COMPUTE_PROVIDERS, { name }),
      cluster.list(BIDS),
      cluster.list(COMPUTE_LEASES),
    ]);
    if (provider === undefined)
      throw refused('ProviderMissing', `there is no ComputeProvider named "${name}"`, {
        next: 'kubectl get computeproviders lists those that are there.',
      });
    return { provider, bids: bids.items, leases: leases.items, nowMs: clock.wallMs() };
  });

const jsonOf = (seen: Seen): object => ({
  provider: seen.provider.metadata.name,
  address: seen.provider.spec.address,
  status: seen.provider.status ?? {},
  bids: seen.bids.map(({ metadata, spec, status }) => ({
    ...{ name: metadata.name, order: spec.order, usdPerHour: spec.usdPerHour },
    state: status?.state ?? 'Pending',
  })),
  leases: seen.leases.map(({ metadata, spec, status }) => ({
    ...{ name: metadata.name, lease: spec.leaseId, gpus: spec.gpus, gpuModel: spec.gpuModel },
    ...{ usdPerHour: spec.usdPerHour, phase: status?.phase ?? null },
  })),
  alarms: alarmsOf(seen),
});

/** @throws CliFailure `ProviderMissing`, `ClusterRefused` */
export const status = async (ctx: StatusContext, request: StatusRequest): Promise<void> => {
  const { terminal, output, clock, signal } = ctx;
  const first = await see(ctx, request.providerName);
  if (!request.watch) {
    output.result(jsonOf(first), statusLines(first, terminal).join('\n'));
    return;
  }
  for (let seen = first; !signal.aborted; seen = await see(ctx, request.providerName)) {
    const lines = statusLines(seen, terminal);
    if (terminal.redraws && output.mode === 'text') terminal.live(lines);
    else output.line(jsonOf(seen), lines.join('\n'));
    await clock.sleep(request.everyMs, signal);
  }
  terminal.settle();
};
