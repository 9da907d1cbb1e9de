/** What the hot key may do, as last read from the chain; nothing to ask where the key is the provider's own. */
import type { ChainMessage, ChainReader } from '../../chain/ports.js';
import type { ComputeProvider } from '../../crds/generated/types.js';
import type { Grant } from '../../market/records.js';
import type { Reason } from '../../market/reasons.js';
import type { ChainView } from '../chain-view/chain-view.js';
import type { OperatorEvents } from '../events.js';
import type { Logger } from '../logger.js';
import type { OperatorMetrics } from '../metrics.js';
import { biddingFault, expiryWarning, feeFunds, grantFault, nextExpiry } from './grants-fault.js';
import type { SeenGrants } from './grants-fault.js';

export interface GrantsViewDeps {
  readonly reader: Pick<ChainReader, 'grants' | 'feeAllowance' | 'balances'>;
  readonly view: Pick<ChainView, 'timeMs'>;
  readonly provider: () => ComputeProvider;
  readonly events: OperatorEvents;
  readonly metrics: Pick<OperatorMetrics, 'grants'>;
  readonly log: Logger;
}

type GranteeSpec = Parameters<typeof biddingFault>[0];

const NOT_READ: Reason = {
  code: 'GrantsNotRead',
  message: 'What the hot key may do has not been read from the chain yet.',
};

const same = (a: Grant, b: Grant): boolean => a.typeUrl === b.typeUrl;

export class GrantsView {
  readonly #deps: GrantsViewDeps;
  #seen: SeenGrants | undefined;
  #told: string | undefined;

  constructor(deps: GrantsViewDeps) {
    this.#deps = deps;
  }

  /** Reads grants, allowance and the hot account; tells once of what has changed. @throws ChainUnavailableError, ChainQueryError */
  async refresh(): Promise<void> {
    const spec = this.#spec();
    if (spec === undefined) return;
    const { reader, metrics } = this.#deps;
    const { address, grantee } = spec;
    const [grants, allowance, balances] = await Promise.all([
      reader.grants(address, grantee.address),
      reader.feeAllowance(address, grantee.address),
      reader.balances(grantee.address),
    ]);
    this.#seen = { grants: [...grants, ...this.#ended(grants)], allowance, balances };
    metrics.grants(nextExpiry(spec, this.#seen), {
      ...{ payer: grantee.fees, leftUakt: feeFunds(spec, this.#seen) },
    });
    this.#tell(this.fault() ?? this.warning());
  }

  /** Why no bid may be made now. */
  fault(): Reason | undefined {
    return this.#about((spec, seen) => biddingFault(spec, seen, this.#deps.view.timeMs));
  }

  /** Why these messages would fail in a block, for a fee; `undefined` also while it is not known. */
  faultOf(messages: readonly ChainMessage[]): Reason | undefined {
    if (this.#seen === undefined) return undefined;
    return this.#about((spec, seen) =>
      messages
        .map((m) => grantFault(spec, seen, this.#deps.view.timeMs, m.type))
        .find((fault) => fault !== undefined),
    );
  }

  /** What will stop the provider within the days that the ComputeProvider names. */
  warning(): Reason | undefined {
    if (this.#seen === undefined) return undefined;
    return this.#about((spec, seen) => expiryWarning(spec, seen, this.#deps.view.timeMs));
  }

  /** uakt that pay fees, given what the provider's wallet holds. */
  feeFunds(walletUakt: bigint): bigint {
    const spec = this.#spec();
    if (spec === undefined || this.#seen === undefined) return walletUakt;
    const bound = feeFunds(spec, this.#seen);
    if (spec.grantee.fees === 'grantee') return bound ?? 0n;
    return bound === undefined || bound > walletUakt ? walletUakt : bound;
  }

  #about(judge: (spec: GranteeSpec, seen: SeenGrants) => Reason | undefined): Reason | undefined {
    const spec = this.#spec();
    if (spec === undefined) return undefined;
    return this.#seen === undefined ? NOT_READ : judge(spec, this.#seen);
  }

  #spec(): GranteeSpec | undefined {
    const { spec } = this.#deps.provider();
    const { grantee } = spec;
    return grantee === undefined ? undefined : { ...spec, grantee };
  }

  /** Grants that were there, have ended, and that the chain has forgotten. */
  #ended(now: readonly Grant[]): readonly Grant[] {
    const { timeMs } = this.#deps.view;
    return (this.#seen?.grants ?? []).filter(
      (g) => (g.expiresAtMs ?? Infinity) <= timeMs && !now.some((n) => same(n, g)),
    );
  }

  #tell(reason: Reason | undefined): void {
    if (reason?.code === this.#told) return;
    this.#told = reason?.code;
    const { log, events, provider } = this.#deps;
    if (reason === undefined) {
      log.info('the hot key has every right that it needs');
      return;
    }
    log.warn({ reason: reason.code }, reason.message);
    events.record(provider(), {
      ...{ type: 'Warning', reason: reason.code, action: 'ReadGrants', note: reason.message },
    });
  }
}
