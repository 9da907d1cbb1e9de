/**
 * Keeps the wallet's uakt up by burning earned uact, where the ComputeProvider asks for it. The chain executes a burn at the end
 * of an epoch and remembers it, so nothing has to be remembered here: a restart neither repeats nor loses one.
 */
import type { ChainReader, TxLane } from '../../chain/ports.js';
import type { ComputeProvider } from '../../crds/generated/types.js';
import type { Reason } from '../../market/reasons.js';
import type { Swap } from '../../market/records.js';
import { RetrySchedule } from '../bidding/retry-schedule.js';
import type { ChainView } from '../chain-view/chain-view.js';
import type { OperatorEvents } from '../events.js';
import type { Logger } from '../logger.js';
import { blocksFor } from '../bidding/bid-timeout.js';
import { planRefill } from './refill-plan.js';

export interface RefillDeps {
  readonly reader: Pick<ChainReader, 'balances' | 'exchange' | 'burnsOf'>;
  readonly lane: Pick<TxLane, 'submit'>;
  readonly view: ChainView;
  readonly provider: () => ComputeProvider;
  readonly events: OperatorEvents;
  readonly log: Logger;
}

const DAY_SECONDS = 24 * 3600;
const BURN = 'burn';

const newest = (burns: readonly Swap[]): Swap | undefined =>
  burns.reduce<Swap | undefined>(
    (last, b) => (last === undefined || b.height >= last.height ? b : last),
    undefined,
  );

export class Refill {
  readonly #deps: RefillDeps;
  readonly #retries = new RetrySchedule();
  #canceledAt = 0n;
  #reason: Reason | undefined;

  constructor(deps: RefillDeps) {
    this.#deps = deps;
  }

  /** Why the wallet is not full although refilling is asked for; `undefined` when it is, or when it is not asked for. */
  reason(): Reason | undefined {
    return this.#reason;
  }

  /** One look. Nothing on a stale view, nothing where it is not asked for. @throws when the chain cannot be read */
  async run(signal: AbortSignal): Promise<void> {
    const { reader, view, provider } = this.#deps;
    const { address, budgets } = provider().spec;
    if (budgets.refill === undefined) {
      this.#say(undefined);
      return;
    }
    if (view.staleness() !== undefined) return;
    const [balances, exchange, burns] = await Promise.all([
      reader.balances(address),
      reader.exchange(),
      reader.burnsOf(address),
    ]);
    const day = blocksFor(DAY_SECONDS, view.blockTimeMs);
    const dayAgoHeight = view.height > day ? view.height - day : 0n;
    const plan = planRefill(budgets.refill, { balances, exchange, burns, dayAgoHeight });
    if (plan.kind !== 'burn') {
      this.#say(plan.kind === 'wait' ? plan.reason : undefined);
      return;
    }
    this.#lookForCancellation(newest(burns));
    if (!this.#retries.isDue(BURN, view.height)) return;
    await this.#burn(address, plan.amountUact, signal);
  }

  /** A burn that the chain gave back would be asked for, and paid for, in vain again: ever more rarely. */
  #lookForCancellation(last: Swap | undefined): void {
    if (last?.state === 'executed') this.#retries.succeeded(BURN);
    if (last?.state !== 'canceled' || last.height <= this.#canceledAt) return;
    this.#canceledAt = last.height;
    this.#retries.failed(BURN, this.#deps.view.height);
    this.#say({
      code: 'RefillCanceled',
      message: `The chain gave back ${last.burned.amount}uact that it had taken in block ${last.height} to be turned into uakt.`,
    });
  }

  async #burn(owner: string, amountUact: bigint, signal: AbortSignal): Promise<void> {
    const { lane, log, view } = this.#deps;
    const outcome = await lane.submit([{ type: 'burn-act', owner, amountUact }], { signal });
    if (outcome.status === 'included' && outcome.code === 0) {
      log.info({ amountUact: amountUact.toString(), tx: outcome.hash }, 'uact sent to be burned');
      this.#say({
        code: 'RefillPending',
        message: `${amountUact}uact are being turned into uakt since block ${outcome.height}, at the end of the chain's epoch.`,
      });
      return;
    }
    const detail =
      outcome.status === 'expired'
        ? 'it was not included in time'
        : `${outcome.codespace}/${outcome.code} ${outcome.log}`;
    this.#retries.failed(BURN, view.height);
    this.#say({
      code: 'RefillRefused',
      message: `The chain did not turn uact into uakt: ${detail}`.slice(0, 900),
    });
  }

  /** Remembers, and tells once. */
  #say(reason: Reason | undefined): void {
    const before = this.#reason?.code;
    this.#reason = reason;
    if (reason === undefined || reason.code === before) return;
    this.#deps.log.info({ reason: reason.code }, reason.message);
    this.#deps.events.record(this.#deps.provider(), {
      type: reason.code === 'RefillPending' ? 'Normal' : 'Warning',
      reason: reason.code,
      action: 'Refill',
      note: reason.message,
    });
  }
}
