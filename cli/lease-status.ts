/** What a gateway tells of a lease (provider-wire 4.4), read tolerantly: other providers answer here too. */
import { z } from 'zod';

const service = z.looseObject({
  name: z.string(),
  available: z.number(),
  total: z.number(),
  uris: z.array(z.string()).nullish(),
});

const forwardedPort = z.looseObject({
  host: z.string().default(''),
  port: z.number(),
  externalPort: z.number(),
  proto: z.string(),
});

const leasedIp = z.looseObject({
  Port: z.number(),
  ExternalPort: z.number(),
  Protocol: z.string(),
  IP: z.string(),
});

const warning = z.looseObject({ code: z.string(), message: z.string() });

const wire = z.looseObject({
  services: z.record(z.string(), service).nullish(),
  forwarded_ports: z.record(z.string(), z.array(forwardedPort)).nullish(),
  ips: z.record(z.string(), z.array(leasedIp)).nullish(),
  warnings: z.array(warning).nullish(),
});

/** A port of the provider's that leads into a container. */
export interface ForwardedPort {
  readonly host: string;
  /** The container's. */
  readonly port: number;
  readonly externalPort: number;
  readonly proto: string;
}

/** A port of an address that the lease has to itself. */
export interface LeasedPort {
  readonly ip: string;
  readonly port: number;
  readonly externalPort: number;
  readonly proto: string;
}

/** One service as the gateway sees it. */
export interface ServiceStatus {
  readonly name: string;
  /** Replicas that are ready. */
  readonly available: number;
  readonly total: number;
  readonly uris: readonly string[];
  readonly ports: readonly ForwardedPort[];
  readonly ips: readonly LeasedPort[];
}

/** What the provider wants the tenant to know: a stable code and a sentence. */
export interface LeaseWarning {
  readonly code: string;
  readonly message: string;
}

export interface LeaseStatus {
  /** Only Berth's gateways give any. */
  readonly warnings: readonly LeaseWarning[];
  /** Sorted by name. */
  readonly services: readonly ServiceStatus[];
}

/** Reads a gateway's answer; `undefined` when it is not of this form. */
export const parseLeaseStatus = (json: unknown): LeaseStatus | undefined => {
  const read = wire.safeParse(json);
  if (!read.success) return undefined;
  const { services, forwarded_ports: forwarded, ips, warnings } = read.data;
  return {
    warnings: (warnings ?? []).map(({ code, message }) => ({ code, message })),
    services: Object.entries(services ?? {})
      .map(([key, s]) => ({
        name: s.name,
        available: s.available,
        total: s.total,
        uris: s.uris ?? [],
        ports: (forwarded?.[key] ?? []).map(({ host, port, externalPort, proto }) => ({
          host,
          port,
          externalPort,
          proto,
        })),
        ips: (ips?.[key] ?? []).map((ip) => ({
          ip: ip.IP,
          port: ip.Port,
          externalPort: ip.ExternalPort,
          proto: ip.Protocol,
        })),
      }))
      .sort((a, b) => (a.name < b.name ? -1 : 1)),
  };
};
