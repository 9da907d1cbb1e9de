/** One run of a drill: the orders that were opened in it, what is measured, and what counts at the end. */
import { setTimeout as delay } from 'node:timers/promises';
import { formatOrderId } from '../../market/ids.js';
import type { BidId, OrderId } from '../../market/ids.js';
import { expectNothingHeld } from '../e2e/expectations.js';
import { exampleSdl } from '../e2e/tenant.js';
import type { Tenant } from '../e2e/tenant.js';
import { waitFor } from '../peers/wait.js';
import { closes, duplicateBids, readHistory } from './audit.js';
import type { Happened } from './audit.js';
import type { Figures } from './figures.js';
import type { World } from './world.js';

const PATIENCE = { timeoutMs: 60_000, intervalMs: 25 };

let lastDseq = 1000n;

interface Opened {
  readonly tenant: Tenant;
  readonly order: OrderId;
  readonly servable: boolean;
}

export interface OpenOptions {
  readonly tenant?: Tenant;
  /** An example's name; default web-service. */
  readonly example?: string;
  readonly edit?: (text: string) => string;
  /** Whether Berth should bid on it at all; default true. */
  readonly servable?: boolean;
}

export class Trial {
  readonly world: World;
  readonly #name: string;
  readonly #from: bigint;
  readonly #footprint: string;
  readonly #opened: Opened[] = [];
  readonly #more: Record<string, number | string> = {};
  readonly #bidSeen = new Set<OrderId>();
  #bidWhileOneIsIllMs: number | undefined;
  #nextBidAfterHealingMs: number | undefined;
  #wanted: (close: Happened) => boolean = () => false;

  private constructor(world: World, name: string, from: bigint, footprint: string) {
    this.world = world;
    this.#name = name;
    this.#from = from;
    this.#footprint = footprint;
  }

  static async begin(world: World, name: string): Promise<Trial> {
    const { height } = await world.tenant.reader.head();
    return new Trial(world, name, height, await world.footprint());
  }

  /** What became of the lease that stands through all drills, or `undefined` when it is untouched. */
  async harm(): Promise<string | undefined> {
    const now = await this.world.footprint();
    return now === this.#footprint
      ? undefined
      : `the standing lease was ${this.#footprint} and is ${now}`;
  }

  /** Opens an order at a node that no fault touches. */
  async openOrder(options: OpenOptions = {}): Promise<OrderId> {
    const { tenant = this.world.tenant, example = 'web-service', servable = true } = options;
    const dseq = (lastDseq += 1n);
    const order = await tenant.openOrder(await exampleSdl(example, options.edit), dseq);
    this.#opened.push({ tenant, order, servable });
    return order;
  }

  /** Waits for our bid on it, open or more than that. */
  async bidOn(order: OrderId): Promise<BidId> {
    const bid = await waitFor(
      `a bid on ${formatOrderId(order)}`,
      async () => (await this.world.tenant.reader.bidsOnOrder(order))[0]?.id,
      PATIENCE,
    );
    this.#bidSeen.add(order);
    return bid;
  }

  /** Waits for this many more blocks. */
  async blocks(count: number): Promise<void> {
    const { reader } = this.world.tenant;
    const until = (await reader.head()).height + BigInt(count);
    await waitFor(
      `block ${until}`,
      async () => (await reader.head()).height >= until || undefined,
      PATIENCE,
    );
  }

  /** An order while part of the chain's endpoints are ill: it must be bid on all the same. */
  async orderWhileOneIsIll(): Promise<OrderId> {
    const order = await this.openOrder();
    const since = performance.now();
    await this.bidOn(order);
    this.#bidWhileOneIsIllMs = performance.now() - since;
    return order;
  }

  /** Ends every fault, opens another order, and measures until the next bid, on whichever order. */
  async healAndMeasure(): Promise<void> {
    const unbid = await this.#unbid();
    const since = performance.now();
    await this.world.heal();
    const fresh = this.openOrder().then((order) => this.bidOn(order));
    await Promise.race([fresh, ...unbid.map((order) => this.bidOn(order))]);
    this.#nextBidAfterHealingMs = performance.now() - since;
    await fresh;
  }

  note(what: string, value: number | string): void {
    this.#more[what] = value;
  }

  /** One more of this. */
  count(what: string): void {
    this.note(what, Number(this.#more[what] ?? 0) + 1);
  }

  /** Closes that the drill asked for. */
  allowCloses(which: (close: Happened) => boolean): void {
    this.#wanted = which;
  }

  history(): Promise<readonly Happened[]> {
    return this.#read();
  }

  /** Closes every order of the drill and waits until nothing of it is held. */
  async clear(): Promise<void> {
    await Promise.all(
      this.#opened.map(({ tenant, order }) => tenant.closeDeployment(order).catch(() => undefined)),
    );
    await expectNothingHeld(this.world.stack);
  }

  /** Waits for what is still to come, clears away, and counts. */
  async end(): Promise<Figures> {
    const missed = await this.#missed();
    // What Berth does wrongly after the fault counts as well: it has seen everything once more by then.
    await this.blocks(6);
    await this.clear();
    const history = await this.#read();
    const wrongful = closes(history).filter((c) => !this.#wanted(c));
    const harm = await this.harm();
    return {
      drill: this.#name,
      orders: this.#opened.filter((o) => o.servable).length,
      missed,
      duplicateBids: duplicateBids(history).length,
      wrongfulCloses: wrongful.length + (harm === undefined ? 0 : 1),
      ...(this.#bidWhileOneIsIllMs === undefined
        ? {}
        : { bidWhileOneIsIllMs: Math.round(this.#bidWhileOneIsIllMs) }),
      ...(this.#nextBidAfterHealingMs === undefined
        ? {}
        : { nextBidAfterHealingMs: Math.round(this.#nextBidAfterHealingMs) }),
      more: { ...this.#more, ...(harm === undefined ? {} : { harm }) },
    };
  }

  /** Orders that no bid was seen on; a chain that does not answer shows none. */
  async #unbid(): Promise<readonly OrderId[]> {
    const { reader } = this.world.tenant;
    const left = this.#opened.filter((o) => o.servable && !this.#bidSeen.has(o.order));
    const bids = left.map(async ({ order }) => {
      const silence = delay(1_000, [], { ref: false });
      const found = reader.bidsOnOrder(order).catch(() => []);
      return (await Promise.race([found, silence])).length > 0 ? [] : [order];
    });
    return (await Promise.all(bids)).flat();
  }

  async #missed(): Promise<number> {
    const results = await Promise.allSettled(
      this.#opened.filter((o) => o.servable).map(({ order }) => this.bidOn(order)),
    );
    return results.filter((r) => r.status === 'rejected').length;
  }

  async #read(): Promise<readonly Happened[]> {
    const { stack, tenant } = this.world;
    const { height } = await tenant.reader.head();
    const provider = stack.chain.account('provider').address;
    return readHistory(stack.chain.rpcUrl, provider, this.#from + 1n, height);
  }
}
