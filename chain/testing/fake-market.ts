/** A small market in memory, for unit tests: the part of the chain's rules that callers of the ports can see. */
import { formatBidId, formatDeploymentId, formatOrderId, orderIdOf } from '../../market/ids.js';
import type { BidId, DeploymentId, OrderId } from '../../market/ids.js';
import type { MarketEvent } from '../../market/events.js';
import type { Coin } from '../../market/money.js';
import { Decimal } from '../../market/money.js';
import type {
  Account,
  Bid,
  Certificate,
  Deployment,
  Group,
  Lease,
  Order,
  Provider,
} from '../../market/records.js';
import type { AuditedAttributes } from '../../market/attributes.js';
import type { ChainMessage } from '../ports.js';
import { payOut, settle } from './fake-escrow.js';
import type { PayingLease } from './fake-escrow.js';
import { FakeGrants } from './fake-grants.js';
import { FakeExchange } from './fake-exchange.js';

/** A refusal in a block, as the chain gives it. */
export interface FakeRefusal {
  readonly codespace: string;
  readonly code: number;
  readonly log: string;
}

type Of<T extends ChainMessage['type']> = Extract<ChainMessage, { readonly type: T }>;

const refusal = (codespace: string, code: number, log: string): FakeRefusal => ({
  codespace,
  code,
  log,
});

const restore = <T>(map: Map<string, T>, to: ReadonlyMap<string, T>): void => {
  map.clear();
  for (const [key, value] of to) map.set(key, value);
};

/** Everything the fake chain holds; tests read and write it as they like. */
export class FakeMarket {
  readonly orders = new Map<string, Order>();
  readonly bids = new Map<string, Bid>();
  readonly leases = new Map<string, Lease>();
  readonly deployments = new Map<string, Deployment>();
  readonly providers = new Map<string, Provider>();
  readonly audited = new Map<string, readonly AuditedAttributes[]>();
  readonly certificates: Certificate[] = [];
  readonly accounts = new Map<string, Account>();
  readonly balances = new Map<string, readonly Coin[]>();
  readonly exchange = new FakeExchange();
  readonly grants = new FakeGrants();
  /** Height of the block being made. */
  height = 1n;

  /** Runs the messages of one transaction: all of their events, or the first refusal and no change at all. */
  runAll(messages: readonly ChainMessage[]): readonly MarketEvent[] | FakeRefusal {
    const maps = [this.orders, this.bids, this.leases, this.deployments, this.providers];
    const before = maps.map((map) => new Map<string, unknown>(map));
    const certificates = [...this.certificates];
    const balances = new Map(this.balances);
    const events: MarketEvent[] = [];
    for (const message of messages) {
      const result = this.run(message);
      if (!('code' in result)) {
        events.push(...result);
        continue;
      }
      maps.forEach((map, i) => restore(map as Map<string, unknown>, before[i] ?? new Map()));
      restore(this.balances, balances);
      this.certificates.splice(0, Infinity, ...certificates);
      return result;
    }
    return events;
  }

  /** Runs one message; its events, or why the chain refuses it. A refusal changes nothing. */
  run(m: ChainMessage): readonly MarketEvent[] | FakeRefusal {
    switch (m.type) {
      case 'create-provider':
        if (this.providers.has(m.provider.owner)) {
          return refusal('provider', 4, 'invalid provider: already exists');
        }
        this.providers.set(m.provider.owner, m.provider);
        return [{ type: 'provider-created', owner: m.provider.owner }];
      case 'update-provider':
        if (!this.providers.has(m.provider.owner)) {
          return refusal('provider', 3, 'invalid provider: address not found');
        }
        this.providers.set(m.provider.owner, m.provider);
        return [{ type: 'provider-updated', owner: m.provider.owner }];
      case 'create-certificate':
        this.certificates.push({
          owner: m.owner,
          serial: String(this.certificates.length + 1),
          state: 'valid',
          cert: m.certPem,
          pubkey: m.pubkeyPem,
        });
        return [];
      case 'revoke-certificate':
        return this.#revoke(m);
      case 'create-deployment':
        return this.#createDeployment(m);
      case 'update-deployment':
        return this.#updateDeployment(m);
      case 'close-deployment':
        return this.#closeDeployment(m.id);
      case 'create-bid':
        return this.#createBid(m);
      case 'close-bid':
        return this.#closeBid(m);
      case 'create-lease':
        return this.#createLease(m.id);
      case 'close-lease':
        return this.#closeLease(m.id, 'lease_closed_owner', true);
      case 'start-reclaim':
        return this.#startReclaim(m);
      case 'withdraw-lease':
        return this.#withdraw(m.id);
      case 'deposit-deployment':
        return this.#deposit(m);
      case 'burn-act':
        return this.#burn(m);
      case 'grant':
        this.grants.grant(m);
        return [];
      case 'revoke-grant':
        return this.grants.revoke(m) ?? [];
      case 'grant-fees':
        return this.grants.grantFees(m) ?? [];
      case 'revoke-fees':
        return this.grants.revokeFees(m) ?? [];
      case 'send':
        return [];
    }
  }

