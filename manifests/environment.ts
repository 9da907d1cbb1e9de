/** The environment of a tenant's container. */
import type { k8s } from 'cdk8s-plus-34';
import type { LeaseWorkload } from './lease-workload.js';
import type { ManifestService } from './manifest.js';

/** What the Akash provider tells a container about itself (provider-wire 2.4). */
const leaseVariables = ({ leaseId, settings }: LeaseWorkload): readonly [string, string][] => [
  ['AKASH_GROUP_SEQUENCE', String(leaseId.gseq)],
  ['AKASH_DEPLOYMENT_SEQUENCE', String(leaseId.dseq)],
  ['AKASH_ORDER_SEQUENCE', String(leaseId.oseq)],
  ['AKASH_OWNER', leaseId.owner],
  ['AKASH_PROVIDER', leaseId.provider],
  ['AKASH_CLUSTER_PUBLIC_HOSTNAME', settings.publicHostname],
];

/** `K=V`, or `K` for an empty value; everything behind the first `=` is the value. */
const parsePair = (pair: string): [string, string] => {
  const at = pair.indexOf('=');
  return at === -1 ? [pair, ''] : [pair.slice(0, at), pair.slice(at + 1)];
};

/** The tenant's variables, then ours that it did not set. A name given twice keeps its last value. */
export const environment = (input: LeaseWorkload, service: ManifestService): k8s.EnvVar[] => {
  const given = new Map((service.env ?? []).map(parsePair));
  const missing = leaseVariables(input).filter(([name]) => !given.has(name));
  return [...given, ...missing].map(([name, value]) => ({ name, value }));
};
