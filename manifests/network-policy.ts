/** Who a lease's pods may talk with. Names are the Akash provider's (provider-wire 2.7); the rules are stricter. */
import { k8s } from 'cdk8s-plus-34';
import type { Construct } from 'constructs';
import { internetBlocks } from './egress-ranges.js';
import { exposes, hasLeasedIp, isNodePort } from './expose.js';
import { NAMESPACE, serviceSelector } from './labels.js';
import type { LeaseNamespace, LeaseWorkload, PodPeer } from './lease-workload.js';
import type { ManifestExpose, ManifestService } from './manifest.js';
import { namespacePartMetadata, workloadMetadata } from './metadata.js';
import { apiServerPolicyName, leaseNamespace, portPolicyName } from './names.js';
import { readsDeployment } from './pod-template.js';

const peer = ({ namespaceLabels, podLabels }: PodPeer): k8s.NetworkPolicyPeer => ({
  namespaceSelector: { matchLabels: namespaceLabels },
  podSelector: { matchLabels: podLabels },
});

const port = (number: number, protocol: string): k8s.NetworkPolicyPort => ({
  port: k8s.IntOrString.fromNumber(number),
  protocol,
});

/**
 * Denies everything but: in, from the lease's own namespace and the ingress controller; out, to the own namespace, the
 * cluster's DNS, and the internet without private, shared, metadata and cluster addresses.
 */
export const addDefaultNetworkPolicy = (scope: Construct, input: LeaseNamespace): void => {
  const { settings, leaseId } = input;
  const own: k8s.NetworkPolicyPeer = {
    namespaceSelector: { matchLabels: { [NAMESPACE]: leaseNamespace(leaseId) } },
  };
  new k8s.KubeNetworkPolicy(scope, 'default-network-policy', {
    metadata: namespacePartMetadata(input, 'akash-deployment-restrictions'),
    spec: {
      podSelector: {},
      policyTypes: ['Ingress', 'Egress'],
      ingress: [{ from: [own] }, { from: [peer(settings.ingressController)] }],
      egress: [
        { to: [own] },
        { to: [peer(settings.clusterDns)], ports: [port(53, 'UDP'), port(53, 'TCP')] },
        { to: internetBlocks(settings.clusterCidrs).map((ipBlock) => ({ ipBlock })) },
      ],
    },
  });
};

const addPortPolicy = (
  scope: Construct,
  input: LeaseWorkload,
  service: ManifestService,
  kind: 'np' | 'ip',
  open: readonly ManifestExpose[],
): void => {
  if (open.length === 0) return;
  const name = portPolicyName(service.name, kind);
  const unique = new Map(open.map((e) => [`${e.port}/${e.proto}`, port(e.port, e.proto)]));
  new k8s.KubeNetworkPolicy(scope, `network-policy-${name}`, {
    metadata: workloadMetadata(input, service.name, name),
    spec: {
      podSelector: { matchLabels: serviceSelector(input.leaseId, service.name) },
      policyTypes: ['Ingress'],
      // Without "from" the rule admits any source: these ports are open to the world.
      ingress: [{ ports: [...unique.values()] }],
    },
  });
};

const addApiServerPolicy = (
  scope: Construct,
  input: LeaseWorkload,
  service: ManifestService,
): void => {
  const { apiServerEndpoints } = input.settings;
  if (!readsDeployment(service) || apiServerEndpoints.length === 0) return;
  const name = apiServerPolicyName(service.name);
  new k8s.KubeNetworkPolicy(scope, `network-policy-${name}`, {
    metadata: workloadMetadata(input, service.name, name),
    spec: {
      podSelector: { matchLabels: serviceSelector(input.leaseId, service.name) },
      policyTypes: ['Egress'],
      egress: apiServerEndpoints.map((endpoint) => ({
        to: [{ ipBlock: { cidr: `${endpoint.ip}/${endpoint.ip.includes(':') ? 128 : 32}` } }],
        ports: [port(endpoint.port, 'TCP')],
      })),
    },
  });
};

/** Opens a service's ports to the world, and the API server to a service that may read from it. */
export const addServiceNetworkPolicies = (
  scope: Construct,
  input: LeaseWorkload,
  service: ManifestService,
): void => {
  addPortPolicy(scope, input, service, 'np', exposes(service).filter(isNodePort));
  addPortPolicy(scope, input, service, 'ip', exposes(service).filter(hasLeasedIp));
  addApiServerPolicy(scope, input, service);
};
