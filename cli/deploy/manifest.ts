/** Sends the manifest to every provider of a deployment, patiently where patience helps. */
import { backoffMs, isAborted } from '../../chain/clock.js';
import { isChainUnavailable } from '../../chain/ports.js';
import { refused } from '../failure.js';
import type { GatewayAnswer, GatewayTarget, TenantContext } from '../ports.js';
import type { DeployStep, HeldLease } from './request.js';

/** How long a gateway may be down, or behind the chain, before that is an answer. */
const PATIENCE_MS = 60_000;

const put = async (
  ctx: TenantContext,
  target: GatewayTarget,
  dseq: bigint,
  manifest: Uint8Array,
): Promise<GatewayAnswer<undefined>> => {
  try {
    return await ctx.gateway.putManifest(target, dseq, manifest, ctx.signal);
  } catch (error) {
    if (!isChainUnavailable(error)) throw error;
    return { ok: false, transient: true, code: 'ChainUnavailable', message: error.message };
  }
};

const sendTo = async (
  ctx: TenantContext,
  target: GatewayTarget,
  dseq: bigint,
  manifest: Uint8Array,
  timeoutMs: number,
): Promise<void> => {
  const { clock, terminal, output, signal } = ctx;
  const endMs = clock.now() + Math.min(PATIENCE_MS, timeoutMs);
  for (let attempts = 1; ; attempts += 1) {
    const answer = await put(ctx, target, dseq, manifest);
    if (answer.ok) {
      const step: DeployStep = { step: 'manifest-sent', provider: target.provider, attempts };
      output.step(step);
      terminal.say(
        `Manifest accepted by ${target.provider}${attempts === 1 ? '' : ` at attempt ${attempts}`}.`,
      );
      return;
    }
    if (isAborted(signal))
      throw refused('Interrupted', 'you asked to stop while sending the manifest');
    if (!answer.transient || clock.now() >= endMs) {
      throw refused(answer.code, answer.message, { field: answer.field });
    }
    if (attempts === 1) terminal.say(`Not accepted yet, trying again: ${answer.message}`);
    await clock.sleep(
      backoffMs(attempts - 1, 300, 4_000, () => clock.random()),
      signal,
    );
  }
};

/** To each provider once, however many groups he holds. @throws CliFailure with the gateway's reason */
export const sendManifest = async (
  ctx: TenantContext,
  leases: readonly HeldLease[],
  manifest: Uint8Array,
  timeoutMs: number,
): Promise<void> => {
  const targets = new Map(leases.map((l) => [l.id.provider, l]));
  for (const { id, hostUri } of targets.values()) {
    await sendTo(ctx, { provider: id.provider, hostUri }, id.dseq, manifest, timeoutMs);
  }
};
