/** How a service is reached: by name within the lease, at a node's port, or at a leased IP (provider-wire 2.6, 2.11). */
import { k8s } from 'cdk8s-plus-34';
import type { Construct } from 'constructs';
import { exposes, externalPort, hasLeasedIp, isNodePort } from './expose.js';
import { SERVICE_TARGET, serviceSelector } from './labels.js';
import type { LeaseWorkload } from './lease-workload.js';
import type { ManifestExpose, ManifestService } from './manifest.js';
import { workloadMetadata } from './metadata.js';
import { ipSharingKey, loadBalancerName, nodePortServiceName } from './names.js';

/** Names carry the index in the manifest; a port and protocol that comes twice is kept once, TCP and UDP both. */
const servicePorts = (
  service: ManifestService,
  isWanted: (expose: ManifestExpose) => boolean,
): k8s.ServicePort[] => {
  const ports = new Map<string, k8s.ServicePort>();
  exposes(service).forEach((expose, index) => {
    const port = externalPort(expose);
    const key = `${port}/${expose.proto}`;
    if (!isWanted(expose) || ports.has(key)) return;
    ports.set(key, {
      name: `${index}-${port}`,
      port,
      targetPort: k8s.IntOrString.fromNumber(expose.port),
      protocol: expose.proto,
    });
  });
  return [...ports.values()];
};

const addPlainService = (
  scope: Construct,
  input: LeaseWorkload,
  service: ManifestService,
  type: 'ClusterIP' | 'NodePort',
): void => {
  const inside = type === 'ClusterIP';
  const name = inside ? service.name : nodePortServiceName(service.name);
  const ports = servicePorts(service, (expose) => isNodePort(expose) !== inside);
  if (ports.length === 0) return;
  new k8s.KubeService(scope, `service-${name}`, {
    metadata: workloadMetadata(input, service.name, name),
    spec: { type, selector: serviceSelector(input.leaseId, service.name), ports },
  });
};

const addLoadBalancer = (
  scope: Construct,
  input: LeaseWorkload,
  service: ManifestService,
  expose: ManifestExpose,
): void => {
  const { leaseId, settings } = input;
  const port = externalPort(expose);
  const name = loadBalancerName(service.name, port, expose.proto);
  new k8s.KubeService(scope, `service-${name}`, {
    metadata: workloadMetadata(input, service.name, name, {
      labels: { [SERVICE_TARGET]: 'metal-lb' },
      annotations: {
        'metallb.universe.tf/allow-shared-ip': ipSharingKey(leaseId.owner, expose.ip),
        ...(settings.ipAddressPool !== undefined && {
          'metallb.universe.tf/address-pool': settings.ipAddressPool,
        }),
      },
    }),
    spec: {
      type: 'LoadBalancer',
      // The address leads straight to the pods: a node port beside it would be open for nothing.
      allocateLoadBalancerNodePorts: false,
      selector: serviceSelector(leaseId, service.name),
      ports: [
        {
          name: `0-${port}`,
          port,
          targetPort: k8s.IntOrString.fromNumber(expose.port),
          protocol: expose.proto,
        },
      ],
    },
  });
};

/** Adds every Kubernetes service that the manifest's service needs; none when it exposes nothing. */
export const addServices = (
  scope: Construct,
  input: LeaseWorkload,
  service: ManifestService,
): void => {
  addPlainService(scope, input, service, 'ClusterIP');
  addPlainService(scope, input, service, 'NodePort');
  for (const expose of exposes(service).filter(hasLeasedIp))
    addLoadBalancer(scope, input, service, expose);
};
