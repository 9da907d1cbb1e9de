/** What a tenant reads about a lease: status, one service's status, and the manifest (provider-wire 4.4). */
import { z } from 'zod';
import { formatLeaseId } from '../../market/ids.js';
import type { LeaseId } from '../../market/ids.js';
import { LIVE_LEASE_STATES } from '../../market/records.js';
import { grantedLease } from '../http/exchange.js';
import type { Exchange, Reply, Route } from '../http/exchange.js';
import type { LeaseReader, LeaseWorkload, ManifestStore, WorkloadReader } from '../ports.js';
import { Problem } from '../problem.js';
import { leaseStatusJson, serviceStatusJson } from '../view/lease-status.js';

export interface LeaseRoutesDependencies {
  readonly leases: LeaseReader;
  readonly manifests: ManifestStore;
  readonly workloads: WorkloadReader;
  readonly address: string;
  readonly publicHostname: string;
}

const LEASE = '/lease/:dseq/:gseq/:oseq';

/** Why the cluster has nothing of a lease; the chain tells the cases apart. */
export const explainAbsence = async (
  dependencies: Pick<LeaseRoutesDependencies, 'leases' | 'manifests'>,
  lease: LeaseId,
): Promise<Problem> => {
  const record = await dependencies.leases.lease(lease);
  const path = formatLeaseId(lease);
  if (record === undefined) return new Problem('LeaseNotFound', `there is no lease ${path}`);
  if (!LIVE_LEASE_STATES.includes(record.state)) {
    return new Problem('LeaseNotFound', `lease ${path} has ended: ${record.state}`);
  }
  const manifest = await dependencies.manifests.get(lease);
  return manifest === undefined
    ? new Problem('ManifestNotReceived', `no manifest has been received for lease ${path}`)
    : new Problem('WorkloadNotFound', `the workload of lease ${path} is not in the cluster yet`);
};

const workloadOf = async (
  dependencies: LeaseRoutesDependencies,
  lease: LeaseId,
): Promise<LeaseWorkload> => {
  const workload = await dependencies.workloads.workload(lease);
  if (workload === undefined) throw await explainAbsence(dependencies, lease);
  return workload;
};

const leaseStatus = async (
  dependencies: LeaseRoutesDependencies,
  exchange: Exchange,
): Promise<Reply> => {
  const { lease, services } = grantedLease(exchange, dependencies.address, 'status');
  const workload = await workloadOf(dependencies, lease);
  return {
    status: 200,
    json: leaseStatusJson(workload, dependencies.publicHostname, services),
  };
};

const serviceStatus = async (
  dependencies: LeaseRoutesDependencies,
  exchange: Exchange,
): Promise<Reply> => {
  const { lease, services } = grantedLease(exchange, dependencies.address, 'status');
  const name = exchange.params['name'] ?? '';
  if (services !== undefined && !services.includes(name)) {
    throw new Problem('PermissionDenied', 'the token does not cover this service', {
      field: 'services',
    });
  }
  const workload = await workloadOf(dependencies, lease);
  const service = workload.services.find((candidate) => candidate.name === name);
  if (service === undefined) {
    throw new Problem('ServiceNotFound', 'the lease has no service of this name', {
      field: 'name',
    });
  }
  return { status: 200, json: serviceStatusJson(service) };
};

const storedGroup = z.looseObject({
  name: z.string(),
  services: z.array(z.looseObject({ name: z.string() })).nullish(),
});

const leaseManifest = async (
  dependencies: LeaseRoutesDependencies,
  exchange: Exchange,
): Promise<Reply> => {
  const { lease, services } = grantedLease(exchange, dependencies.address, 'get-manifest');
  const stored = await dependencies.manifests.get(lease);
  if (stored === undefined) throw await explainAbsence(dependencies, lease);
  const groups = z
    .array(storedGroup)
    .parse(JSON.parse(stored.json))
    .filter((group) => group.name === stored.groupName);
  const hidden = groups
    .flatMap((group) => group.services ?? [])
    .find(({ name }) => services?.includes(name) === false);
  if (hidden !== undefined) {
    throw new Problem('PermissionDenied', `the token does not cover service ${hidden.name}`, {
      field: 'services',
    });
  }
  return { status: 200, json: groups };
};

/** Builds them. */
export const leaseRoutes = (dependencies: LeaseRoutesDependencies): readonly Route[] => [
  {
    method: 'GET',
    path: `${LEASE}/status`,
    takesBody: false,
    handle: (exchange) => leaseStatus(dependencies, exchange),
  },
  {
    method: 'GET',
    path: `${LEASE}/service/:name/status`,
    takesBody: false,
    handle: (exchange) => serviceStatus(dependencies, exchange),
  },
  {
    method: 'GET',
    path: `${LEASE}/manifest`,
    takesBody: false,
    handle: (exchange) => leaseManifest(dependencies, exchange),
  },
];
