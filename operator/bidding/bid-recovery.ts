/**
 * Takes over the intents that a crash, or an outage in mid-broadcast, left behind. For each bid the chain is asked first:
 * there it is a bid; absent and past its timeout it can never land; otherwise the same bytes are broadcast again.
 */
import type { ChainReader } from '../../chain/ports.js';
import { isChainUnavailable } from '../../chain/ports.js';
import { isKubeUnavailable } from '../../kube/errors.js';
import { bidIdOf, formatOrderId } from '../../market/ids.js';
import type { Bid } from '../../market/records.js';
import type { ChainView } from '../chain-view/chain-view.js';
import type { Logger } from '../logger.js';
import type { BidIntent } from './intent.js';
import { inTurns } from './in-turns.js';
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
/** A crash in a burst leaves hundreds; nothing is decided before all of them are looked at. */
const READS_AT_ONCE = 32;

export class BidRecovery {
  readonly #deps: BidRecoveryDeps;

  constructor(deps: BidRecoveryDeps) {
    this.#deps = deps;
  }

  /** Looks at every intent once. @throws when chain or cluster cannot be read: nothing is forgotten then. */
  async run(): Promise<void> {
    const { intents, bids, log } = this.#deps;
    const stored = await intents.list();
    // Whatever happens below: none of these orders is bid on again, and their capacity is held, before we know better.
    for (const intent of stored.flatMap((s) => s.bids)) this.#doubt(intent);
    for (const { name, bids: left } of stored) {
      const needed: BidIntent[] = [];
      await inTurns(left, READS_AT_ONCE, async (intent) => {
        try {
          if (!(await this.#recover(name, intent))) needed.push(intent);
        } catch (err) {
          if (isChainUnavailable(err) || isKubeUnavailable(err)) throw err;
          log.error({ err, order: formatOrderId(intent.orderId) }, 'an intent cannot be recovered');
          needed.push(intent);
        }
      });
      if (needed.length > 0) continue;
      await intents.remove(name);
      for (const intent of left) bids.forgetConcluded(intent.tx.hash);
    }
  }

  #doubt(intent: BidIntent): void {
    const { bids, ledger } = this.#deps;
    const path = formatOrderId(intent.orderId);
    if (bids.has(path) || bids.conclusion(intent.tx.hash) !== undefined) return;
    bids.doubtFlight(path);
    ledger.hold(intent.reservation);
  }

  /** `true` when this bid needs its intent no longer. */
  async #recover(name: string, intent: BidIntent): Promise<boolean> {
    const { reader, provider, view, bids, ledger, log, resume } = this.#deps;
    const path = formatOrderId(intent.orderId);
    const conclusion = bids.conclusion(intent.tx.hash);
    if (conclusion === 'failed') return true;
    if (bids.isInFlight(path)) return false;
    const onChain = await reader.bid(bidIdOf(intent.orderId, provider));
    // In between, a cycle may have begun another bid on the order.
    if (bids.isInFlight(path)) return false;
    if (onChain !== undefined) {
      if (onChain.state === 'open' || onChain.state === 'active') ledger.hold(intent.reservation);
      bids.put(onChain);
      bids.abandonFlight(path);
      await this.#recordLanded(name, intent, onChain);
      return true;
    }
    // It is in a block that this endpoint has not seen yet.
    if (conclusion === 'landed') return false;
    if (this.#canNeverLand(intent)) {
      bids.abandonFlight(path);
      ledger.release(path);
      await this.#recordExpired(name, intent);
      return true;
    }
    if (view.staleness() !== undefined) return false;
    log.info(
      { order: path, intent: name },
      'a bid was left in flight; broadcasting the same transaction again',
    );
    ledger.hold(intent.reservation);
    const flight = { intent, intentName: name };
    bids.startFlight(flight);
    resume(flight);
    return false;
  }

  /** A record of an earlier, failed bid on the same order gives way; one that tells of this bid stays. */
  async #recordLanded(name: string, intent: BidIntent, onChain: Bid): Promise<void> {
    const { records, nowIso } = this.#deps;
    const record = await records.get(intent.orderId);
    const state = record?.status?.state;
    const outdated = (state === 'Failed' || state === 'Expired') && record?.spec.intent !== name;
    if (state !== undefined && !outdated) return;
    await records.save(intent, name, {
      state: onChain.state === 'active' ? 'Won' : 'Open',
      txHash: intent.tx.hash,
      height: onChain.createdAt.toString(),
      observedAt: nowIso(),
    });
  }

  async #recordExpired(name: string, intent: BidIntent): Promise<void> {
    const { records, nowIso } = this.#deps;
    if ((await records.get(intent.orderId))?.status !== undefined) return;
    await records.save(intent, name, {
      state: 'Expired',
      reason: 'TxExpired',
      message: 'The bid was left in flight and not included before its timeout.',
      txHash: intent.tx.hash,
      observedAt: nowIso(),
    });
  }

  /** An ordered transaction has no timeout: only its own broadcast tells that it cannot land. */
  #canNeverLand(intent: BidIntent): boolean {
    const { view } = this.#deps;
    const timeoutMs = Number(BigInt(intent.tx.timeoutNs) / 1_000_000n);
    return timeoutMs > 0 && view.timeMs > timeoutMs + Number(GRACE_BLOCKS) * view.blockTimeMs;
  }
}
