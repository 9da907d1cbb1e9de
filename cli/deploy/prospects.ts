/** How many providers could have bid, as far as their records on chain tell: why nobody did. Pure. */
import { keyMatches, missingAttributes } from '../../market/attributes.js';
import type { Provider } from '../../market/records.js';
import type { GroupSpec } from '../../market/resources.js';

const GPU_PREFIX = 'capabilities/gpu/';

/** The chain takes a bid only from a provider with a GPU capability for each GPU unit (provider-wire 7.1). */
const hasGpus = (group: GroupSpec, provider: Provider): boolean =>
  group.units.every(({ resources: { gpu } }) => {
    if (gpu.units === 0n || gpu.attributes.length === 0) return true;
    return gpu.attributes.some((want) =>
      provider.attributes.some(
        (have) =>
          have.value === want.value &&
          have.key.startsWith(GPU_PREFIX) &&
          keyMatches(want.key, have.key.slice(GPU_PREFIX.length)),
      ),
    );
  });

const hasAttributes = (group: GroupSpec, provider: Provider): boolean =>
  missingAttributes(group.requirements.attributes, provider.attributes).length === 0;

const count = (n: number, what: string): string => `${n} ${what}${n === 1 ? '' : 's'}`;

/** One sentence for a group that got no bid. */
export const prospectsOf = (group: GroupSpec, providers: readonly Provider[]): string => {
  const all = `Of ${count(providers.length, 'registered provider')}`;
  const placed = providers.filter((p) => hasAttributes(group, p));
  const able = placed.filter((p) => hasGpus(group, p));
  const wanted = group.requirements.attributes.map((a) => `${a.key}=${a.value}`).join(', ');
  const reasons = [
    ...(placed.length === providers.length
      ? []
      : [`${providers.length - placed.length} without the attributes ${wanted}`]),
    ...(able.length === placed.length
      ? []
      : [`${placed.length - able.length} without a GPU that it accepts`]),
  ];
  const why = reasons.length === 0 ? '' : ` (${reasons.join(', ')})`;
  const rest =
    able.length === 0
      ? ''
      : '; they may be full, ask more than it pays, lack an auditor it demands, or be away';
  return `${all}, ${able.length} could serve group ${group.name} by their records on chain${why}${rest}.`;
};
