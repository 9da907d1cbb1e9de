/** Static checks of the ports that a service exposes. */
import { externalPort, hasLeasedIp, isHttpIngress, isNodePort } from './expose.js';
import type { Place } from './finding.js';
import type { ManifestExpose, ManifestHttpOptions } from './manifest.js';

/** What the checks of one expose need to know of the provider and of the exposes before it. */
export interface ExposeRules {
  readonly staticHosts: boolean;
  /** Hostnames seen so far in the manifest, which the checks add to. */
  readonly hosts: Map<string, string>;
  /** Leased addresses and ports seen so far in the group, likewise. */
  readonly addresses: Set<string>;
}

/** A lower-case DNS-1123 subdomain of at most 253 characters, which is also the longest name of a Kubernetes object. */
export const isHostname = (text: string): boolean =>
  text.length <= 253 &&
  /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/.test(text);

/** Order that a manifest must keep its exposes in: service, port, protocol, the global one first. */
const isBefore = (a: ManifestExpose, b: ManifestExpose): boolean => {
  if (a.service !== b.service) return a.service < b.service;
  if (a.port !== b.port) return a.port < b.port;
  if (a.proto !== b.proto) return a.proto < b.proto;
  return a.global && !b.global;
};

/** What a tenant may ask of the shared ingress (limits of the SDL schema): bytes, milliseconds, tries. */
const HTTP_LIMITS = {
  maxBodySize: 104_857_600,
  readTimeout: 60_000,
  sendTimeout: 60_000,
  nextTries: 100,
  nextTimeout: 600_000,
  proxyBufferSize: 1_048_576,
} as const;

/** Failures after which a request may be tried on another replica. */
export const NEXT_CASES: readonly string[] = [
  'error',
  'timeout',
  '500',
  '502',
  '503',
  '504',
  '403',
  '404',
  '429',
  'off',
];

const checkHttpOptions = (options: ManifestHttpOptions, place: Place): void => {
  for (const [name, limit] of Object.entries(HTTP_LIMITS)) {
    const value = options[name as keyof typeof HTTP_LIMITS] ?? 0;
    if (value > limit)
      place.at(name).report('HttpOptionOutOfRange', `${value} is more than the ${limit} allowed`);
  }
  const cases = options.nextCases ?? [];
  cases.forEach((name, i) => {
    if (!NEXT_CASES.includes(name))
      place
        .at('nextCases', i)
        .report('HttpOptionOutOfRange', `"${name}" is none of ${NEXT_CASES.join(', ')}`);
  });
  if (cases.length > 1 && cases.includes('off'))
    place.at('nextCases').report('HttpOptionOutOfRange', '"off" must stand alone');
};

const checkHosts = (expose: ManifestExpose, place: Place, rules: ExposeRules): void => {
  const hosts = expose.hosts ?? [];
  if (isHttpIngress(expose) && hosts.length === 0 && !rules.staticHosts)
    place
      .at('hosts')
      .report('HostnameMissing', 'this provider gives no hostnames: name at least one to accept');
  hosts.forEach((host, i) => {
    const at = place.at('hosts', i);
    if (!isHostname(host))
      at.report('HostnameInvalid', `"${host}" is not a lower-case DNS name of at most 253 letters`);
    else if (rules.hosts.has(host))
      at.report('HostnameDuplicate', `"${host}" is already used by ${rules.hosts.get(host) ?? ''}`);
    else rules.hosts.set(host, at.field);
  });
};

const checkExpose = (expose: ManifestExpose, place: Place, rules: ExposeRules): void => {
  if (expose.port < 1 || expose.port > 65535)
    place.at('port').report('PortInvalid', `${expose.port} is not between 1 and 65535`);
  if (expose.externalPort > 65535)
    place.at('externalPort').report('PortInvalid', `${expose.externalPort} is above 65535`);
  if (expose.proto !== 'TCP' && expose.proto !== 'UDP')
    place.at('proto').report('ProtocolInvalid', `"${expose.proto}" is neither TCP nor UDP`);
  if (expose.ip !== '' && !expose.global)
    place.at('ip').report('LeasedIpNotGlobal', 'a port at a leased IP must be global');
  if (hasLeasedIp(expose) && expose.endpointSequenceNumber === 0)
    place
      .at('endpointSequenceNumber')
      .report('LeasedIpWithoutNumber', 'a port at a leased IP must give its endpoint number');
  checkHosts(expose, place, rules);
  checkHttpOptions(expose.httpOptions, place.at('httpOptions'));
};

/**
 * Ports that would fall on one another: a Kubernetes service has each port and protocol once, and so has a leased IP.
 * Ports between services and HTTP share a service; ports open to the world share another.
 */
const checkCollisions = (
  list: readonly ManifestExpose[],
  place: Place,
  rules: ExposeRules,
): void => {
  const targets = new Map<string, number>();
  const balancers = new Set<string>();
  list.forEach((expose, i) => {
    const port = `${externalPort(expose)}/${expose.proto}`;
    const at = place.at(i, 'externalPort');
    const key = `${port} ${isNodePort(expose) ? 'world' : 'inside'}`;
    if ((targets.get(key) ?? expose.port) !== expose.port)
      at.report('ExternalPortConflict', `${port} already leads to another port of the service`);
    targets.set(key, expose.port);
    if (!hasLeasedIp(expose)) return;
    const address = `${expose.ip} ${port}`;
    if (balancers.has(port) || rules.addresses.has(address))
      at.report('LeasedIpPortDuplicate', `${port} at "${expose.ip}" is used twice`);
    balancers.add(port);
    rules.addresses.add(address);
  });
};

/** Reports every fault of a service's ports. */
export const checkExposes = (
  list: readonly ManifestExpose[],
  place: Place,
  rules: ExposeRules,
): void => {
  list.forEach((expose, i) => {
    const before = list[i - 1];
    if (before !== undefined && isBefore(expose, before))
      place
        .at(i)
        .report(
          'ExposeNotSorted',
          'ports must be sorted by service, port and protocol, global first',
        );
    checkExpose(expose, place.at(i), rules);
  });
  checkCollisions(list, place, rules);
};
