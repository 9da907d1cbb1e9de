/**
 * Takes over the intents that a crash, or an outage in mid-broadcast, left behind. For each bid the chain is asked first:
 * there it is a bid; absent and past its timeout it can never land; otherwise the same bytes are broadcast again.
 */
import type { ChainReader } from '../../chain/ports.js';
import { bidIdOf, formatOrderId } from '../../market/ids.js';
import type { ChainView } from '../chain-view/chain-view.js';
import type { Logger } from '../logger.js';
import type { BidIntent } from './intent.js';
import type { InFlightBid, OwnBids } from './own-bids.js';
import type { BidRecords, IntentStore } from './ports.js';
import type { ReservationLedger } from './reservation-ledger.js';

export interface BidRecoveryDeps {
  readonly reader: ChainReader;
  readonly provider: string;
  readonly view: ChainView;
  readonly intents: IntentStore;
  readonly records: BidRecords;
  readonly bids: OwnBids;
  readonly ledger: ReservationLedger;
  readonly log: Logger;
  readonly resume: (flight: InFlightBid) => void;
  /** Wall clock for stamps, RFC 3339. */
  readonly nowIso: () => string;
}

/** After its timeout a transaction may still sit in the block being made; this many blocks later it certainly does not. */
const GRACE_BLOCKS = 2n;

export class BidRecovery {
  readonly #deps: BidRecoveryDeps;

  constructor(deps: BidRecoveryDeps) {
    this.#deps = deps;
  }

  /** Looks at every intent once. @throws when chain or cluster cannot be read: nothing is forgotten then. */
  async run(): Promise<void> {
    for (const { name, bids } of await this.#deps.intents.list()) {
      let done = true;
      for (const intent of bids) done = (await this.#recover(name, intent)) && done;
      if (!done) continue;
      await this.#deps.intents.remove(name);
      for (const intent of bids) this.#deps.bids.forgetConcluded(intent.tx.hash);
    }
  }

  /** `true` when this bid needs its intent no longer. */
  async #recover(name: string, intent: BidIntent): Promise<boolean> {
    const { reader, provider, view, records, bids, ledger, log, resume, nowIso } = this.#deps;
    const path = formatOrderId(intent.orderId);
    if (bids.isInFlight(path)) return false;
    const onChain = await reader.bid(bidIdOf(intent.orderId, provider));
    if (onChain !== undefined) {
      if (onChain.state === 'open' || onChain.state === 'active') ledger.hold(intent.reservation);
      bids.put(onChain);
      const record = await records.get(intent.orderId);
      if (record?.status === undefined) {
        await records.save(intent, name, {
          state: onChain.state === 'active' ? 'Won' : 'Open',
          txHash: intent.tx.hash,
          height: onChain.createdAt.toString(),
          observedAt: nowIso(),
        });
      }
      return true;
    }
    if (bids.isConcluded(intent.tx.hash)) return true;
    if (this.#canNeverLand(intent)) {
      ledger.release(path);
      return true;
    }
    if (view.staleness() === undefined) {
      log.info(
        { order: path, intent: name },
        'a bid was left in flight; broadcasting the same transaction again',
      );
      ledger.hold(intent.reservation);
      const flight = { intent, intentName: name };
      bids.startFlight(flight);
      resume(flight);
    }
    return false;
  }

  #canNeverLand(intent: BidIntent): boolean {
    const { view } = this.#deps;
    const timeoutMs = Number(BigInt(intent.tx.timeoutNs) / 1_000_000n);
    return view.timeMs > timeoutMs + Number(GRACE_BLOCKS) * view.blockTimeMs;
  }
}
