/** Refuses services whose Kubernetes objects would bear one name. */
import { exposes, externalPort, hasLeasedIp, isNodePort } from './expose.js';
import type { Place } from './finding.js';
import type { ManifestService } from './manifest.js';
import {
  apiServerPolicyName,
  loadBalancerName,
  nodePortServiceName,
  portPolicyName,
} from './names.js';
import { readsDeployment } from './pod-template.js';

/** Kind and name of every object of a service whose name is not simply the service's own. */
const objectNames = (service: ManifestService): ReadonlySet<string> => {
  const { name } = service;
  const worldPorts = exposes(service).filter(isNodePort);
  const leasedPorts = exposes(service).filter(hasLeasedIp);
  return new Set([
    `Service ${name}`,
    ...worldPorts.map(() => `Service ${nodePortServiceName(name)}`),
    ...worldPorts.map(() => `NetworkPolicy ${portPolicyName(name, 'np')}`),
    ...leasedPorts.map((e) => `Service ${loadBalancerName(name, externalPort(e), e.proto)}`),
    ...leasedPorts.map(() => `NetworkPolicy ${portPolicyName(name, 'ip')}`),
    ...(readsDeployment(service) ? [`NetworkPolicy ${apiServerPolicyName(name)}`] : []),
  ]);
};

/** Reports a service that takes a name which a service before it needs, such as `web-np` beside `web`. */
export const checkObjectNames = (services: readonly ManifestService[], place: Place): void => {
  const owners = new Map<string, string>();
  services.forEach((service, i) => {
    for (const object of objectNames(service)) {
      const owner = owners.get(object);
      if (owner !== undefined && owner !== service.name)
        place
          .at(i, 'name')
          .report('ServiceNameReserved', `${object} is already needed by service "${owner}"`);
      owners.set(object, service.name);
    }
  });
};
