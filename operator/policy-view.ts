/** The operator's own objects as watched: its ComputeProvider and the price books. */
import { API_VERSION } from '../crds/constants.js';
import { setCondition } from '../crds/conditions.js';
import type { ComputeProvider, PricingPolicy as PolicyObject } from '../crds/generated/types.js';
import { PricingPolicyError } from '../bidengine/parse-fields.js';
import { parsePricingPolicy } from '../bidengine/parse-pricing-policy.js';
import type { PricingPolicy } from '../bidengine/pricing-policy.js';
import type { KubeApi } from '../kube/api.js';
import { Reflector } from '../kube/reflector.js';
import { COMPUTE_PROVIDERS, PRICING_POLICIES } from '../kube/resources.js';
import type { Reason } from '../market/reasons.js';
import type { Clock } from './clock.js';
import { sameJson } from './same-json.js';

export interface PolicyViewDeps {
  readonly api: KubeApi;
  readonly clock: Clock;
  readonly random: () => number;
  readonly onError: (error: unknown) => void;
  /** Name of the ComputeProvider object. */
  readonly computeProvider: string;
}

/** A price book with why it cannot be used, if so. */
export interface ReadPolicy {
  readonly object: PolicyObject;
  readonly policy: PricingPolicy | undefined;
  readonly fault: Reason | undefined;
}

type Spec = { readonly spec: unknown } | undefined;

const read = (object: PolicyObject): ReadPolicy => {
  try {
    return {
      object,
      policy: parsePricingPolicy(object.metadata.name, object.spec),
      fault: undefined,
    };
  } catch (error) {
    if (!(error instanceof PricingPolicyError)) throw error;
    return {
      object,
      policy: undefined,
      fault: { code: 'PolicyInvalid', message: error.message, field: error.field },
    };
  }
};

export class PolicyView {
  readonly #deps: PolicyViewDeps;
  readonly #providers: Reflector<ComputeProvider, ComputeProvider>;
  readonly #policies: Reflector<PolicyObject, ReadPolicy>;
  #lastProvider: ComputeProvider | undefined;

  constructor(deps: PolicyViewDeps) {
    this.#deps = deps;
    const { api, clock, random, onError } = deps;
    const shared = { api, clock, random, onError };
    this.#providers = new Reflector({
      ...shared,
      resource: COMPUTE_PROVIDERS,
      fieldSelector: `metadata.name=${deps.computeProvider}`,
      project: (p) => p,
    });
    this.#providers.store.subscribe(({ after }) => {
      this.#lastProvider = after ?? this.#lastProvider;
    });
    this.#policies = new Reflector({ ...shared, resource: PRICING_POLICIES, project: read });
  }

  async run(signal: AbortSignal): Promise<void> {
    await Promise.all([this.#providers.run(signal), this.#policies.run(signal)]);
  }

  /** The ComputeProvider as it is now, `undefined` when it does not exist (any more). */
  provider(): ComputeProvider | undefined {
    return this.#providers.store.get(this.#deps.computeProvider);
  }

  /** The ComputeProvider as it was last: leases live on when somebody deletes it. */
  lastProvider(): ComputeProvider | undefined {
    return this.#lastProvider;
  }

  /** Resolves with the provider object once it exists. @throws the signal's reason */
  async whenProvider(signal: AbortSignal, onMissing: () => void): Promise<ComputeProvider> {
    await this.#providers.whenSynced(signal);
    const present = this.provider();
    if (present !== undefined) return present;
    onMissing();
    return new Promise((resolve, reject) => {
      const stop = this.#providers.store.subscribe(({ after }) => {
        if (after === undefined) return;
        stop();
        resolve(after);
      });
      signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
    });
  }

  /** The price books of this provider; which of them prices an order is for the bid engine to say. */
  policies(): readonly PricingPolicy[] {
    return this.#ours().flatMap((p) => p.policy ?? []);
  }

  /**
   * Why orders cannot be priced at all, or `undefined`. When a book is broken no other takes its place: whom it is for and
   * what it comes before is part of what cannot be read, and nobody meant to sell at the other's prices.
   */
  fault(): Reason | undefined {
    if (!this.#policies.store.synced)
      return { code: 'PoliciesNotSynced', message: 'The price books have not been read yet.' };
    const ours = this.#ours();
    const broken = ours.find((p) => p.fault !== undefined);
    if (broken?.fault !== undefined) {
      const { fault, object } = broken;
      return { ...fault, message: `PricingPolicy ${object.metadata.name}: ${fault.message}` };
    }
    if (ours.length > 0) return undefined;
    const labels = Object.entries(this.#labels()).map(([key, value]) => `${key}=${value}`);
    return {
      code: 'NoPricingPolicy',
      message:
        labels.length === 0
          ? 'There is no PricingPolicy; create one, nothing is ever sold without a price.'
          : `There is no PricingPolicy labelled ${labels.join(', ')}; nothing is ever sold without a price.`,
    };
  }

  #labels(): Readonly<Record<string, string>> {
    return this.#lastProvider?.spec.bidding.policyLabels ?? {};
  }

  /** Those that the ComputeProvider refers to, by name. */
  #ours(): readonly ReadPolicy[] {
    const wanted = Object.entries(this.#labels());
    const name = ({ object }: ReadPolicy): string => object.metadata.name;
    return [...this.#policies.store.values()]
      .filter(({ object }) =>
        wanted.every(([key, value]) => object.metadata.labels?.[key] === value),
      )
      .sort((a, b) => (name(a) < name(b) ? -1 : 1));
  }

  /** Calls `listener` when the ComputeProvider or a price book changes, statuses aside. */
  subscribe(listener: () => void): void {
    const unlessStatus = ({ before, after }: { before: Spec; after: Spec }): void => {
      if (!sameJson(before?.spec, after?.spec)) listener();
    };
    this.#providers.store.subscribe(unlessStatus);
    this.#policies.store.subscribe(({ before, after }) =>
      unlessStatus({ before: before?.object, after: after?.object }),
    );
  }

  /** Writes each price book's Ready condition. @throws KubeError */
  async writePolicyStatus(nowIso: string): Promise<void> {
    for (const { object, policy, fault } of this.#policies.store.values()) {
      const generation = object.metadata.generation ?? 1;
      const conditions = setCondition(
        object.status?.conditions,
        fault === undefined
          ? {
              type: 'Ready',
              status: 'True',
              reason: 'Valid',
              message: 'Orders are priced by this book.',
            }
          : { type: 'Ready', status: 'False', reason: fault.code, message: fault.message },
        generation,
        nowIso,
      );
      const cheapest = policy?.rates.gpus.map((g) => g.usdPerHour).sort((a, b) => a.cmp(b))[0];
      const status = {
        ...object.status,
        observedGeneration: generation,
        conditions,
        ...(cheapest === undefined ? {} : { gpuFloorUsdPerHour: cheapest.toFixed(9, 0) }),
      };
      // The server keeps keys in its own order.
      if (sameJson(status, object.status)) continue;
      await this.#deps.api.applyStatus(PRICING_POLICIES, {
        apiVersion: API_VERSION,
        kind: 'PricingPolicy',
        metadata: { name: object.metadata.name },
        status,
      });
    }
  }
}
