/** A tenant's world in memory: the fake chain with one provider, a gateway, a terminal; for tests only. */
import { randomBytes } from 'node:crypto';
import { FakeChain } from '../../chain/testing/fake-chain.js';
import { mnemonicFromEntropy, signerFromMnemonic } from '../../chain/wallet.js';
import { formatDeploymentId } from '../../market/ids.js';
import type { OrderId } from '../../market/ids.js';
import { parseDecimal } from '../../market/money.js';
import type { Coin } from '../../market/money.js';
import type { Provider } from '../../market/records.js';
import type { LeaseStatus } from '../lease-status.js';
import type { GatewayAnswer, GatewayStream, OutputMode, TenantContext } from '../ports.js';
import { createOutput } from '../terminal.js';

export const newAddress = async (): Promise<string> =>
  (await signerFromMnemonic(mnemonicFromEntropy(randomBytes(32)))).address;

const RICH: readonly Coin[] = [
  { denom: 'uact', amount: 50_000_000n },
  { denom: 'uakt', amount: 10_000_000n },
];

/** Everything a command touches, and what it did to it. */
export class TenantWorld {
  readonly chain = new FakeChain();
  readonly stop = new AbortController();
  /** Lines on stderr. */
  readonly said: string[] = [];
  /** Text on stdout. */
  stdout = '';
  /** Answers to questions, in order; a missing one ends the test. */
  readonly answers: string[] = [];
  readonly questions: string[] = [];
  canAsk = false;
  mode: OutputMode = 'jsonl';
  /** What the gateway answers to those who open a stream, in order. */
  readonly streamAnswers: GatewayAnswer<GatewayStream>[] = [];
  /** Paths of the streams that were opened. */
  readonly streamsAsked: string[] = [];
  /** What the gateway answers to a manifest, in order; then it accepts. */
  readonly manifestAnswers: GatewayAnswer<undefined>[] = [];
  /** What it answers about a lease, in order; the last one again and again. */
  readonly statusAnswers: GatewayAnswer<LeaseStatus>[] = [];
  readonly manifests: { readonly provider: string; readonly json: string }[] = [];
  /** Called at every pause of a command, after a block was made. */
  onPause: () => void | Promise<void> = () => undefined;
  #nowMs = 0;

  private constructor(readonly_: {
    readonly owner: string;
    readonly provider: string;
    readonly other: string;
  }) {
    this.owner = readonly_.owner;
    this.provider = readonly_.provider;
    this.other = readonly_.other;
  }

  readonly owner: string;
  readonly provider: string;
  /** A second provider. */
  readonly other: string;

  /** With a rich tenant and two registered providers. */
  static async create(): Promise<TenantWorld> {
    const [owner, provider, other] = [await newAddress(), await newAddress(), await newAddress()];
    const world = new TenantWorld({ owner, provider, other });
    world.chain.market.balances.set(owner, RICH);
    world.register(provider);
    world.register(other);
    return world;
  }

  register(owner: string, attributes: Provider['attributes'] = []): void {
    const info = { email: '', website: '' };
    const hostUri = 'https://gateway.example.com:8443';
    this.chain.market.providers.set(owner, { owner, hostUri, attributes, info });
  }

  /** Puts a bid on chain. @param uactPerBlock decimal */
  bid(order: OrderId, provider: string, uactPerBlock: string): void {
    const events = this.chain.market.run({
      type: 'create-bid',
      id: { ...order, provider, bseq: 0 },
      price: { denom: 'uact', amount: parseDecimal(uactPerBlock) },
      deposit: { denom: 'uakt', amount: 500_000n },
      resourcesOffer: [],
    });
    if ('code' in events) throw new Error(events.log);
  }

  /** Open orders of the tenant. */
  orders(): readonly OrderId[] {
    return [...this.chain.market.orders.values()]
      .filter((o) => o.state === 'open')
      .map((o) => o.id);
  }

  /** Each open order gets this bid as soon as it is seen. */
  bidsBy(provider: string, uactPerBlock: string): void {
    const before = this.onPause;
    const done = new Set<string>();
    this.onPause = async () => {
      await before();
      for (const order of this.orders()) {
        const key = `${formatDeploymentId(order)}/${order.gseq}/${order.oseq}`;
        if (done.has(key)) continue;
        done.add(key);
        this.bid(order, provider, uactPerBlock);
      }
    };
  }

  /** Every message that reached the chain. */
  sent(): readonly string[] {
    return this.chain.submissions.flatMap((s) => s.messages.map((m) => m.type));
  }

  /** The lines of JSON on stdout. */
  steps(): readonly Readonly<Record<string, unknown>>[] {
    return this.stdout
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
  }

  context(): TenantContext {
    const lane = this.chain.laneFor({ address: this.owner });
    return {
      owner: this.owner,
      signal: this.stop.signal,
      patience: () => new AbortController().signal,
      output: createOutput({ write: (text: string) => (this.stdout += text) }, this.mode),
      clock: {
        now: () => this.#nowMs,
        wallMs: () => 1_800_000_000_000 + this.#nowMs,
        random: () => 0.5,
        sleep: async (ms) => {
          this.#nowMs += ms;
          this.chain.commit();
          await this.onPause();
        },
      },
      terminal: {
        canAsk: this.canAsk,
        redraws: false,
        say: (text) => void this.said.push(text),
        live: () => undefined,
        settle: () => undefined,
        ask: async (question) => {
          this.questions.push(question);
          const answer = this.answers.shift();
          if (answer === undefined) throw new Error(`nobody answers "${question}"`);
          return answer;
        },
        style: (_style, text) => text,
      },
      chain: {
        reader: this.chain.reader,
        laneFor: () => lane,
        blockTimeMs: async () => 1_000,
        providers: async () => [...this.chain.market.providers.values()],
      },
      // A transaction waits for a block; the next turn of the loop brings it.
      lane: {
        ...lane,
        submit: async (messages, options) => {
          const outcome = lane.submit(messages, options);
          await new Promise((resolve) => setImmediate(resolve));
          this.chain.commit();
          return outcome;
        },
      },
      gateway: {
        putManifest: async ({ provider }, _dseq, manifest) => {
          const answer = this.manifestAnswers.shift() ?? { ok: true, value: undefined };
          if (answer.ok) this.manifests.push({ provider, json: Buffer.from(manifest).toString() });
          return answer;
        },
        leaseStatus: async () => {
          const [next] = this.statusAnswers;
          if (this.statusAnswers.length > 1) this.statusAnswers.shift();
          return next ?? { ok: true, value: { services: [], warnings: [] } };
        },
        openStream: async (_target, _lease, path) => {
          this.streamsAsked.push(path);
          const answer = this.streamAnswers.shift();
          if (answer === undefined) throw new Error(`no stream is ready for ${path}`);
          return answer;
        },
      },
    };
  }
}

/** A gateway's word on some services, ready replicas by name. */
export const services = (ready: Readonly<Record<string, number>>): GatewayAnswer<LeaseStatus> => ({
  ok: true,
  value: {
    warnings: [],
    services: Object.entries(ready).map(([name, available]) => ({
      name,
      available,
      total: available,
      uris: [`${name}.example.com`],
      ports: [],
      ips: [],
    })),
  },
});

/** A gateway's refusal. */
export const refusal = (code: string, transient: boolean): GatewayAnswer<never> => ({
  ok: false,
  transient,
  code,
  message: `the gateway said ${code}`,
});
