/** Names that the Akash provider derives from a lease (provider-wire 2.1); ours are equal so that leases can be adopted. */
import { formatLeaseId, type LeaseId } from '../market/ids.js';
import { dnsUuidV5, sha224, sha256, toBase32Hex } from './digest.js';

/** The lease's namespace: base32hex of the SHA-224 of the lease path, 45 characters. */
export const leaseNamespace = (id: LeaseId): string => toBase32Hex(sha224(formatLeaseId(id)));

/** The first label of a service's own hostname, 26 characters; put the provider's ingress domain behind it. */
export const staticIngressLabel = (id: LeaseId, service: string): string =>
  toBase32Hex(dnsUuidV5(formatLeaseId(id) + service));

/** `<label>.<domain>`, the hostname that a service has without asking for one. */
export const staticIngressHost = (id: LeaseId, service: string, ingressDomain: string): string =>
  `${staticIngressLabel(id, service)}.${ingressDomain}`;

/**
 * The key under which load balancers share one address: services of one tenant that name the same endpoint.
 * An endpoint name that a Kubernetes annotation value could not carry safely is replaced by a digest.
 */
export const ipSharingKey = (owner: string, endpoint: string): string => {
  const name = /^[a-z\d-]+$/.test(endpoint)
    ? endpoint
    : toBase32Hex(sha256(endpoint).subarray(0, 15));
  return `${owner}-ip-${name}`;
};

/** Name of the NodePort service beside service `name`. */
export const nodePortServiceName = (name: string): string => `${name}-np`;

/** Name of the load balancer of one leased-IP port. */
export const loadBalancerName = (name: string, externalPort: number, protocol: string): string =>
  `${name}-ip-${externalPort}-${protocol.toLowerCase()}`;

/** Name of the network policy that opens a service's node ports or leased IPs to the world. */
export const portPolicyName = (name: string, kind: 'np' | 'ip'): string => `akash-${name}-${kind}`;

/** Name of the network policy that lets a service reach the API server. */
export const apiServerPolicyName = (name: string): string => `akash-apiserver-${name}`;

/** Name of the Secret with the registry credentials of service `name`. */
export const credentialsSecretName = (name: string): string => `docker-creds-${name}`;

/** Name of a volume of a service, and of its claim template. */
export const volumeName = (service: string, volume: string): string => `${service}-${volume}`;
