/** A deployment whose manifest was recorded from the real command-line client (test/recorded/manifest-body.json). */
import { readFileSync } from 'node:fs';
import { manifestVersion } from '../../manifests/version.js';
import { formatDeploymentId, formatLeaseId } from '../../market/ids.js';
import type { LeaseId } from '../../market/ids.js';
import { Decimal } from '../../market/money.js';
import type { Deployment } from '../../market/records.js';
import type { GroupSpec } from '../../market/resources.js';
import { aLease } from './fake-world.js';
import type { FakeWorld } from './fake-world.js';

const RECORDED = new URL('../../test/recorded/manifest-body.json', import.meta.url);

/** The body as it was sent. */
export const recordedManifest = (): string => readFileSync(RECORDED, 'utf8').trim();

/** The one group it is for, as the chain holds it. */
export const recordedGroup: GroupSpec = {
  name: 'westcoast',
  requirements: { signedBy: { allOf: [], anyOf: [] }, attributes: [] },
  units: [
    {
      count: 1,
      price: { denom: 'uact', amount: new Decimal('1000') },
      resources: {
        id: 1,
        cpu: { milliCpu: 100n, attributes: [] },
        memory: { quantityBytes: 16_777_216n, attributes: [] },
        storage: [{ name: 'default', quantityBytes: 134_217_728n, attributes: [] }],
        gpu: { units: 0n, attributes: [] },
        endpoints: [{ kind: 'SHARED_HTTP', sequenceNumber: 0 }],
      },
    },
  ],
};

/** Puts the deployment on chain, its hash being that of `manifest`. */
export const createDeployment = (
  world: FakeWorld,
  id: { readonly owner: string; readonly dseq: bigint },
  manifest: string,
  groups: readonly GroupSpec[] = [recordedGroup],
): void => {
  const deployment: Deployment = {
    id,
    state: 'active',
    hash: manifestVersion(JSON.parse(manifest)),
    createdAt: 1n,
    groups: groups.map((spec, index) => ({
      id: { ...id, gseq: index + 1 },
      state: 'open',
      spec,
      createdAt: 1n,
    })),
    escrow: { state: 'open', settledAt: 1n, funds: [], transferred: [] },
  };
  world.deployments.set(formatDeploymentId(id), deployment);
};

/** Makes a lease active on chain. */
export const createLease = (world: FakeWorld, id: LeaseId): void => {
  world.leases.set(formatLeaseId(id), aLease(id));
};
