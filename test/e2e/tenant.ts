/** A tenant on the real parts, step by step, so that tests can break things between any two steps. */
import type { ClientRequest, OutgoingHttpHeaders } from 'node:http';
import { request } from 'node:https';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { JwtTokenManager } from '@akashnetwork/chain-sdk';
import { Secp256k1HdWallet } from '@cosmjs/amino';
import { Comet38Client } from '@cosmjs/tendermint-rpc';
import { WebSocket } from 'ws';
import { readSdl } from '../../cli/sdl.js';
import type { ReadSdl } from '../../cli/sdl.js';
import { connectChain } from '../../chain/client.js';
import type { ChainClient } from '../../chain/client.js';
import type { ChainMessage, TxLane, TxOutcome } from '../../chain/ports.js';
import { signerFromMnemonic } from '../../chain/wallet.js';
import { formatOrderId, orderIdOf } from '../../market/ids.js';
import type { BidId, OrderId } from '../../market/ids.js';
import { parseDecimal } from '../../market/money.js';
import type { Bid } from '../../market/records.js';
import type { ChainAccount } from '../peers/chain.js';
import { waitFor } from '../peers/wait.js';
import type { Stack } from '../stack/stack.js';

export interface HttpAnswer {
  readonly status: number;
  readonly body: string;
}

/** A stream that is open. */
export interface TenantStream {
  /** What came so far. */
  readonly frames: readonly unknown[];
  /** The close code of its end. */
  readonly ended: Promise<number>;
  readonly close: () => void;
}

/** A refusal as the gateway words it. */
export interface Refusal {
  readonly status: number;
  /** The stable reason. */
  readonly code: string;
  readonly message: string;
  readonly retryAfterSeconds: number | undefined;
}

/** An example by its file name, with its text changed by `edit` first. */
export const exampleSdl = async (
  name: string,
  edit: (text: string) => string = (text) => text,
): Promise<ReadSdl> => {
  const text = readFileSync(join(import.meta.dirname, '../../examples', `${name}.yaml`), 'utf8');
  const sdl = await readSdl(edit(text));
  if (!sdl.ok) throw new Error(sdl.reasons.map((r) => r.message).join('; '));
  return sdl;
};

/** A transaction that must succeed. */
const succeeded = (
  what: string,
  outcome: TxOutcome,
): TxOutcome & { readonly status: 'included' } => {
  if (outcome.status === 'included' && outcome.code === 0) return outcome;
  throw new Error(
    `${what}: ${JSON.stringify(outcome, (_k, v: unknown) => (typeof v === 'bigint' ? v.toString() : v))}`,
  );
};

/** What a tenant must know of the market: a chain, and where the provider's gateway answers at the moment. */
export type Market = Pick<Stack, 'chain' | 'gatewayUrl'>;

export class Tenant {
  readonly address: string;
  readonly #market: Market;
  readonly #chain: ChainClient;
  readonly #lane: TxLane;
  readonly #account: ChainAccount;

  private constructor(market: Market, chain: ChainClient, lane: TxLane, account: ChainAccount) {
    this.#market = market;
    this.#chain = chain;
    this.#lane = lane;
    this.#account = account;
    this.address = account.address;
  }

  static async of(
    market: Market,
    role: 'tenant' | 'otherTenant' | 'provider' = 'tenant',
  ): Promise<Tenant> {
    const account = market.chain.account(role);
    const chain = connectChain({ endpoints: [market.chain.rpcUrl], chainId: market.chain.chainId });
    const lane = chain.laneFor(await signerFromMnemonic(account.mnemonic), {
      gasPrice: { denom: 'uakt', amount: parseDecimal('0.025') },
    });
    return new Tenant(market, chain, lane, account);
  }

  get reader(): ChainClient['reader'] {
    return this.#chain.reader;
  }

