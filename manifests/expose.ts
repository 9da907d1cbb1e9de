/** What an exposed port means: an HTTP ingress, a port open to the world, or one between the services of a lease. */
import type { EndpointKind } from '../market/resources.js';
import type { ManifestExpose, ManifestService } from './manifest.js';

/** The port that others see; 0 stands for the container's own. */
export const externalPort = (expose: ManifestExpose): number =>
  expose.externalPort === 0 ? expose.port : expose.externalPort;

/** Served through the HTTP ingress: TCP, to the world, on port 80 (provider-wire 2.6). */
export const isHttpIngress = (expose: ManifestExpose): boolean =>
  expose.global && expose.proto === 'TCP' && externalPort(expose) === 80;

/** Open to the world on a port of its own. */
export const isNodePort = (expose: ManifestExpose): boolean =>
  expose.global && !isHttpIngress(expose);

/** Reachable at a leased IP address. */
export const hasLeasedIp = (expose: ManifestExpose): boolean => expose.global && expose.ip !== '';

/** A service's ports in their order, which is part of their names. */
export const exposes = (service: ManifestService): readonly ManifestExpose[] =>
  service.expose ?? [];

/** An endpoint that an exposed port uses up. */
export interface UsedEndpoint {
  readonly kind: EndpointKind;
  readonly sequenceNumber: number;
}

/** The endpoints of the on-chain group that an exposed port uses; none for a port between services. */
export const usedEndpoints = (expose: ManifestExpose): readonly UsedEndpoint[] => {
  if (!expose.global) return [];
  const kind = isHttpIngress(expose) ? 'SHARED_HTTP' : 'RANDOM_PORT';
  const own: UsedEndpoint = { kind, sequenceNumber: 0 };
  return expose.ip === ''
    ? [own]
    : [own, { kind: 'LEASED_IP', sequenceNumber: expose.endpointSequenceNumber }];
};
