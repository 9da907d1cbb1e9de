/** `berth leases`: a table of what this key rents. */
import { formatDeploymentId } from '../../market/ids.js';
import { LIVE_LEASE_STATES } from '../../market/records.js';
import type { Deployment, Lease } from '../../market/records.js';
import { ALL_LEASE_STATES, groupName } from '../deployment.js';
import { formatDuration } from '../format/duration.js';
import { countGpus, formatGpus } from '../format/gpus.js';
import type { GpuCount } from '../format/gpus.js';
import { exactCoin, formatUsd, plainUsd, shortCoin, usdPerHour } from '../format/money.js';
import { formatTable, printable } from '../format/table.js';
import type { TenantContext } from '../ports.js';

/** Newest deployment first. */
const newestFirst = (a: Lease, b: Lease): number =>
  a.id.dseq === b.id.dseq
    ? a.id.gseq - b.id.gseq || b.id.oseq - a.id.oseq
    : a.id.dseq < b.id.dseq
      ? 1
      : -1;

const gpusOf = (deployment: Deployment | undefined, gseq: number): readonly GpuCount[] =>
  countGpus(deployment?.groups.find((g) => g.id.gseq === gseq)?.spec.units ?? []);

/** Prints the live leases, with `all` also those that have ended. */
export const leases = async (ctx: TenantContext, all: boolean): Promise<void> => {
  const { reader } = ctx.chain;
  const [head, blockTimeMs, found, deployments] = await Promise.all([
    reader.head(),
    ctx.chain.blockTimeMs(),
    reader.leasesOfOwner(ctx.owner, all ? ALL_LEASE_STATES : LIVE_LEASE_STATES),
    reader.deploymentsOf(ctx.owner),
  ]);
  const byPath = new Map(deployments.map((d) => [formatDeploymentId(d.id), d]));
  const rows = [...found].sort(newestFirst).map((lease) => {
    const deployment = byPath.get(formatDeploymentId(lease.id));
    const end = lease.closedOn === 0n ? head.height : lease.closedOn;
    return {
      lease,
      group: groupName(deployment, lease.id.gseq),
      gpus: gpusOf(deployment, lease.id.gseq),
      usd: usdPerHour(lease.price, blockTimeMs),
      ageMs: Number(end - lease.createdAt) * blockTimeMs,
    };
  });
  const text =
    rows.length === 0
      ? `${ctx.owner} has no ${all ? '' : 'live '}leases.`
      : formatTable(
          ['DSEQ', 'GROUP', 'PROVIDER', 'STATE', 'GPUS', 'USD/HOUR', 'PER BLOCK', 'AGE'],
          rows.map(({ lease, group, gpus, usd, ageMs }) => [
            String(lease.id.dseq),
            printable(group, 30),
            lease.id.provider,
            lease.state,
            formatGpus(gpus),
            usd === undefined ? '-' : formatUsd(usd),
            shortCoin(lease.price),
            formatDuration(ageMs),
          ]),
        ).join('\n');
  ctx.output.result(
    rows.map(({ lease, group, gpus, usd }) => ({
      dseq: lease.id.dseq,
      gseq: lease.id.gseq,
      oseq: lease.id.oseq,
      group,
      provider: lease.id.provider,
      state: lease.state,
      gpus,
      price: exactCoin(lease.price),
      usdPerHour: usd === undefined ? null : plainUsd(usd),
      createdAt: lease.createdAt,
      closedOn: lease.closedOn === 0n ? null : lease.closedOn,
    })),
    text,
  );
};
