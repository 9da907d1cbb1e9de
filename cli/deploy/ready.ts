/** Waits until the gateways call every service ready, in the numbers that the SDL asks for. */
import { isAborted } from '../../chain/clock.js';
import { isChainUnavailable } from '../../chain/ports.js';
import { manifestGroup, parseManifest } from '../../manifests/manifest.js';
import { refused } from '../failure.js';
import type { CliFailure } from '../failure.js';
import { formatDuration } from '../format/duration.js';
import { formatTable } from '../format/table.js';
import type { GatewayAnswer, TenantContext } from '../ports.js';
import type { LeaseStatus, ServiceStatus } from '../lease-status.js';
import { demandAlive } from './lease.js';
import type { DeployStep, HeldLease, ReadyService } from './request.js';

const POLL_MS = 500;
/** How often the chain is asked whether the leases still live. */
const LEASE_CHECK_MS = 5_000;

interface Awaited {
  readonly lease: HeldLease;
  readonly name: string;
  /** Replicas by the SDL: a gateway's own total is 0 before it has begun. */
  readonly total: number;
  ready: number;
  status: ServiceStatus | undefined;
}

const awaitedOf = (leases: readonly HeldLease[], manifest: Uint8Array): readonly Awaited[] => {
  const parsed = parseManifest(manifest);
  if (!parsed.ok)
    throw new TypeError(`our own manifest is none: ${JSON.stringify(parsed.reasons)}`);
  return leases.flatMap((lease) =>
    (manifestGroup(parsed.manifest, lease.group)?.services ?? []).map(({ name, count }) => ({
      lease,
      name,
      total: count,
      ready: -1,
      status: undefined,
    })),
  );
};

/** Follows one deployment until it is ready. */
class Watch {
  readonly #ctx: TenantContext;
  readonly #leases: readonly HeldLease[];
  readonly #services: readonly Awaited[];
  #lastProblem: string | undefined;
  #leasesCheckedMs: number;

  constructor(ctx: TenantContext, leases: readonly HeldLease[], manifest: Uint8Array) {
    this.#ctx = ctx;
    this.#leases = leases;
    this.#services = awaitedOf(leases, manifest);
    this.#leasesCheckedMs = ctx.clock.now();
  }

  get done(): boolean {
    return this.#services.every((s) => s.ready >= s.total);
  }

  result(): readonly ReadyService[] {
    return this.#services.map(({ name, lease, status }) => ({
      name,
      group: lease.group,
      uris: status?.uris ?? [],
      ports: status?.ports ?? [],
      ips: status?.ips ?? [],
    }));
  }

  /** Asks every gateway once. @throws CliFailure when an answer will not become better by waiting */
  async look(): Promise<void> {
    for (const lease of this.#leases) this.#note(lease, await this.#ask(lease));
    await this.#checkLeases();
    const { terminal } = this.#ctx;
    terminal.live([
      ...formatTable(
        ['SERVICE', 'READY'],
        this.#services.map((s) => [s.name, `${Math.max(0, s.ready)}/${s.total}`]),
      ),
      ...(this.#lastProblem === undefined ? [] : [terminal.style('dim', this.#lastProblem)]),
    ]);
  }

  async #ask(lease: HeldLease): Promise<GatewayAnswer<LeaseStatus>> {
    const target = { provider: lease.id.provider, hostUri: lease.hostUri };
    try {
      return await this.#ctx.gateway.leaseStatus(target, lease.id, this.#ctx.signal);
    } catch (error) {
      if (!isChainUnavailable(error)) throw error;
      return { ok: false, transient: true, code: 'ChainUnavailable', message: error.message };
    }
  }

  #note(lease: HeldLease, answer: GatewayAnswer<LeaseStatus>): void {
    if (!answer.ok) {
      if (isAborted(this.#ctx.signal)) return;
      if (!answer.transient) throw refused(answer.code, answer.message, { field: answer.field });
      this.#lastProblem = answer.message;
      return;
    }
    this.#lastProblem = undefined;
    for (const service of this.#services) {
      if (service.lease !== lease) continue;
      service.status = answer.value.services.find((s) => s.name === service.name);
      const ready = service.status?.available ?? 0;
      if (ready === service.ready) continue;
      service.ready = ready;
      const step: DeployStep = {
        step: 'service',
        name: service.name,
        group: lease.group,
        ready,
        total: service.total,
      };
      this.#ctx.output.step(step);
      if (!this.#ctx.terminal.redraws) {
        this.#ctx.terminal.say(`Service ${service.name}: ${ready} of ${service.total} ready.`);
      }
    }
  }

  async #checkLeases(): Promise<void> {
    const now = this.#ctx.clock.now();
    if (now - this.#leasesCheckedMs < LEASE_CHECK_MS) return;
    this.#leasesCheckedMs = now;
    for (const { id } of this.#leases) await demandAlive(this.#ctx, id);
  }

  late(timeoutMs: number): CliFailure {
    const missing = this.#services
      .filter((s) => s.ready < s.total)
      .map((s) => `${s.name} ${Math.max(0, s.ready)}/${s.total}`)
      .join(', ');
    const problem = this.#lastProblem === undefined ? '' : `; ${this.#lastProblem}`;
    return refused(
      'NotReady',
      `not ready within ${formatDuration(timeoutMs)}: ${missing}${problem}`,
    );
  }
}

/** Resolves with all services once they are ready. @throws CliFailure `NotReady`, `LeaseEnded`, `Interrupted`, or the gateway's */
export const waitUntilReady = async (
  ctx: TenantContext,
  leases: readonly HeldLease[],
  manifest: Uint8Array,
  timeoutMs: number,
): Promise<readonly ReadyService[]> => {
  const watch = new Watch(ctx, leases, manifest);
  const endMs = ctx.clock.now() + timeoutMs;
  for (;;) {
    await watch.look();
    if (watch.done) break;
    if (isAborted(ctx.signal)) {
      throw refused('Interrupted', 'you asked to stop while waiting for the services');
    }
    if (ctx.clock.now() >= endMs) throw watch.late(timeoutMs);
    await ctx.clock.sleep(POLL_MS, ctx.signal);
  }
  ctx.terminal.settle();
  return watch.result();
};
