/**
 * The only write of a tenant: `PUT /deployment/{dseq}/manifest` (provider-wire 4.4, 5). The manifest is parsed within
 * bounds, its hash compared with the one on chain, and only then looked at deeply; one Secret per lease of ours is
 * written last, so that a refused manifest leaves no trace. Sending it again changes nothing.
 */
import { formatDeploymentId } from '../../market/ids.js';
import type { DeploymentId } from '../../market/ids.js';
import type { Deployment, Lease } from '../../market/records.js';
import { crossValidateManifest } from '../../manifests/cross-validate.js';
import { manifestGroup, parseManifest } from '../../manifests/manifest.js';
import { validateManifest } from '../../manifests/validate.js';
import type { ValidationSettings } from '../../manifests/validate.js';
import { checkManifestVersion } from '../../manifests/version.js';
import type { AcceptedManifest } from '../../manifests/version.js';
import { authorize } from '../auth/authorize.js';
import type { Authorization } from '../auth/authorize.js';
import type { Caller } from '../auth/caller.js';
import type { Sleep } from '../deadline.js';
import { dseqOf, requireCaller } from '../http/exchange.js';
import type { Exchange, Route } from '../http/exchange.js';
import { createLeaseFinder } from './lease-finder.js';
import type { LeaseWait } from './lease-finder.js';
import type { LeaseReader, ManifestStore, StoredManifest } from '../ports.js';
import { Problem } from '../problem.js';
import type { ProblemCode } from '../problem.js';
import type { Reason } from '../../market/reasons.js';

export interface ManifestIntakeDependencies {
  readonly leases: LeaseReader;
  readonly manifests: ManifestStore;
  readonly address: string;
  readonly validation: ValidationSettings;
  readonly wait: LeaseWait;
  /** Monotonic milliseconds. */
  readonly now: () => number;
  readonly sleep: Sleep;
}

type KnownCaller = Exclude<Caller, { kind: 'anonymous' }>;

const refuse = (code: ProblemCode, reasons: readonly Reason[]): Problem =>
  new Problem(code, reasons.map((reason) => reason.message).join('; '), {
    field: reasons[0]?.field,
    reasons,
  });

const demand = (granted: Authorization): void => {
  if (!granted.ok) throw new Problem('PermissionDenied', granted.why, { field: 'leases' });
};

const parse = (body: Buffer): AcceptedManifest => {
  const parsed = parseManifest(body);
  if (!parsed.ok) throw refuse('ManifestMalformed', parsed.reasons);
  return parsed;
};

const readDeployment = async (leases: LeaseReader, id: DeploymentId): Promise<Deployment> => {
  const deployment = await leases.deployment(id);
  if (deployment !== undefined) return deployment;
  throw new Problem('LeaseNotFound', `there is no deployment ${formatDeploymentId(id)}`, {
    field: 'dseq',
  });
};

/** The deployment, once its hash is the manifest's. A node a block behind may still hold the hash before an update. */
const matchingDeployment = async (
  { leases, sleep, wait }: ManifestIntakeDependencies,
  id: DeploymentId,
  manifest: AcceptedManifest,
  signal: AbortSignal,
): Promise<Deployment> => {
  const first = await readDeployment(leases, id);
  if (checkManifestVersion(manifest, first.hash) === undefined) return first;
  await sleep(wait.pollMs, signal);
  const second = await readDeployment(leases, id);
  const mismatch = checkManifestVersion(manifest, second.hash);
  if (mismatch !== undefined) throw refuse('ManifestHashMismatch', [mismatch]);
  return second;
};

const checkContent = (
  manifest: AcceptedManifest,
  deployment: Deployment,
  settings: ValidationSettings,
): void => {
  const faults = validateManifest(manifest.manifest, settings);
  if (faults.length > 0) throw refuse('ManifestInvalid', faults);
  const differences = crossValidateManifest(
    manifest.manifest,
    deployment.groups.map((group) => group.spec),
  );
  if (differences.length > 0) throw refuse('ManifestGroupsMismatch', differences);
};

/** A lease of the deployment that the caller may send a manifest for, and the services he is limited to. */
interface Target {
  readonly lease: Lease;
  readonly services: readonly string[] | undefined;
}

/** At least one. */
const targetsOf = (
  caller: KnownCaller,
  provider: string,
  found: readonly Lease[],
): readonly Target[] => {
  const decided = found.map((lease) => ({
    lease,
    granted: authorize(caller, provider, { scope: 'send-manifest', ...lease.id }),
  }));
  const targets = decided.flatMap(({ lease, granted }) =>
    granted.ok ? [{ lease, services: granted.services }] : [],
  );
  if (targets.length === 0) for (const { granted } of decided) demand(granted);
  return targets;
};

const storedManifest = (
  { lease, services }: Target,
  deployment: Deployment,
  manifest: AcceptedManifest,
  body: Buffer,
): StoredManifest => {
  const groupName =
    deployment.groups.find((group) => group.id.gseq === lease.id.gseq)?.spec.name ?? '';
  for (const { name } of manifestGroup(manifest.manifest, groupName)?.services ?? []) {
    if (services?.includes(name) === false) {
      throw new Problem('PermissionDenied', `the token does not cover service ${name}`, {
        field: 'services',
      });
    }
  }
  return {
    lease: lease.id,
    groupName,
    hash: Buffer.from(deployment.hash).toString('hex'),
    json: body.toString('utf8'),
  };
};

/** Builds the route. */
export const manifestIntakeRoute = (dependencies: ManifestIntakeDependencies): Route => {
  const findLeases = createLeaseFinder(dependencies);
  const { address, manifests } = dependencies;
  const intake = async (exchange: Exchange): Promise<void> => {
    const caller = requireCaller(exchange.caller);
    const id: DeploymentId = { owner: caller.owner, dseq: dseqOf(exchange) };
    demand(authorize(caller, address, { scope: 'send-manifest', dseq: id.dseq }));
    const manifest = parse(exchange.body);
    const targets = targetsOf(caller, address, await findLeases(id, exchange.signal));
    const deployment = await matchingDeployment(dependencies, id, manifest, exchange.signal);
    checkContent(manifest, deployment, dependencies.validation);
    const stored = targets.map((t) => storedManifest(t, deployment, manifest, exchange.body));
    for (const one of stored) await manifests.put(one);
  };
  return {
    method: 'PUT',
    path: '/deployment/:dseq/manifest',
    takesBody: true,
    handle: async (exchange) => {
      await intake(exchange);
      return { status: 200 };
    },
  };
};
