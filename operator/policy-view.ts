/** The operator's own objects as watched: its ComputeProvider and the price books. */
import { API_VERSION } from '../crds/constants.js';
import { setCondition } from '../crds/conditions.js';
import type { ComputeProvider, PricingPolicy as PolicyObject } from '../crds/generated/types.js';
import { parsePricingPolicy, PricingPolicyError } from '../bidengine/parse-pricing-policy.js';
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

/** The API server fills in `*` for a part that holds for any; the bid engine leaves such a part out. */
const specOf = ({ spec }: PolicyObject): unknown => {
  const { denom: _, blockTimeMs: __, rates, ...rest } = spec;
  const gpus = rates.gpus.map(({ ram, interface: iface, ...rate }) => ({
    ...rate,
    ...(ram === '*' ? {} : { ram }),
    ...(iface === '*' ? {} : { interface: iface }),
  }));
  return { ...rest, rates: { ...rates, gpus } };
};

const read = (object: PolicyObject): ReadPolicy => {
  try {
    return {
      object,
      policy: parsePricingPolicy(object.metadata.name, specOf(object)),
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

  /** Usable price books by name; the first one prices. */
  policies(): readonly PricingPolicy[] {
    return this.#byName().flatMap((p) => p.policy ?? []);
  }

  /**
   * Why orders cannot be priced at all, or `undefined`. When the book that prices is broken the next one does not take its
   * place: nobody meant to sell at those prices.
   */
  fault(): Reason | undefined {
    if (!this.#policies.store.synced)
      return { code: 'PoliciesNotSynced', message: 'The price books have not been read yet.' };
    const [first] = this.#byName();
    if (first !== undefined) return first.fault;
    return {
      code: 'NoPricingPolicy',
      message: 'There is no PricingPolicy; create one, nothing is ever sold without a price.',
    };
  }

  #byName(): readonly ReadPolicy[] {
    const name = ({ object }: ReadPolicy): string => object.metadata.name;
    return [...this.#policies.store.values()].sort((a, b) => (name(a) < name(b) ? -1 : 1));
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
    for (const { object, fault } of this.#policies.store.values()) {
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
      const status = { ...object.status, observedGeneration: generation, conditions };
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
