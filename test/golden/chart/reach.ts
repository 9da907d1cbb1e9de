/**
 * Who may reach whom by the rules of NetworkPolicy (networking.k8s.io/v1): a pod that a policy selects in a direction takes what some
 * policy allows in that direction, one that none selects takes everything; a connection needs both ends' consent. An ipBlock
 * covers pods too, as far as their addresses lie in it.
 */
import { BlockList, isIPv6 } from 'node:net';
import type { RenderedObject } from '../../../hack/render-chart.js';

/** A pod, or with no namespace somebody outside the cluster. */
export interface Party {
  readonly name: string;
  readonly ip: string;
  readonly namespace?: string;
  readonly labels?: Readonly<Record<string, string>>;
}

interface Selector {
  readonly matchLabels?: Readonly<Record<string, string>>;
}
interface Peer {
  readonly podSelector?: Selector;
  readonly namespaceSelector?: Selector;
  readonly ipBlock?: { readonly cidr: string; readonly except?: readonly string[] };
}
interface Rule {
  readonly from?: readonly Peer[];
  readonly to?: readonly Peer[];
  readonly ports?: readonly { readonly protocol?: string; readonly port?: number }[];
}
interface Spec {
  readonly podSelector: Selector;
  readonly policyTypes: readonly string[];
  readonly ingress?: readonly Rule[];
  readonly egress?: readonly Rule[];
}

/** Only equality is used, so only that is understood. @throws for a selector of another kind */
const selects = (
  selector: Selector,
  labels: Readonly<Record<string, string>> | undefined,
): boolean => {
  const { matchLabels = {}, ...others } = selector;
  if (Object.keys(others).length > 0) throw new Error('only matchLabels are understood');
  return Object.entries(matchLabels).every(([key, value]) => labels?.[key] === value);
};

const inRange = (cidr: string, ip: string): boolean => {
  const [network = '', bits] = cidr.split('/');
  const family = isIPv6(network) ? 'ipv6' : 'ipv4';
  if (isIPv6(ip) !== (family === 'ipv6')) return false;
  const list = new BlockList();
  list.addSubnet(network, Number(bits), family);
  return list.check(ip, family);
};

const isPeer = (peer: Peer, party: Party, policyNamespace: string): boolean => {
  if (peer.ipBlock !== undefined) {
    const { cidr, except = [] } = peer.ipBlock;
    return inRange(cidr, party.ip) && !except.some((range) => inRange(range, party.ip));
  }
  if (party.namespace === undefined) return false;
  const { namespaceSelector, podSelector } = peer;
  const isThere =
    namespaceSelector === undefined
      ? party.namespace === policyNamespace
      : selects(namespaceSelector, { 'kubernetes.io/metadata.name': party.namespace });
  return isThere && (podSelector === undefined || selects(podSelector, party.labels));
};

const allows = (
  rule: Rule,
  peers: readonly Peer[] | undefined,
  other: Party,
  at: { readonly namespace: string; readonly port: number; readonly protocol: string },
): boolean =>
  (peers === undefined ||
    peers.length === 0 ||
    peers.some((peer) => isPeer(peer, other, at.namespace))) &&
  (rule.ports === undefined ||
    rule.ports.length === 0 ||
    rule.ports.some(
      (p) => (p.protocol ?? 'TCP') === at.protocol && (p.port === undefined || p.port === at.port),
    ));

/** A judge of connections under the NetworkPolicies among `objects`. */
export const createReach = (
  objects: readonly RenderedObject[],
): ((from: Party, to: Party, port: number, protocol?: string) => boolean) => {
  const policies = objects.filter((o) => o.kind === 'NetworkPolicy');
  const consents = (
    party: Party,
    direction: 'Ingress' | 'Egress',
    other: Party,
    port: number,
    protocol: string,
  ): boolean => {
    const { namespace } = party;
    if (namespace === undefined) return true;
    const mine = policies
      .filter((p) => p.metadata.namespace === namespace)
      .map((p) => p['spec'] as Spec)
      .filter((s) => s.policyTypes.includes(direction) && selects(s.podSelector, party.labels));
    if (mine.length === 0) return true;
    const at = { namespace, port, protocol };
    return mine.some(({ ingress = [], egress = [] }) =>
      direction === 'Ingress'
        ? ingress.some((rule) => allows(rule, rule.from, other, at))
        : egress.some((rule) => allows(rule, rule.to, other, at)),
    );
  };
  return (from, to, port, protocol = 'TCP') =>
    consents(from, 'Egress', to, port, protocol) && consents(to, 'Ingress', from, port, protocol);
};
