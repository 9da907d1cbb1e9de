/** Names and ports: what tenants and the internet need to get through. */
import { when } from '../check.js';
import type { Check } from '../check.js';
import { fault, notChecked, ok, orOk, warning } from '../finding.js';
import type { Finding } from '../finding.js';

export const clusterDns: Check = {
  name: 'cluster DNS',
  run: ({ dnsPodsReady, installation }) =>
    when(dnsPodsReady, (ready) => {
      if (ready > 0) return [ok(`${ready} DNS pods are ready`)];
      const { namespaceLabels, podLabels } = installation.dnsPods;
      const selector = Object.entries({ ...namespaceLabels, ...podLabels })
        .map(([key, value]) => `${key}=${value}`)
        .join(', ');
      return [
        fault('ClusterDnsMissing', `no ready pod is labelled ${selector}`, {
          fix: "Start CoreDNS, or set operator.config.clusterDns in the chart's values to the labels of the pods that answer DNS.",
        }),
      ];
    }),
};

export const ingressClass: Check = {
  name: 'ingress class',
  run: ({ ingressClasses, provider }) =>
    when(ingressClasses, (there) =>
      when(provider, (object) => {
        const wanted = object?.spec.ingress.className;
        if (wanted === undefined)
          return [ok(`the cluster's default of ${there.join(', ') || 'no class'} is used`)];
        if (there.includes(wanted)) return [ok(`IngressClass ${wanted} exists`)];
        return [
          fault('IngressClassMissing', `there is no IngressClass "${wanted}"`, {
            subject: `ingressclass/${wanted}`,
            fix: `Install the ingress controller, or set spec.ingress.className to one of: ${there.join(', ') || '(none is there)'}`,
          }),
        ];
      }),
    ),
};

export const hostName: Check = {
  name: 'host name',
  run: ({ host }) =>
    when(host, ({ name, addresses }) =>
      addresses.length > 0
        ? [ok(`${name} is ${addresses.join(', ')}`)]
        : [
            fault('HostUnresolved', `${name} does not resolve: no tenant finds the gateway`, {
              fix: `Create a DNS record A ${name} with the address of the gateway's Service.`,
            }),
          ],
    ),
};

/** RFC 1918, RFC 6598, loopback and link-local: an ingress there is behind a router, whose address is another. */
const PRIVATE =
  /^(10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.|127\.|169\.254\.|::1$|f[cd])/;

export const wildcardDns: Check = {
  name: 'wildcard DNS',
  run: ({ wildcard, ingressAddresses }) =>
    when(wildcard, ({ name, addresses }): readonly Finding[] => {
      const domain = name.slice(name.indexOf('.') + 1);
      const expected = ingressAddresses.known ? ingressAddresses.value.addresses : [];
      const record = `Create a DNS record A *.${domain} with ${expected.join(', ') || "the ingress controller's address"}.`;
      if (addresses.length === 0)
        return [
          fault('WildcardDnsMissing', `${name} does not resolve: tenants' names lead nowhere`, {
            fix: record,
          }),
        ];
      const shown = `${name} is ${addresses.join(', ')}`;
      if (!ingressAddresses.known || expected.length === 0)
        return [
          notChecked(
            `${shown}; where the ingress is could not be found out`,
            'Say so with --ingress-address ADDRESS.',
          ),
        ];
      if (addresses.some((a) => expected.includes(a))) return [ok(shown)];
      const message = `${shown}, the ingress is at ${expected.join(', ')}`;
      if (!ingressAddresses.value.stated && expected.every((a) => PRIVATE.test(a)))
        return [
          warning('WildcardDnsElsewhere', `${message}: right only behind a router that forwards`, {
            fix: 'Say what is right with --ingress-address ADDRESS.',
          }),
        ];
      return [fault('WildcardDnsElsewhere', message, { fix: record })];
    }),
};

const WORDS = {
  open: 'is open',
  refused: 'is refused: nobody listens there',
  timeout: 'does not answer: a firewall drops it',
  unreachable: 'cannot be reached',
  nameUnresolved: 'cannot be tried: its name does not resolve there',
} as const;

export const publicPorts: Check = {
  name: 'public ports',
  run: ({ ports }) => {
    if (!ports.known)
      return [
        notChecked(
          ports.why,
          'On a machine elsewhere: berth provider vantage --token-file FILE --host HOST   and then: berth provider doctor --vantage URL --vantage-token-file FILE',
        ),
      ];
    const closed = ports.value.filter((p) => p.outcome !== 'open');
    return orOk(
      closed.map(({ host, port, outcome }) =>
        fault('PortClosed', `from the vantage, ${host}:${port} ${WORDS[outcome]}`, {
          subject: `port/${port}`,
          fix: `Let TCP ${port} through firewall and router to ${port === 80 || port === 443 ? 'the ingress controller' : "the gateway's Service"}.`,
        }),
      ),
      `open from the vantage: ${ports.value.map((p) => p.port).join(', ')}`,
    );
  },
};
