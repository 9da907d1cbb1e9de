/** What the cluster must hold so that names and the API server are reachable from pods: Services with hand-made endpoints. */
import {
  ApiException,
  CoreV1Api,
  DiscoveryV1Api,
  type KubeConfig,
  RbacAuthorizationV1Api,
} from '@kubernetes/client-node';
import { ADDRESSES } from './layout.js';

const DNS = { namespace: 'kube-system', name: 'kube-dns' } as const;
/** User of CoreDNS' client certificate. */
export const DNS_USER = 'system:coredns';

const DNS_PORTS = [
  { name: 'dns', port: 53, protocol: 'UDP' },
  { name: 'dns-tcp', port: 53, protocol: 'TCP' },
];

/** A node that was stopped and started again finds what its predecessor made. */
const unlessThere = async (create: Promise<unknown>): Promise<void> => {
  try {
    await create;
  } catch (error) {
    // A Service that would take an address that is dealt out already is invalid before it is a duplicate.
    const isThere =
      error instanceof ApiException &&
      (error.code === 409 ||
        (error.code === 422 && String(error.body).includes('provided IP is already allocated')));
    if (!isThere) throw error;
  }
};

const letDnsRead = async (config: KubeConfig): Promise<void> => {
  const rbac = config.makeApiClient(RbacAuthorizationV1Api);
  const metadata = { name: DNS_USER };
  const apiGroup = 'rbac.authorization.k8s.io';
  await unlessThere(
    rbac.createClusterRole({
      body: {
        metadata,
        rules: [
          {
            apiGroups: [''],
            resources: ['services', 'pods', 'namespaces'],
            verbs: ['list', 'watch'],
          },
          {
            apiGroups: ['discovery.k8s.io'],
            resources: ['endpointslices'],
            verbs: ['list', 'watch'],
          },
        ],
      },
    }),
  );
  await unlessThere(
    rbac.createClusterRoleBinding({
      body: {
        metadata,
        roleRef: { apiGroup, kind: 'ClusterRole', name: DNS_USER },
        subjects: [{ apiGroup, kind: 'User', name: DNS_USER }],
      },
    }),
  );
};

/** Creates them. Programs on the node answer, not pods: there is nothing of ours among the node's containers. */
export const createClusterServices = async (
  config: KubeConfig,
  apiServerPort: number,
): Promise<void> => {
  await letDnsRead(config);
  await unlessThere(
    config.makeApiClient(CoreV1Api).createNamespacedService({
      namespace: DNS.namespace,
      body: { metadata: { name: DNS.name }, spec: { clusterIP: ADDRESSES.dns, ports: DNS_PORTS } },
    }),
  );
  const discovery = config.makeApiClient(DiscoveryV1Api);
  await unlessThere(
    discovery.createNamespacedEndpointSlice({
      namespace: DNS.namespace,
      body: {
        metadata: { name: DNS.name, labels: { 'kubernetes.io/service-name': DNS.name } },
        addressType: 'IPv4',
        ports: DNS_PORTS,
        endpoints: [{ addresses: [ADDRESSES.node] }],
      },
    }),
  );
  await unlessThere(
    discovery.createNamespacedEndpointSlice({
      namespace: 'default',
      body: {
        metadata: { name: 'kubernetes', labels: { 'kubernetes.io/service-name': 'kubernetes' } },
        addressType: 'IPv4',
        ports: [{ name: 'https', port: apiServerPort, protocol: 'TCP' }],
        endpoints: [{ addresses: [ADDRESSES.outside] }],
      },
    }),
  );
};
