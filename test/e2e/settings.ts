/** Changes of policy while everything runs, as a provider makes them with kubectl. */
import { API_VERSION } from '../../crds/constants.js';
import type { ComputeProvider } from '../../crds/generated/types.js';
import { COMPUTE_PROVIDERS, PRICING_POLICIES } from '../../kube/resources.js';
import { waitFor } from '../peers/wait.js';
import { aPricingPolicy } from '../stack/policies.js';
import type { Stack } from '../stack/stack.js';
import { providerOf } from './expectations.js';

type ProviderSpec = ComputeProvider['spec'];

/** Puts these values over the ComputeProvider's. */
export const changeProvider = async (
  stack: Stack,
  change: {
    readonly bidding?: Partial<ProviderSpec['bidding']>;
    readonly leases?: Partial<ProviderSpec['leases']>;
  },
): Promise<void> => {
  const { spec, metadata } = await providerOf(stack);
  await stack.api.apply(COMPUTE_PROVIDERS, {
    apiVersion: API_VERSION,
    kind: 'ComputeProvider',
    metadata: { name: metadata.name },
    spec: {
      ...spec,
      bidding: { ...spec.bidding, ...change.bidding },
      leases: { ...spec.leases, ...change.leases },
    },
  });
};

/** Asks this much for every GPU from now on, and waits until the operator does; without a price, what the stack began with. */
export const changeGpuPrice = async (stack: Stack, usdPerHour?: string): Promise<void> => {
  const policy = aPricingPolicy();
  const { rates } = policy.spec;
  const gpus = rates.gpus.map((rate) =>
    usdPerHour === undefined ? rate : { ...rate, usdPerHour },
  );
  const { metadata } = await stack.api.apply(PRICING_POLICIES, {
    ...policy,
    spec: { ...policy.spec, rates: { ...rates, gpus } },
  });
  await waitFor(
    'the operator to have read the new price',
    async () => {
      const { status } = (await stack.api.get(PRICING_POLICIES, metadata)) ?? {};
      return status?.observedGeneration === metadata.generation || undefined;
    },
    { timeoutMs: 90_000 },
  );
};
