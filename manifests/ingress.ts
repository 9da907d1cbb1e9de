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

/** The hostnames of a service: those it accepts, and its own where the provider gives them; withheld ones left out. */
export const ingressHosts = (
  { leaseId, settings, withheldHostnames = [] }: LeaseWorkload,
  service: ManifestService,
): readonly Host[] => {
  const hosts = new Map<string, ManifestExpose>();
  for (const expose of exposes(service).filter(isHttpIngress)) {
    const own = settings.staticHosts
      ? [staticIngressHost(leaseId, service.name, settings.ingressDomain)]
      : [];
    for (const name of [...own, ...(expose.hosts ?? [])])
      if (!hosts.has(name) && !withheldHostnames.includes(name)) hosts.set(name, expose);
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
