/** One Ingress per hostname, named after it, as the Akash provider has them. */
import { k8s } from 'cdk8s-plus-34';
import type { Construct } from 'constructs';
import { exposes, externalPort, isHttpIngress } from './expose.js';
import { ingressAnnotations } from './ingress-annotations.js';
import type { LeaseWorkload } from './lease-workload.js';
import type { ManifestExpose, ManifestService } from './manifest.js';
import { workloadMetadata } from './metadata.js';
import { staticIngressHost } from './names.js';

/** A hostname with the port that answers for it. */
interface Host {
  readonly name: string;
  readonly expose: ManifestExpose;
}

const ownHost = ({ leaseId, settings }: LeaseWorkload, service: ManifestService): string =>
  staticIngressHost(leaseId, service.name, settings.ingressDomain);

/** Names that are not this service's to take: withheld ones, and those that the provider gives its neighbours. */
const takenHosts = (input: LeaseWorkload, service: ManifestService): ReadonlySet<string> => {
  const neighbours = (input.group.services ?? []).filter(({ name }) => name !== service.name);
  return new Set([
    ...(input.withheldHostnames ?? []),
    ...neighbours.map((neighbour) => ownHost(input, neighbour)),
  ]);
};

/** The hostnames of a service: its own where the provider gives them, and those it accepts, each once. */
const ingressHosts = (input: LeaseWorkload, service: ManifestService): readonly Host[] => {
  const own = input.settings.staticHosts ? [ownHost(input, service)] : [];
  const taken = takenHosts(input, service);
  const hosts = new Map<string, ManifestExpose>();
  for (const expose of exposes(service).filter(isHttpIngress)) {
    for (const name of [...own, ...(expose.hosts ?? [])])
      if (!hosts.has(name) && !taken.has(name)) hosts.set(name, expose);
  }
  return [...hosts].map(([name, expose]) => ({ name, expose }));
};

/** Adds the service's ingresses. */
export const addIngresses = (
  scope: Construct,
  input: LeaseWorkload,
  service: ManifestService,
): void => {
  for (const { name, expose } of ingressHosts(input, service)) {
    const backend = {
      service: { name: service.name, port: { number: externalPort(expose) } },
    };
    new k8s.KubeIngress(scope, `ingress-${name}`, {
      metadata: workloadMetadata(input, service.name, name, {
        annotations: ingressAnnotations(expose.httpOptions),
      }),
      spec: {
        ingressClassName: input.settings.ingressClassName,
        rules: [{ host: name, http: { paths: [{ path: '/', pathType: 'Prefix', backend }] } }],
      },
    });
  }
};
