/**
 * A chain in memory behind the real ports, for unit tests. Blocks come when the test says so; a submitted transaction is
 * in the next one. The same contract suite runs against it and the devnet (test/contract/chain).
 */
import type { Block, MarketEvent } from '../../market/events.js';
import {
  bidIdOf,
  formatBidId,
  formatDeploymentId,
  formatOrderId,
  orderIdOf,
} from '../../market/ids.js';
import { LIVE_LEASE_STATES } from '../../market/records.js';
import type { Order } from '../../market/records.js';
import type { Reason } from '../../market/reasons.js';
import { ChainUnavailableError, isChainUnavailable } from '../ports.js';
import type {
  BlockFeed,
  ChainProof,
  ChainMessage,
  ChainReader,
  ChargedTx,
  MempoolReader,
  SignedTx,
  Signer,
  TxLane,
  TxOutcome,
} from '../ports.js';
import type { LaneOptions } from '../tx/lane-options.js';
import { FakeMarket } from './fake-market.js';

/** One transaction that a lane broadcast, and how it ended. */
export interface Submission {
  readonly address: string;
  /** The key's account where it acts for `address` by grants. */
  readonly grantee: string | undefined;
  readonly messages: readonly ChainMessage[];
  readonly tx: SignedTx;
  outcome: TxOutcome | undefined;
}

interface Waiting {
  readonly submission: Submission;
  readonly settle: (outcome: TxOutcome) => void;
}

const BLOCK_MS = 1_000;
/** What every transaction is said to pay; balances do not show it. */
const FEE_UAKT = 5_000n;

export class FakeChain {
  readonly chainId = 'fake-1';
  readonly market = new FakeMarket();
  readonly submissions: Submission[] = [];
  /** While true, nothing answers and no transaction lands: every read throws `ChainUnavailableError`. */
  dead = false;
  /** While set, every transaction ends like this instead of being executed. */
  override: ((hash: string) => TxOutcome) | undefined;
  #timeMs: number;
  #nonce = 0n;
  readonly #waiting = new Map<string, Waiting>();
  readonly #signed = new Map<string, readonly ChainMessage[]>();
  readonly #charged = new Map<string, readonly ((tx: ChargedTx) => void)[]>();
  readonly #blocks: Block[] = [];
  #followers = new Set<() => void>();

  /** @param startMs time of the first block, Unix milliseconds */
  constructor(startMs = 1_800_000_000_000) {
    this.#timeMs = startMs;
  }

  get height(): bigint {
    return this.market.height;
  }

  /** Puts an order into the book and an event into the next block. */
  addOrder(order: Order): MarketEvent {
    this.market.orders.set(formatOrderId(order.id), order);
    return { type: 'order-created', id: order.id, order };
  }

  /** Makes a block of `events` and everything that waits; its lanes' promises settle. */
  commit(events: readonly MarketEvent[] = []): Block {
    this.market.height += 1n;
    this.#timeMs += BLOCK_MS;
    const all = [...events];
    for (const waiting of this.dead ? [] : [...this.#waiting.values()]) {
      const outcome = this.#execute(waiting.submission, all);
      waiting.submission.outcome = outcome;
      this.#charge(waiting.submission.address, outcome);
      this.#waiting.delete(waiting.submission.tx.hash);
      waiting.settle(outcome);
    }
    this.market.endBlock();
    const block: Block = {
      height: this.market.height,
      timeMs: this.#timeMs,
      hash: this.market.height.toString(16).padStart(64, '0').toUpperCase(),
      events: all,
    };
    this.#blocks.push(block);
    const followers = this.#followers;
    this.#followers = new Set();
    for (const wake of followers) wake();
    return block;
  }

  #charge(address: string, outcome: TxOutcome): void {
    if (outcome.status !== 'included') return;
    const { hash, height, code } = outcome;
    const fee = [{ denom: 'uakt', amount: FEE_UAKT }];
    for (const listener of this.#charged.get(address) ?? []) listener({ hash, height, code, fee });
  }

  #execute(submission: Submission, events: MarketEvent[]): TxOutcome {
    const { hash } = submission.tx;
    if (this.override !== undefined) return this.override(hash);
    const { address, grantee, messages } = submission;
    const fault =
      grantee === undefined
        ? undefined
        : this.market.grants.execFault(address, grantee, messages, this.#timeMs);
    if (fault !== undefined) return this.#included(hash, fault.code, fault.codespace, fault.log);
    const result = this.market.runAll(submission.messages);
    if ('code' in result) return this.#included(hash, result.code, result.codespace, result.log);
    events.push(...result);
    return this.#included(hash, 0, '', '');
  }

  #included(hash: string, code: number, codespace: string, log: string): TxOutcome {
    const height = this.market.height;
    const gas = { gasUsed: 100_000n, gasWanted: 130_000n };
    return { status: 'included', hash, height, code, codespace, log, ...gas };
  }