  async submit(message: ChainMessage): Promise<TxOutcome & { readonly status: 'included' }> {
    return succeeded(message.type, await this.#lane.submit([message]));
  }

  /** Opens a deployment and returns the order of its first group. */
  async openOrder(sdl: ReadSdl, dseq: bigint, depositUact = 50_000_000n): Promise<OrderId> {
    await this.submit({
      type: 'create-deployment',
      id: { owner: this.address, dseq },
      groups: sdl.groups,
      hash: sdl.hash,
      deposit: { denom: 'uact', amount: depositUact },
    });
    return { owner: this.address, dseq, gseq: 1, oseq: 1 };
  }

  /** The first open bid on an order. */
  waitForBid(order: OrderId, timeoutMs = 90_000): Promise<Bid> {
    return waitFor(
      `a bid on ${formatOrderId(order)}`,
      async () => (await this.#chain.reader.bidsOnOrder(order)).find((b) => b.state === 'open'),
      { timeoutMs },
    );
  }

  acceptBid(id: BidId): Promise<TxOutcome> {
    return this.submit({ type: 'create-lease', id });
  }

  /** The transaction that takes a bid, signed and not sent. */
  async signAccept(id: BidId): Promise<Uint8Array> {
    return (await this.#lane.sign([{ type: 'create-lease', id }])).bytes;
  }

  /** Puts a signed transaction into the mempool of the chain's own node. @throws when it is not taken */
  async hand(tx: Uint8Array): Promise<void> {
    const comet = await Comet38Client.connect(this.#market.chain.rpcUrl);
    const { code, log } = await comet.broadcastTxSync({ tx });
    comet.disconnect();
    if (code !== 0) throw new Error(`the mempool refused the transaction: ${log ?? code}`);
  }

  closeDeployment(order: OrderId): Promise<TxOutcome> {
    return this.submit({ type: 'close-deployment', id: { owner: order.owner, dseq: order.dseq } });
  }

  /** The token that the existing clients make: full access, fifteen minutes. */
  async token(issuer?: string): Promise<string> {
    const wallet = await Secp256k1HdWallet.fromMnemonic(this.#account.mnemonic, {
      prefix: 'akash',
    });
    const now = Math.floor(Date.now() / 1000);
    return new JwtTokenManager(wallet).generateToken({
      version: 'v1',
      iss: issuer ?? this.address,
      iat: now,
      nbf: now,
      exp: now + 900,
      leases: { access: 'full' },
    });
  }

  sendManifest(order: OrderId, manifest: Uint8Array): Promise<HttpAnswer> {
    return this.http('PUT', `/deployment/${order.dseq}/manifest`, manifest);
  }

  leaseStatus(id: BidId): Promise<HttpAnswer> {
    const { dseq, gseq, oseq } = orderIdOf(id);
    return this.http('GET', `/lease/${dseq}/${gseq}/${oseq}/status`);
  }

  /** A request with this tenant's token; the certificate is the provider's own, checked by the CLI's tests. */
  async http(method: string, path: string, body?: Uint8Array): Promise<HttpAnswer> {
    const { status, text } = await this.#exchange(method, path, body);
    return { status, body: text };
  }

  /** A manifest that must be refused. @throws when it is taken */
  async refusedManifest(order: OrderId, manifest: Uint8Array): Promise<Refusal> {
    const path = `/deployment/${order.dseq}/manifest`;
    const { status, text, retryAfter } = await this.#exchange('PUT', path, manifest);
    if (status < 400) throw new Error(`the gateway took the manifest with status ${status}`);
    const { code, message } = JSON.parse(text) as { code: string; message: string };
    const retryAfterSeconds = retryAfter === undefined ? undefined : Number(retryAfter);
    return { status, code, message, retryAfterSeconds };
  }

  async #exchange(
    method: string,
    path: string,
    body?: Uint8Array,
  ): Promise<{ status: number; text: string; retryAfter: string | undefined }> {
    const call = await this.request(method, path);
    return new Promise((resolve, reject) => {
      call.on('response', (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => {
          resolve({
            status: response.statusCode ?? 0,
            text: Buffer.concat(chunks).toString('utf8'),
            retryAfter: response.headers['retry-after'],
          });
        });
      });
      call.on('error', reject);
      call.end(body);
    });
  }

  /** A request that has been opened and not written yet, for tests that break it on the way. */
  async request(
    method: string,
    path: string,
    headers: OutgoingHttpHeaders = {},
  ): Promise<ClientRequest> {
    const token = await this.token();
    return request(new URL(path, this.#market.gatewayUrl), {
      method,
      // A connection of its own: one that is kept alive would die with a killed gateway and fail the next request.
      agent: false,
      rejectUnauthorized: false,
      headers: {
        authorization: `Bearer ${token}`,
        ...(method === 'PUT' ? { 'content-type': 'application/json; charset=UTF-8' } : {}),
        ...headers,
      },
    });
  }

  /** A stream of a lease through the gateway. @param path below the lease's, with its query */
  async stream(id: BidId, path: string): Promise<TenantStream> {
    const { dseq, gseq, oseq } = orderIdOf(id);
    const url = new URL(`/lease/${dseq}/${gseq}/${oseq}/${path}`, this.#market.gatewayUrl);
    url.protocol = 'wss:';
    const socket = new WebSocket(url, {
      rejectUnauthorized: false,
      headers: { authorization: `Bearer ${await this.token()}` },
    });
    const frames: unknown[] = [];
    socket.on('message', (data: Buffer) => frames.push(JSON.parse(data.toString('utf8'))));
    const ended = new Promise<number>((resolve) => {
      socket.on('close', resolve);
    });
    await once(socket, 'open');
    return {
      ...{ frames, ended },
      close: () => {
        socket.close();
      },
    };
  }

  close(): void {
    this.#chain.close();
  }
}
