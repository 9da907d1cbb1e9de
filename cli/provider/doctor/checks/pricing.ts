/** Price books, and whether every GPU that is there has a price. */
import { gpuRate } from '../../../../bidengine/gpu-rate.js';
import type { PricingPolicy } from '../../../../bidengine/pricing-policy.js';
import { formatGpu } from '../../../../market/gpu.js';
import { policyDoubts } from '../../../pricing/doubts.js';
import { when } from '../check.js';
import type { Check } from '../check.js';
import type { DoctorFacts, PriceBook } from '../facts.js';
import { fault, notChecked, orOk, warning } from '../finding.js';
import type { Finding } from '../finding.js';

/** Those that the ComputeProvider's labels refer to. */
const ours = (books: readonly PriceBook[], { provider }: DoctorFacts): readonly PriceBook[] => {
  const labels = provider.known ? (provider.value?.spec.bidding.policyLabels ?? {}) : {};
  return books.filter((b) => Object.entries(labels).every(([k, v]) => b.labels[k] === v));
};

export const priceBooks: Check = {
  name: 'price books',
  run: (facts) =>
    when(facts.priceBooks, (all) => {
      const books = ours(all, facts);
      if (books.length === 0)
        return [
          fault('PolicyMissing', 'there is no PricingPolicy for this provider', {
            fix: 'Write one (docs/pricing.md), then: berth pricing lint FILE; kubectl apply -f FILE',
          }),
        ];
      const findings = books.flatMap(({ name, policy, fault: why }): readonly Finding[] => {
        const subject = `pricingpolicy/${name}`;
        if (policy === undefined)
          return [
            fault('PolicyInvalid', why ?? 'it cannot be read', {
              ...{ subject, fix: `kubectl edit pricingpolicy ${name}` },
            }),
          ];
        return policyDoubts(policy).map((doubt) =>
          warning('PolicyDoubtful', doubt, {
            subject,
            fix: `kubectl edit pricingpolicy ${name}   (docs/pricing.md)`,
          }),
        );
      });
      return orOk(findings, `${books.map((b) => b.name).join(', ')} can be used`);
    }),
};

const unpriced = (facts: DoctorFacts, policies: readonly PricingPolicy[]): readonly Finding[] =>
  when(facts.snapshot, ({ nodes }) => {
    const models = new Map(
      nodes.flatMap(({ gpu, slices }) =>
        [...(gpu === undefined ? [] : [gpu.model]), ...slices.map((s) => s.model)].map(
          (model) => [formatGpu(model), model] as const,
        ),
      ),
    );
    if (models.size === 0) return [notChecked('the inventory has no GPUs')];
    const without = [...models].filter(([, m]) =>
      policies.every((p) => gpuRate(p, m) === undefined),
    );
    return orOk(
      without.map(([name, { model }]) =>
        fault('GpuModelUnpriced', `no price book has a rate for ${name}: it is never bid`, {
          subject: `gpu/${model}`,
          fix: `kubectl edit pricingpolicy ${policies[0]?.name ?? 'NAME'}   and add under spec.rates.gpus: { vendor: nvidia, model: ${model}, ram: '*', interface: '*', usdPerHour: '…' }`,
        }),
      ),
      `${models.size} GPU models have a rate`,
    );
  });

export const unpricedGpus: Check = {
  name: 'GPU rates',
  run: (facts) =>
    when(facts.priceBooks, (books) => {
      const policies = ours(books, facts).flatMap((b) => b.policy ?? []);
      return policies.length === 0
        ? [notChecked('there is no price book that can be used')]
        : unpriced(facts, policies);
    }),
};
