/** Static checks of a manifest, before it is compared with anything on chain (provider-wire 5.2). */
import type { Reason } from '../market/reasons.js';
import { exposes } from './expose.js';
import { type Place, placeIn } from './finding.js';
import type { Manifest, ManifestGroup } from './manifest.js';
import { checkExposes, type ExposeRules } from './validate-expose.js';
import { checkObjectNames } from './validate-names.js';
import { checkService } from './validate-service.js';

const checkOrder = (names: readonly string[], place: Place): void => {
  names.forEach((name, i) => {
    const before = names[i - 1];
    if (before === undefined) return;
    if (before === name)
      place.at(i, 'name').report('ServiceNameDuplicate', `"${name}" is used twice in the group`);
    else if (before > name)
      place.at(i, 'name').report('ServicesNotSorted', `"${name}" must stand before "${before}"`);
  });
};

const checkGroup = (
  group: ManifestGroup,
  place: Place,
  rules: Omit<ExposeRules, 'addresses'>,
): void => {
  const services = group.services ?? [];
  if (services.length === 0) {
    place.at('services').report('GroupWithoutServices', 'a group must have at least one service');
    return;
  }
  checkOrder(
    services.map((s) => s.name),
    place.at('services'),
  );
  // Groups are leased one by one, each with addresses of its own; hostnames are the world's.
  const groupRules: ExposeRules = { ...rules, addresses: new Set() };
  services.forEach((service, i) => {
    const at = place.at('services', i);
    checkService(service, at);
    checkExposes(exposes(service), at.at('expose'), groupRules);
  });
  checkObjectNames(services, place.at('services'));
  if (!services.some((service) => exposes(service).some((e) => e.global)))
    place.report('NoGlobalExpose', 'at least one service of the group must expose a global port');
};

/** What of this provider decides whether a manifest can be served. */
export interface ValidationSettings {
  /** Whether services get a hostname of their own; without it an HTTP port must name its hosts. */
  readonly staticHosts: boolean;
}

/**
 * Every fault of the manifest that can be seen without the chain, each with a stable code and the path of its field; an
 * empty list means that it can be cross-validated and, after that, built.
 */
export const validateManifest = (
  manifest: Manifest,
  settings: ValidationSettings = { staticHosts: true },
): readonly Reason[] => {
  const found: Reason[] = [];
  const root = placeIn(found);
  if (manifest.length === 0)
    root.report('ManifestEmpty', 'a manifest must have at least one group');
  const names = new Set<string>();
  const rules = { ...settings, hosts: new Map<string, string>() };
  manifest.forEach((group, i) => {
    const at = root.at(i);
    if (group.name === '') at.at('name').report('GroupNameEmpty', 'a group must have a name');
    if (names.has(group.name))
      at.at('name').report('GroupNameDuplicate', `"${group.name}" is used twice`);
    names.add(group.name);
    checkGroup(group, at, rules);
  });
  return found;
};
