/** `berth status`: one deployment as the chain and its providers' gateways see it. */
import { isChainUnavailable } from '../../chain/ports.js';
import { LIVE_LEASE_STATES } from '../../market/records.js';
import type { Deployment, Lease } from '../../market/records.js';
import { ALL_LEASE_STATES, findDeployment, groupName, leasesOf } from '../deployment.js';
import { serviceLines } from '../deploy/service-lines.js';
import { escrowOutlook, msUntilEmpty } from '../escrow.js';
import type { EscrowOutlook } from '../escrow.js';
import { formatDuration, formatTime } from '../format/duration.js';
import { exactCoin, formatRate, plainUsd, shortCoin, usdPerHour } from '../format/money.js';
import { formatTable, printable } from '../format/table.js';
import type { GatewayAnswer, TenantContext } from '../ports.js';
import type { LeaseStatus, ServiceStatus } from '../lease-status.js';

interface LeaseView {
  readonly lease: Lease;
  readonly group: string;
  readonly hostUri: string | undefined;
  /** `undefined` when the lease has ended: nothing is there to ask. */
  readonly answer: GatewayAnswer<LeaseStatus> | undefined;
}

const view = async (
  ctx: TenantContext,
  deployment: Deployment,
  lease: Lease,
): Promise<LeaseView> => {
  const group = groupName(deployment, lease.id.gseq);
  const { provider } = lease.id;
  const hostUri = (await ctx.chain.reader.provider(provider))?.hostUri;
  if (!LIVE_LEASE_STATES.includes(lease.state)) {
    return { lease, group, hostUri, answer: undefined };
  }
  if (hostUri === undefined) {
    const message = 'the provider is not registered on chain';
    const answer = { ok: false, transient: false, code: 'ProviderUnknown', message } as const;
    return { lease, group, hostUri, answer };
  }
  try {
    const target = { provider, hostUri };
    const answer = await ctx.gateway.leaseStatus(target, lease.id, ctx.signal);
    return { lease, group, hostUri, answer };
  } catch (error) {
    if (!isChainUnavailable(error)) throw error;
    const { message } = error;
    const answer = { ok: false, transient: true, code: 'ChainUnavailable', message } as const;
    return { lease, group, hostUri, answer };
  }
};

const withReady = (s: ServiceStatus): ServiceStatus & { readonly ready: string } => ({
  ...s,
  ready: `${s.available}/${s.total}`,
});

const leaseText = ({ lease, group, hostUri, answer }: LeaseView, blockTimeMs: number): string[] => [
  '',
  `Lease of group ${group}: ${lease.state}${lease.closedOn === 0n ? '' : ` in block ${lease.closedOn}, ${lease.reason}`}`,
  `  provider   ${lease.id.provider} (${printable(hostUri ?? 'unknown', 100)})`,
  `  price      ${formatRate(lease.price, blockTimeMs)}`,
  ...(answer === undefined
    ? []
    : answer.ok
      ? [
          ...answer.value.warnings.map(
            (w) => `  warning    ${printable(w.code, 64)}: ${printable(w.message, 500)}`,
          ),
          ...serviceLines(answer.value.services.map(withReady)).map((line) => `  ${line}`),
        ]
      : [`  ${answer.code}: ${printable(answer.message, 500)}`]),
];

const leaseJson = ({ lease, group, hostUri, answer }: LeaseView, blockTimeMs: number) => {
  const usd = usdPerHour(lease.price, blockTimeMs);
  return {
    group,
    gseq: lease.id.gseq,
    oseq: lease.id.oseq,
    provider: lease.id.provider,
    hostUri: hostUri ?? null,
    state: lease.state,
    reason: lease.closedOn === 0n ? null : lease.reason,
    price: exactCoin(lease.price),
    usdPerHour: usd === undefined ? null : plainUsd(usd),
    createdAt: lease.createdAt,
    closedOn: lease.closedOn === 0n ? null : lease.closedOn,
    ...(answer === undefined
      ? {}
      : answer.ok
        ? { services: answer.value.services, warnings: answer.value.warnings }
        : { error: { code: answer.code, message: answer.message } }),
  };
};

const escrowText = (outlook: EscrowOutlook, blockTimeMs: number, nowMs: number): string => {
  const left = outlook.left.map(shortCoin).join(', ') || 'nothing';
  const ms = msUntilEmpty(outlook, blockTimeMs);
  if (ms === undefined) return `${left}, nothing is being paid`;
  const rate = formatRate(outlook.rate, blockTimeMs);
  return `${left}, lasts ${formatDuration(ms)} at ${rate}, until ${formatTime(nowMs + ms)}`;
};

/** Prints it. A gateway that does not answer is part of the answer. @throws CliFailure `DeploymentMissing` */
export const status = async (ctx: TenantContext, dseq: bigint): Promise<void> => {
  const deployment = await findDeployment(ctx, { owner: ctx.owner, dseq });
  const [head, blockTimeMs, leases] = await Promise.all([
    ctx.chain.reader.head(),
    ctx.chain.blockTimeMs(),
    leasesOf(ctx, deployment.id, ALL_LEASE_STATES),
  ]);
  const views = await Promise.all(leases.map((lease) => view(ctx, deployment, lease)));
  const outlook = escrowOutlook(deployment, leases, head.height);
  const ms = msUntilEmpty(outlook, blockTimeMs);
  ctx.output.result(
    {
      dseq,
      owner: ctx.owner,
      state: deployment.state,
      createdAt: deployment.createdAt,
      hash: Buffer.from(deployment.hash).toString('hex'),
      escrow: {
        state: deployment.escrow.state,
        left: outlook.left.map(exactCoin),
        rate: exactCoin(outlook.rate),
        runsOutAt: ms === undefined ? null : new Date(head.timeMs + ms).toISOString(),
      },
      groups: deployment.groups.map((g) => ({
        gseq: g.id.gseq,
        name: g.spec.name,
        state: g.state,
      })),
      leases: views.map((v) => leaseJson(v, blockTimeMs)),
    },
    [
      `Deployment ${dseq}: ${deployment.state}, created in block ${deployment.createdAt}`,
      `Escrow: ${escrowText(outlook, blockTimeMs, head.timeMs)}`,
      ...formatTable(
        ['GROUP', 'STATE'],
        deployment.groups.map((g) => [printable(g.spec.name, 63), g.state]),
      ),
      ...(views.length === 0 ? ['', 'There is no lease.'] : []),
      ...views.flatMap((v) => leaseText(v, blockTimeMs)),
    ].join('\n'),
  );
};
