/** `berth lease logs` and `berth lease events`: what a lease says, as long as it lasts. */
import { z } from 'zod';
import { LIVE_LEASE_STATES } from '../../market/records.js';
import type { Lease } from '../../market/records.js';
import { findDeployment, leasesOf } from '../deployment.js';
import { refused } from '../failure.js';
import { printable } from '../format/table.js';
import type { TenantContext } from '../ports.js';

/** Which of a deployment's leases, and of its services. */
export interface LeaseChoice {
  readonly dseq: bigint;
  /** Group; needed when the deployment has several live leases. */
  readonly gseq: number | undefined;
  readonly services: readonly string[];
  readonly follow: boolean;
}

/** Longest line shown, in characters. */
const LONGEST = 65_536;

/** The one live lease that is meant. @throws CliFailure `DeploymentMissing`, `LeaseMissing` or `LeaseAmbiguous` */
export const chooseLease = async (
  ctx: TenantContext,
  { dseq, gseq }: Pick<LeaseChoice, 'dseq' | 'gseq'>,
): Promise<Lease> => {
  const id = { owner: ctx.owner, dseq };
  await findDeployment(ctx, id);
  const live = await leasesOf(ctx, id, LIVE_LEASE_STATES);
  const [lease, ...others] = live.filter((l) => gseq === undefined || l.id.gseq === gseq);
  if (lease === undefined) {
    throw refused('LeaseMissing', `deployment ${dseq} has no live lease here`, {
      field: gseq === undefined ? 'dseq' : 'gseq',
      next: `berth status ${dseq} shows what became of it.`,
    });
  }
  if (others.length === 0) return lease;
  const groups = live.map((l) => l.id.gseq).join(', ');
  throw refused('LeaseAmbiguous', `deployment ${dseq} has several leases: groups ${groups}`, {
    field: 'gseq',
    next: 'Choose one with --gseq.',
  });
};

const stream = async function* (
  ctx: TenantContext,
  choice: LeaseChoice,
  route: string,
  more: Readonly<Record<string, string>>,
): AsyncGenerator {
  const { id } = await chooseLease(ctx, choice);
  const { provider } = id;
  const hostUri = (await ctx.chain.reader.provider(provider))?.hostUri;
  if (hostUri === undefined) {
    throw refused('ProviderUnknown', `provider ${provider} is not registered on chain`);
  }
  const services = choice.services.join(',');
  const query = new URLSearchParams({
    ...{ follow: String(choice.follow), ...more },
    // Providers read the one, the Akash client sends the other.
    ...(services !== '' && { service: services, services }),
  });
  const path = `${route}?${query.toString()}`;
  const opened = await ctx.gateway.openStream({ provider, hostUri }, id, path, ctx.signal);
  if (!opened.ok) throw refused(opened.code, opened.message, { field: opened.field });
  yield* opened.value.frames;
};

const logFrame = z.object({ name: z.string(), message: z.string() });

/** Prints the log of the lease's containers. @param tail lines of each container to begin with; undefined for all */
export const leaseLogs = async (
  ctx: TenantContext,
  choice: LeaseChoice,
  tail: number | undefined,
): Promise<void> => {
  const more: Record<string, string> = tail === undefined ? {} : { tail: String(tail) };
  for await (const frame of stream(ctx, choice, 'logs', more)) {
    const { name, message } = logFrame.parse(frame);
    ctx.output.line({ name, message }, `${printable(name, 253)} | ${printable(message, LONGEST)}`);
  }
};

const eventFrame = z.object({
  type: z.string().nullish(),
  reportingController: z.string().nullish(),
  reason: z.string().nullish(),
  note: z.string().nullish(),
  object: z.object({ kind: z.string(), name: z.string() }),
});

/** Prints the events of the lease's namespace. */
export const leaseEvents = async (ctx: TenantContext, choice: LeaseChoice): Promise<void> => {
  for await (const frame of stream(ctx, choice, 'kubeevents', {})) {
    const event = eventFrame.parse(frame);
    const { type, reason, note, object } = event;
    const about = `${object.kind} ${object.name}`;
    ctx.output.line(
      event,
      printable(`${type ?? ''} ${reason ?? ''} (${about}): ${note ?? ''}`, 2000),
    );
  }
};