  #revoke(m: Of<'revoke-certificate'>): readonly MarketEvent[] | FakeRefusal {
    const i = this.certificates.findIndex((c) => c.owner === m.owner && c.serial === m.serial);
    const certificate = this.certificates[i];
    if (certificate === undefined) return refusal('cert', 2, 'certificate not found');
    this.certificates[i] = { ...certificate, state: 'revoked' };
    return [];
  }

  #createDeployment(m: Of<'create-deployment'>): readonly MarketEvent[] | FakeRefusal {
    const key = formatDeploymentId(m.id);
    if (this.deployments.has(key)) return refusal('deployment', 3, 'Deployment exists');
    const groups = m.groups.map((spec, i): Group => ({
      id: { ...m.id, gseq: i + 1 },
      state: 'open',
      spec,
      createdAt: this.height,
    }));
    this.deployments.set(key, {
      id: m.id,
      state: 'active',
      hash: m.hash,
      createdAt: this.height,
      groups,
      escrow: {
        state: 'open',
        settledAt: this.height,
        funds: [{ denom: m.deposit.denom, amount: new Decimal(m.deposit.amount.toString()) }],
        transferred: [],
      },
    });
    const created = groups.flatMap((g) => this.#openOrder({ ...g.id, oseq: 1 }, g));
    return [{ type: 'deployment-created', id: m.id, hash: m.hash }, ...created];
  }

  #openOrder(id: OrderId, group: Group): readonly MarketEvent[] {
    this.orders.set(formatOrderId(id), {
      id,
      state: 'open',
      spec: group.spec,
      createdAt: this.height,
    });
    return [{ type: 'order-created', id }];
  }

  #updateDeployment(m: Of<'update-deployment'>): readonly MarketEvent[] | FakeRefusal {
    const key = formatDeploymentId(m.id);
    const deployment = this.deployments.get(key);
    if (deployment === undefined) return refusal('deployment', 4, 'Deployment not found');
    this.deployments.set(key, { ...deployment, hash: m.hash });
    return [{ type: 'deployment-updated', id: m.id, hash: m.hash }];
  }

  #createBid(m: Of<'create-bid'>): readonly MarketEvent[] | FakeRefusal {
    const order = this.orders.get(formatOrderId(orderIdOf(m.id)));
    if (order === undefined) return refusal('market', 15, 'invalid order: order not found');
    if (order.state !== 'open') return refusal('market', 13, 'bid: order not open');
    if (!this.providers.has(m.id.provider)) return refusal('market', 30, 'unknown provider');
    const key = formatBidId(m.id);
    // A bid's key is never free again, not even after a close.
    if (this.bids.has(key)) return refusal('market', 21, 'invalid bid: bid exists from provider');
    this.bids.set(key, {
      id: m.id,
      state: 'open',
      price: m.price,
      createdAt: this.height,
      resourcesOffer: m.resourcesOffer,
      reclamationWindowSeconds: m.reclamationWindowSeconds,
    });
    return [{ type: 'bid-created', id: m.id, price: m.price }];
  }

  #closeBid(m: Of<'close-bid'>): readonly MarketEvent[] | FakeRefusal {
    const bid = this.bids.get(formatBidId(m.id));
    if (bid === undefined) return refusal('market', 6, 'unknown bid');
    if (bid.state === 'open') {
      this.#setBid(bid, 'closed');
      return [{ type: 'bid-closed', id: m.id }];
    }
    if (bid.state !== 'active') return refusal('market', 8, 'unknown lease for bid');
    return this.#closeLease(m.id, `lease_closed_reason_${m.reason}`, false);
  }

  #createLease(id: BidId): readonly MarketEvent[] | FakeRefusal {
    const bid = this.bids.get(formatBidId(id));
    if (bid === undefined) return refusal('market', 18, 'invalid bid: bid not found');
    if (bid.state !== 'open') return refusal('market', 12, 'bid not open');
    const orderPath = formatOrderId(orderIdOf(id));
    const order = this.orders.get(orderPath);
    if (order?.state !== 'open') return refusal('market', 13, 'bid: order not open');
    const short = this.#settle(id);
    if (short !== undefined) return refusal('escrow', 5, 'account overdrawn');
    this.orders.set(orderPath, { ...order, state: 'active' });
    for (const other of this.bids.values()) {
      if (formatOrderId(orderIdOf(other.id)) === orderPath && other.state === 'open') {
        this.#setBid(other, other === bid ? 'active' : 'lost');
      }
    }
    this.leases.set(formatBidId(id), {
      id,
      state: 'active',
      price: bid.price,
      createdAt: this.height,
      closedOn: 0n,
      reason: 'lease_closed_invalid',
      payment: {
        state: 'open',
        rate: bid.price,
        balance: { ...bid.price, amount: new Decimal('0') },
        unsettled: { ...bid.price, amount: new Decimal('0') },
        withdrawn: { denom: bid.price.denom, amount: 0n },
      },
    });
    return [{ type: 'lease-created', id, price: bid.price }];
  }

  #startReclaim(m: Of<'start-reclaim'>): readonly MarketEvent[] | FakeRefusal {
    const lease = this.leases.get(formatBidId(m.id));
    if (lease === undefined) return refusal('market', 7, 'unknown lease');
    if (lease.state !== 'active') return refusal('market', 9, 'lease not active');
    this.leases.set(formatBidId(m.id), { ...lease, state: 'reclaiming' });
    return [{ type: 'lease-reclaim-started', id: m.id, deadlineSeconds: 0n }];
  }

  /** Pays out what the lease has earned; an account that ran dry ends everything that draws on it. */
  #withdraw(id: BidId): readonly MarketEvent[] | FakeRefusal {
    const lease = this.leases.get(formatBidId(id));
    const deployment = this.deployments.get(formatDeploymentId(id));
    if (lease?.payment === undefined) return refusal('market', 7, 'unknown lease');
    if (deployment === undefined) return [];
    if (lease.payment.state !== 'open') return refusal('escrow', 8, 'payment closed');
    // As on the chain: an account is settled once in a block, and a second withdrawal panics.
    if (deployment.escrow.settledAt === this.height) {
      return refusal('undefined', 111222, "couldn't find payment");
    }
    const events = this.#settle(id);
    if (events !== undefined) return events;
    const paid = this.leases.get(formatBidId(id));
    if (paid?.payment !== undefined) {
      this.leases.set(formatBidId(id), payOut({ ...paid, payment: paid.payment }));
    }
    return [];
  }

  /** Settles the deployment's account; when it ran dry, ends the deployment and returns the events of that. */
  #settle(id: DeploymentId): readonly MarketEvent[] | undefined {
    const key = formatDeploymentId(id);
    const deployment = this.deployments.get(key);
    if (deployment === undefined) return undefined;
    const paying = [...this.leases.values()].filter(
      (l): l is PayingLease =>
        formatDeploymentId(l.id) === key && l.payment?.state === 'open' && l.closedOn === 0n,
    );
    const { account, leases, overdrawn } = settle(deployment.escrow, paying, this.height);
    this.deployments.set(key, { ...deployment, escrow: account });
    for (const lease of leases) this.leases.set(formatBidId(lease.id), lease);
    if (!overdrawn) return undefined;
    return this.#endDeployment(id, 'insufficient_funds', 'lease_closed_reason_insufficient_funds');
  }

  /** More money; settled funds only grow, the account is not touched otherwise. */
  #deposit(m: Of<'deposit-deployment'>): readonly MarketEvent[] | FakeRefusal {
    const key = formatDeploymentId(m.id);
    const deployment = this.deployments.get(key);
    if (deployment?.state !== 'active') return refusal('deployment', 5, 'Deployment closed');
    const { denom, amount } = m.amount;
    const funds = new Map(deployment.escrow.funds.map((f) => [f.denom, f.amount]));
    funds.set(denom, (funds.get(denom) ?? new Decimal('0')).plus(new Decimal(amount.toString())));
    this.deployments.set(key, {
      ...deployment,
      escrow: {
        ...deployment.escrow,
        funds: Array.from(funds, ([d, a]) => ({ denom: d, amount: a })),
      },
    });
    return [{ type: 'deployment-deposited', id: m.id }];
  }

  #burn(m: Of<'burn-act'>): readonly MarketEvent[] | FakeRefusal {
    if (!this.exchange.terms.burnsAllowed) return refusal('bme', 6, 'circuit breaker is active');
    const burned = { denom: 'uact', amount: m.amountUact };
    if (!this.#pay(m.owner, { ...burned, amount: -m.amountUact })) {
      return refusal('sdk', 5, 'insufficient funds');
    }
    this.exchange.ask(m.owner, burned, this.height);
    return [];
  }

  /** What happens at the end of a block, whatever is in it. */
  endBlock(): void {
    for (const { owner, coin } of this.exchange.endBlock(this.height)) this.#pay(owner, coin);
  }

  /** Adds to a balance, or takes from it; `false`, and no change, when there is too little. */
  #pay(address: string, { denom, amount }: Coin): boolean {
    const balances = new Map((this.balances.get(address) ?? []).map((c) => [c.denom, c.amount]));
    const left = (balances.get(denom) ?? 0n) + amount;
    if (left < 0n) return false;
    balances.set(denom, left);
    this.balances.set(
      address,
      Array.from(balances, ([d, a]) => ({ denom: d, amount: a })),
    );
    return true;
  }

  #closeLease(id: BidId, reason: string, reopen: boolean): readonly MarketEvent[] | FakeRefusal {
    const lease = this.leases.get(formatBidId(id));
    if (lease === undefined) return refusal('market', 7, 'unknown lease');
    if (lease.state !== 'active') return refusal('market', 24, 'order closed');
    const events = this.#endLease(lease, reason);
    const order = this.orders.get(formatOrderId(orderIdOf(id)));
    const group = this.deployments
      .get(formatDeploymentId(id))
      ?.groups.find((g) => g.id.gseq === id.gseq);
    if (group === undefined || order === undefined) return events;
    if (reopen) return [...events, ...this.#openOrder({ ...order.id, oseq: id.oseq + 1 }, group)];
    this.#setGroup(group, 'paused');
    return [{ type: 'group-paused', id: group.id }, ...events];
  }

  #endLease(
    lease: Lease,
    reason: string,
    state: Lease['state'] = 'closed',
  ): readonly MarketEvent[] {
    this.leases.set(formatBidId(lease.id), {
      ...lease,
      state,
      closedOn: this.height,
      reason,
    });
    const bid = this.bids.get(formatBidId(lease.id));
    if (bid !== undefined) this.#setBid(bid, 'closed');
    const orderId = orderIdOf(lease.id);
    const order = this.orders.get(formatOrderId(orderId));
    if (order !== undefined) this.orders.set(formatOrderId(orderId), { ...order, state: 'closed' });
    return [
      { type: 'lease-closed', id: lease.id, reason },
      { type: 'bid-closed', id: lease.id },
      { type: 'order-closed', id: orderId },
    ];
  }

  #closeDeployment(id: DeploymentId): readonly MarketEvent[] | FakeRefusal {
    const deployment = this.deployments.get(formatDeploymentId(id));
    if (deployment?.state !== 'active') return refusal('deployment', 5, 'Deployment closed');
    return this.#endDeployment(id, 'closed', 'lease_closed_owner');
  }

  /** Ends a deployment with everything in it. */
  #endDeployment(
    id: DeploymentId,
    leaseState: Lease['state'],
    reason: string,
  ): readonly MarketEvent[] {
    const key = formatDeploymentId(id);
    const deployment = this.deployments.get(key);
    if (deployment === undefined) return [];
    const ofIt = (other: DeploymentId): boolean => formatDeploymentId(other) === key;
    const leases = [...this.leases.values()].filter((l) => ofIt(l.id) && l.closedOn === 0n);
    const events: MarketEvent[] = [{ type: 'deployment-closed', id }];
    for (const group of deployment.groups) events.push({ type: 'group-closed', id: group.id });
    for (const lease of leases) events.push(...this.#endLease(lease, reason, leaseState));
    for (const order of this.orders.values()) {
      if (!ofIt(order.id) || order.state === 'closed') continue;
      this.orders.set(formatOrderId(order.id), { ...order, state: 'closed' });
      events.push({ type: 'order-closed', id: order.id });
    }
    for (const bid of this.bids.values()) {
      if (!ofIt(bid.id) || bid.state !== 'open') continue;
      this.#setBid(bid, 'closed');
      events.push({ type: 'bid-closed', id: bid.id });
    }
    this.deployments.set(key, {
      ...deployment,
      state: 'closed',
      groups: deployment.groups.map((g) => ({ ...g, state: 'closed' })),
      escrow: {
        ...deployment.escrow,
        state: leaseState === 'insufficient_funds' ? 'overdrawn' : 'closed',
      },
    });
    return events;
  }

  #setBid(bid: Bid, state: Bid['state']): void {
    this.bids.set(formatBidId(bid.id), { ...bid, state });
  }

  #setGroup(group: Group, state: Group['state']): void {
    const key = formatDeploymentId(group.id);
    const deployment = this.deployments.get(key);
    if (deployment === undefined) return;
    this.deployments.set(key, {
      ...deployment,
      groups: deployment.groups.map((g) => (g.id.gseq === group.id.gseq ? { ...g, state } : g)),
    });
  }
}
