/** `berth update`: another manifest for a deployment whose resources stay as they are. */
import { crossValidateManifest } from '../../manifests/cross-validate.js';
import { parseManifest } from '../../manifests/manifest.js';
import { LIVE_LEASE_STATES } from '../../market/records.js';
import type { Deployment } from '../../market/records.js';
import { findActive, groupName, leasesOf } from '../deployment.js';
import { holdLease } from '../deploy/lease.js';
import { sendManifest } from '../deploy/manifest.js';
import { refused, toFailure, withNext } from '../failure.js';
import type { ReadSdl } from '../sdl.js';
import { submit } from '../submit.js';
import type { Landed } from '../submit.js';
import type { TenantContext } from '../ports.js';

/** What is leased stays: providers refuse a manifest that asks for other groups than those on chain. */
const checkGroups = (deployment: Deployment, sdl: ReadSdl): void => {
  const parsed = parseManifest(sdl.manifest);
  const reasons = parsed.ok
    ? crossValidateManifest(
        parsed.manifest,
        deployment.groups.map((g) => g.spec),
      )
    : parsed.reasons;
  const [first] = reasons;
  if (first === undefined) return;
  throw refused(
    'ResourcesDiffer',
    `the SDL asks for other resources than are leased: ${first.message}`,
    {
      field: first.field,
      next: 'An update changes images, commands, environment and hosts. For other resources make a new deployment.',
      reasons: reasons.slice(1),
    },
  );
};

export interface UpdateRequest {
  readonly dseq: bigint;
  readonly file: string;
  readonly sdl: ReadSdl;
  /** For sending the manifest, milliseconds. */
  readonly timeoutMs: number;
}

/** Puts the new hash on chain where it is not there yet, then sends the manifest. @throws CliFailure saying which of both is done */
export const update = async (ctx: TenantContext, request: UpdateRequest): Promise<void> => {
  const { dseq, sdl, file } = request;
  const deployment = await findActive(ctx, { owner: ctx.owner, dseq });
  checkGroups(deployment, sdl);
  const leases = await leasesOf(ctx, deployment.id, LIVE_LEASE_STATES);
  const held = await Promise.all(
    leases.map((l) => holdLease(ctx, l.id, groupName(deployment, l.id.gseq))),
  );
  const hash = Buffer.from(sdl.hash).toString('hex');
  let landed: Landed | undefined;
  if (Buffer.from(deployment.hash).equals(sdl.hash)) {
    ctx.terminal.say('The chain has this version already; sending it to the providers again.');
  } else {
    const message = { type: 'update-deployment', id: deployment.id, hash: sdl.hash } as const;
    landed = await submit(ctx, [message], `updating deployment ${dseq}`);
    ctx.output.step({
      step: 'deployment-updated',
      dseq: dseq.toString(),
      height: landed.height.toString(),
      txHash: landed.txHash,
      hash,
    });
  }
  try {
    await sendManifest(ctx, held, sdl.manifest, request.timeoutMs);
  } catch (error) {
    throw withNext(
      toFailure(error),
      `The new hash is on chain, the provider still runs the old manifest. Send it again: berth update ${dseq} ${file}`,
    );
  }
  if (ctx.output.mode === 'jsonl') return;
  ctx.output.result(
    {
      dseq,
      hash,
      height: landed?.height ?? null,
      txHash: landed?.txHash ?? null,
      providers: [...new Set(held.map((l) => l.id.provider))],
    },
    `Deployment ${dseq} has manifest ${hash}${landed === undefined ? '' : ` since block ${landed.height}`}; ` +
      (held.length === 0
        ? 'it has no lease to send it to.'
        : `berth status ${dseq} shows how it goes.`),
  );
};