  readonly reader: ChainReader = this.#createReader();

  /** Why nothing can be proven; unset, the one endpoint there is counts as trusted. */
  obstacle: Reason | undefined;

  readonly proof: ChainProof = {
    obstacle: () => this.obstacle,
    read: async (query, _essence, atLeast) => {
      if (this.obstacle !== undefined) return { proven: false, reason: this.obstacle };
      const height = this.market.height;
      if (height < atLeast) {
        const message = `The fake chain is at ${height}, ${atLeast} was asked for.`;
        return { proven: false, reason: { code: 'ChainLagging', message } };
      }
      try {
        return { proven: true, value: await query(this.reader), height, by: ['fake'] };
      } catch (error) {
        if (!isChainUnavailable(error)) throw error;
        return { proven: false, reason: { code: 'ChainUnavailable', message: error.message } };
      }
    },
  };

  /** Leases asked for by transactions that wait for the next block. */
  readonly mempools: MempoolReader = {
    pendingLeases: async () => ({
      ids: [...this.#waiting.values()].flatMap(({ submission }) =>
        submission.messages.flatMap((m) => (m.type === 'create-lease' ? [m.id] : [])),
      ),
      complete: !this.dead,
    }),
  };

  readonly feed: BlockFeed = {
    stalenessMs: () => (this.#blocks.length === 0 ? Infinity : this.dead ? 3_600_000 : 0),
    run: async (signal, onBlock) => {
      const aborted = new Promise<void>((resolve) => {
        signal.addEventListener('abort', () => {
          resolve();
        });
      });
      let next = this.#blocks.length;
      while (!signal.aborted) {
        const arrival = new Promise<void>((resolve) => this.#followers.add(resolve));
        for (; next < this.#blocks.length && !this.dead; next += 1) {
          const block = this.#blocks[next];
          if (block !== undefined) await onBlock(block);
        }
        await Promise.race([arrival, aborted]);
      }
    },
  };

  /** A lane of any address; only `address` of the signer is used. */
  laneFor(signer: Pick<Signer, 'address'>, options: Pick<LaneOptions, 'grantee'> = {}): TxLane {
    const { granter } = options.grantee ?? {};
    const address = granter ?? signer.address;
    const grantee = granter === undefined ? undefined : signer.address;
    const sign: TxLane['sign'] = async (messages, options) => {
      this.#alive();
      this.#nonce += 1n;
      const timeoutNs =
        options?.timeoutNs ?? BigInt(this.#timeMs + 60_000) * 1_000_000n + this.#nonce;
      const hash = this.#nonce.toString(16).padStart(64, '0').toUpperCase();
      this.#signed.set(hash, messages);
      const bytes = new TextEncoder().encode(hash);
      return { bytes, hash, timeoutNs: options?.mode === 'ordered' ? undefined : timeoutNs };
    };
    const broadcast: TxLane['broadcast'] = (tx, signal, onPending) => {
      onPending?.();
      return this.#broadcast({ address, grantee }, tx, signal);
    };
    return {
      address,
      sign,
      broadcast,
      onCharged: (listener) => {
        this.#charged.set(address, [...(this.#charged.get(address) ?? []), listener]);
      },
      discard: (tx) => void this.#signed.delete(tx.hash),
      submit: async (messages, options) =>
        broadcast(await sign(messages, options), options?.signal),
    };
  }

  #broadcast(
    by: Pick<Submission, 'address' | 'grantee'>,
    tx: SignedTx,
    signal: AbortSignal | undefined,
  ): Promise<TxOutcome> {
    const done = this.submissions.find((s) => s.tx.hash === tx.hash && s.outcome !== undefined);
    if (done?.outcome !== undefined) return Promise.resolve(done.outcome);
    const messages = this.#signed.get(tx.hash) ?? [];
    const submission: Submission = { ...by, messages, tx, outcome: undefined };
    this.submissions.push(submission);
    return new Promise((resolve, reject) => {
      this.#waiting.set(tx.hash, { submission, settle: resolve });
      signal?.addEventListener(
        'abort',
        () => {
          if (submission.outcome === undefined) {
            reject(new ChainUnavailableError(`gave up on transaction ${tx.hash}: aborted`));
          }
        },
        { once: true },
      );
    });
  }

  #alive(): void {
    if (this.dead) throw new ChainUnavailableError('the fake chain is dead');
  }

  #createReader(): ChainReader {
    const { market } = this;
    const read = async <T>(value: () => T): Promise<T> => {
      this.#alive();
      return value();
    };
    return {
      head: () =>
        read(() => ({
          chainId: this.chainId,
          height: market.height,
          timeMs: this.#timeMs,
          catchingUp: false,
        })),
      openOrders: () => read(() => [...market.orders.values()].filter((o) => o.state === 'open')),
      order: (id) => read(() => market.orders.get(formatOrderId(id))),
      group: (id) =>
        read(() =>
          market.deployments.get(formatDeploymentId(id))?.groups.find((g) => g.id.gseq === id.gseq),
        ),
      deployment: (id) => read(() => market.deployments.get(formatDeploymentId(id))),
      deploymentsOf: (owner) =>
        read(() => [...market.deployments.values()].filter((d) => d.id.owner === owner)),
      bid: (id) => read(() => market.bids.get(formatBidId(id))),
      bidsOf: (provider, state) =>
        read(() =>
          [...market.bids.values()].filter(
            (b) => b.id.provider === provider && (state === undefined || b.state === state),
          ),
        ),
      market: (provider) =>
        read(() => ({
          height: market.height,
          orders: [...market.orders.values()].filter((o) => o.state === 'open'),
          bids: [...market.bids.values()].filter(
            (b) => b.id.provider === provider && (b.state === 'open' || b.state === 'active'),
          ),
          leases: [...market.leases.values()].filter(
            (l) => l.id.provider === provider && LIVE_LEASE_STATES.includes(l.state),
          ),
        })),
      bidsOn: (provider, orders) =>
        read(() =>
          orders.flatMap((id) => market.bids.get(formatBidId(bidIdOf(id, provider))) ?? []),
        ),
      bidsOnOrder: (id) =>
        read(() =>
          [...market.bids.values()].filter(
            (b) => formatOrderId(orderIdOf(b.id)) === formatOrderId(id),
          ),
        ),
      lease: (id) => read(() => market.leases.get(formatBidId(id))),
      leasesOf: (provider, states) =>
        read(() =>
          [...market.leases.values()].filter(
            (l) => l.id.provider === provider && states.includes(l.state),
          ),
        ),
      leasesOfOwner: (owner, states) =>
        read(() =>
          [...market.leases.values()].filter(
            (l) => l.id.owner === owner && states.includes(l.state),
          ),
        ),
      provider: (owner) => read(() => market.providers.get(owner)),
      auditedAttributes: (provider) => read(() => market.audited.get(provider) ?? []),
      certificates: (owner, serial) =>
        read(() =>
          market.certificates.filter(
            (c) => c.owner === owner && (serial === undefined || c.serial === serial),
          ),
        ),
      account: (address) => read(() => market.accounts.get(address)),
      balances: (address) => read(() => market.balances.get(address) ?? []),
      exchange: () => read(() => market.exchange.terms),
      burnsOf: (owner) => read(() => market.exchange.burnsOf(owner)),
      grants: (granter, grantee) =>
        read(() =>
          market.grants
            .grants(granter, grantee)
            .filter((g) => (g.expiresAtMs ?? Infinity) >= this.#timeMs),
        ),
      feeAllowance: (granter, grantee) => read(() => market.grants.allowance(granter, grantee)),
      marketParams: () =>
        read(() => ({
          orderMaxBids: 20,
          bidMinDeposits: [
            { denom: 'uakt', amount: 500_000n },
            { denom: 'uact', amount: 500_000n },
          ],
        })),
    };
  }
}
