/** The JSON of lease and service status, in the exact casing and with the nulls of provider-wire 4.4. */
import type { LeaseWarning, LeaseWorkload, LeasedIp, ServiceWorkload } from '../ports.js';

/** `GET /lease/…/service/{name}/status`. */
export interface ServiceStatusJson {
  readonly name: string;
  readonly available: number;
  readonly total: number;
  /** `null` when the service answers no HTTP. */
  readonly uris: readonly string[] | null;
  readonly observed_generation: number;
  readonly replicas: number;
  readonly updated_replicas: number;
  readonly ready_replicas: number;
  readonly available_replicas: number;
}

export interface ForwardedPortJson {
  readonly host: string;
  readonly port: number;
  readonly externalPort: number;
  readonly proto: 'TCP' | 'UDP';
  readonly name: string;
}

/** Keys are capitalised here and nowhere else: the Akash provider's type has no JSON names. */
export interface LeasedIpJson {
  readonly Port: number;
  readonly ExternalPort: number;
  readonly Protocol: string;
  readonly IP: string;
}

/** `GET /lease/…/status`. */
export interface LeaseStatusJson {
  readonly services: Readonly<Record<string, ServiceStatusJson>>;
  readonly forwarded_ports: Readonly<Record<string, readonly ForwardedPortJson[]>> | null;
  readonly ips: Readonly<Record<string, readonly LeasedIpJson[]>> | null;
  /** Berth's own, absent without one: clients of the Akash provider ignore fields that they do not know. */
  readonly warnings?: readonly LeaseWarning[];
}

/** One service. */
export const serviceStatusJson = (service: ServiceWorkload): ServiceStatusJson => ({
  name: service.name,
  available: service.availableReplicas,
  total: service.replicas,
  uris: service.hosts.length === 0 ? null : service.hosts,
  observed_generation: service.observedGeneration,
  replicas: service.replicas,
  updated_replicas: service.updatedReplicas,
  ready_replicas: service.readyReplicas,
  available_replicas: service.availableReplicas,
});

const leasedIpJson = (ip: LeasedIp): LeasedIpJson => ({
  Port: ip.port,
  ExternalPort: ip.externalPort,
  Protocol: ip.protocol,
  IP: ip.ip,
});

/** Lists by service, or `null` when there is nothing to list. */
const byService = <T extends { readonly service: string }, J>(
  items: readonly T[],
  json: (item: T) => J,
): Readonly<Record<string, readonly J[]>> | null => {
  if (items.length === 0) return null;
  const lists = new Map<string, J[]>();
  for (const item of items) {
    lists.set(item.service, [...(lists.get(item.service) ?? []), json(item)]);
  }
  return Object.fromEntries(lists);
};

/** The whole lease, or only `services` of it when the caller is limited to some. */
export const leaseStatusJson = (
  workload: LeaseWorkload,
  publicHostname: string,
  services: readonly string[] | undefined,
): LeaseStatusJson => {
  const visible = (name: string): boolean => services?.includes(name) ?? true;
  return {
    services: Object.fromEntries(
      workload.services
        .filter((service) => visible(service.name))
        .map((service) => [service.name, serviceStatusJson(service)]),
    ),
    forwarded_ports: byService(
      workload.forwardedPorts.filter((port) => visible(port.service)),
      (port): ForwardedPortJson => ({
        host: publicHostname,
        port: port.port,
        externalPort: port.externalPort,
        proto: port.protocol,
        name: port.service,
      }),
    ),
    ips: byService(
      workload.leasedIps.filter((ip) => visible(ip.service)),
      leasedIpJson,
    ),
    ...(workload.warnings === undefined
      ? {}
      : { warnings: workload.warnings.map(({ code, message }) => ({ code, message })) }),
  };
};
