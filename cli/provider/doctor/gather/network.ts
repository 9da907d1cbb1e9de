/** What names resolve to, where the ingress is, and what a vantage sees. */
import { Resolver } from 'node:dns/promises';
import type { ComputeProvider } from '../../../../crds/generated/types.js';
import type { KubeApi } from '../../../../kube/api.js';
import { matchLabels, NAMESPACES, NODES, SERVICES } from '../../../../kube/resources.js';
import { errno } from '../../../errno.js';
import { askVantage } from '../../vantage/client.js';
import type { VantageTarget } from '../../vantage/client.js';
import { PUBLIC_PORTS } from '../../vantage/protocol.js';
import { known, unknown } from '../facts.js';
import type { DoctorFacts, Installation, Known, PodPeer, ResolvedName } from '../facts.js';
import { attempt } from './attempt.js';

export interface NetworkOptions {
  /** DNS servers as `address` or `address:port`; those of this machine when left out. */
  readonly dnsServers: readonly string[];
  /** Where the ingress is by the operator's word. */
  readonly ingressAddresses: readonly string[];
  readonly vantage: VantageTarget | undefined;
}

/** A label that no tenant's generated name has. */
const PROBE = 'berth-doctor';
const NOT_THERE = new Set(['ENOTFOUND', 'ENODATA']);

const lookUp = async (
  ask: () => Promise<readonly string[]>,
): Promise<readonly string[] | undefined> => {
  try {
    return await ask();
  } catch (error) {
    return NOT_THERE.has(errno(error) ?? '') ? [] : undefined;
  }
};

const resolveName = async (
  resolver: Resolver,
  name: string,
  fromCluster: readonly string[],
): Promise<Known<ResolvedName>> => {
  if (name === 'localhost') return known({ name, addresses: ['127.0.0.1'] });
  const [four, six] = await Promise.all([
    lookUp(() => resolver.resolve4(name)),
    lookUp(() => resolver.resolve6(name)),
  ]);
  if (four === undefined && six === undefined)
    return unknown(`DNS did not answer for ${name} (asked ${fromCluster.join(', ')})`);
  return known({ name, addresses: [...(four ?? []), ...(six ?? [])] });
};

const loadBalancers = async (
  api: Pick<KubeApi, 'list'>,
  { namespaceLabels, podLabels }: PodPeer,
): Promise<readonly string[]> => {
  const { items } = await api.list(NAMESPACES, { labelSelector: matchLabels(namespaceLabels) });
  const services = await Promise.all(
    items.map(({ metadata }) =>
      api.list(SERVICES, { namespace: metadata.name, labelSelector: matchLabels(podLabels) }),
    ),
  );
  return services
    .flatMap((s) => s.items)
    .flatMap((s) => s.status?.loadBalancer?.ingress ?? [])
    .flatMap((i) => i.ip ?? []);
};

/** A controller without a load balancer listens on the nodes themselves. */
const nodeAddresses = async (api: Pick<KubeApi, 'list'>): Promise<readonly string[]> => {
  const { items } = await api.list(NODES);
  const of = (type: string): readonly string[] =>
    items.flatMap((n) =>
      (n.status?.addresses ?? []).filter((a) => a.type === type).map((a) => a.address),
    );
  const external = of('ExternalIP');
  return external.length > 0 ? external : of('InternalIP');
};

const findIngress = (
  api: Pick<KubeApi, 'list'>,
  { ingressPods }: Installation,
  stated: readonly string[],
): Promise<DoctorFacts['ingressAddresses']> =>
  attempt(async () => {
    if (stated.length > 0) return { addresses: stated, stated: true };
    const balanced = await loadBalancers(api, ingressPods);
    return {
      addresses: balanced.length > 0 ? balanced : await nodeAddresses(api),
      stated: false,
    };
  });

type Ports = DoctorFacts['ports'];

const look = async (
  vantage: VantageTarget | undefined,
  { hostUri, ingress }: ComputeProvider['spec'],
  signal: AbortSignal,
): Promise<Ports> => {
  if (vantage === undefined)
    return unknown('no vantage is given; from inside, nobody can tell what the internet reaches');
  const { hostname, port } = new URL(hostUri);
  const [own = 8443, grpc = 8444, ...web] = PUBLIC_PORTS;
  const gateway = [port === '' ? own : Number(port), grpc];
  const seen = [];
  for (const [host, ports] of [
    [hostname, gateway],
    [`${PROBE}.${ingress.domain}`, web],
  ] as const) {
    const answer = await askVantage(vantage, host, ports, signal);
    if (!answer.ok) return unknown(answer.why);
    seen.push(...answer.results.map((r) => ({ ...r, host })));
  }
  return known(seen);
};

type NetworkFacts = Pick<DoctorFacts, 'host' | 'wildcard' | 'ingressAddresses' | 'ports'>;

export const gatherNetwork = async (
  api: Pick<KubeApi, 'list'>,
  installation: Installation,
  provider: Known<ComputeProvider | undefined>,
  options: NetworkOptions,
  signal: AbortSignal,
): Promise<NetworkFacts> => {
  const ingressAddresses = await findIngress(api, installation, options.ingressAddresses);
  const spec = provider.known ? provider.value?.spec : undefined;
  if (spec === undefined) {
    const why = unknown('there is no ComputeProvider that names the hosts');
    return { host: why, wildcard: why, ports: why, ingressAddresses };
  }
  const resolver = new Resolver({ timeout: 3_000, tries: 2 });
  if (options.dnsServers.length > 0) resolver.setServers([...options.dnsServers]);
  const servers = resolver.getServers();
  const [host, wildcard, ports] = await Promise.all([
    resolveName(resolver, new URL(spec.hostUri).hostname, servers),
    resolveName(resolver, `${PROBE}.${spec.ingress.domain}`, servers),
    look(options.vantage, spec, signal),
  ]);
  return { host, wildcard, ports, ingressAddresses };
};
