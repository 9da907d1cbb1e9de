/** A devnet for one test file, in a folder of its own that goes with it. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import {
  QueryAccountRequest,
  QueryAccountResponse,
  BaseAccount,
} from '@akashnetwork/chain-sdk/private-types/cosmos.v1beta1';
import { DEVNET_ACCOUNTS } from '../../../devnet/accounts.js';
import { startDevnet, type Devnet, type DevnetOptions } from '../../../devnet/process.js';
import { keyOfMnemonic, signTx, type TestKey, type TestTx } from '../../../devnet/testing/sign.js';

export const BLOCK_TIME_MS = 200;

/** What `/tx` says of a transaction in a block. */
export interface Included {
  readonly height: string;
  readonly tx_result: {
    readonly code: number;
    readonly codespace: string;
    readonly log: string;
    readonly gas_used: string;
  };
}

interface RpcAnswer<T> {
  readonly result?: T;
  readonly error?: { readonly code: number; readonly message: string; readonly data: string };
}

/** Thrown when the RPC answered with an error. */
export class RpcError extends Error {}

export const rpc = async <T>(url: string, method: string, params: object = {}): Promise<T> => {
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params });
  const answer = await fetch(url, { method: 'POST', body });
  const { result, error } = (await answer.json()) as RpcAnswer<T>;
  if (result === undefined) throw new RpcError(error?.data ?? error?.message ?? 'no result');
  return result;
};

/** Asks until `probe` gives something. @throws Error naming `what` after ten seconds */
export const eventually = async <T>(
  what: string,
  probe: () => Promise<T | undefined>,
): Promise<T> => {
  const deadline = performance.now() + 10_000;
  for (;;) {
    const found = await probe();
    if (found !== undefined) return found;
    if (performance.now() > deadline) throw new Error(`${what} did not come within 10 s`);
    await delay(20);
  }
};

export interface Broadcast {
  readonly code: number;
  readonly codespace: string;
  readonly log: string;
  readonly hash: string;
}

export class DevnetHarness {
  readonly devnet: Devnet;
  readonly #folder: string;

  private constructor(devnet: Devnet, folder: string) {
    this.devnet = devnet;
    this.#folder = folder;
  }

  static async start(options: Partial<DevnetOptions> = {}): Promise<DevnetHarness> {
    const folder = await mkdtemp(join(tmpdir(), 'berth-devnet-'));
    const devnet = await startDevnet({
      dir: join(folder, 'validator'),
      blockTimeMs: BLOCK_TIME_MS,
      ...options,
    });
    return new DevnetHarness(devnet, folder);
  }

  /** A folder beside the validator's. */
  folder(name: string): string {
    return join(this.#folder, name);
  }

  async end(): Promise<void> {
    await this.devnet.kill();
    await rm(this.#folder, { recursive: true, force: true });
  }

  async key(name: keyof typeof DEVNET_ACCOUNTS): Promise<TestKey> {
    return keyOfMnemonic(DEVNET_ACCOUNTS[name].mnemonic);
  }

  async account(address: string): Promise<BaseAccount> {
    const data = Buffer.from(QueryAccountRequest.encode({ address }).finish()).toString('hex');
    const path = '/cosmos.auth.v1beta1.Query/Account';
    const { response } = await rpc<{ response: { value: string } }>(
      this.devnet.rpcUrl,
      'abci_query',
      { path, data },
    );
    const { account } = QueryAccountResponse.decode(Buffer.from(response.value, 'base64'));
    return BaseAccount.decode(account?.value ?? new Uint8Array());
  }

  async sign(
    key: TestKey,
    tx: Omit<TestTx, 'key' | 'chainId' | 'accountNumber'>,
  ): Promise<Uint8Array> {
    const account = await this.account(key.address);
    const accountNumber = BigInt(account.accountNumber.toString());
    const sequence = tx.unordered === true ? 0n : BigInt(account.sequence.toString());
    return signTx({ sequence, ...tx, key, chainId: this.devnet.chainId, accountNumber });
  }

  async broadcast(tx: Uint8Array): Promise<Broadcast> {
    return rpc(this.devnet.rpcUrl, 'broadcast_tx_sync', { tx: Buffer.from(tx).toString('base64') });
  }

  /** The transaction once it is in a block. */
  async included(hash: string, url = this.devnet.rpcUrl): Promise<Included> {
    return eventually(`transaction ${hash}`, async () => {
      try {
        return await rpc<Included>(url, 'tx', {
          hash: Buffer.from(hash, 'hex').toString('base64'),
        });
      } catch (error) {
        if (error instanceof RpcError) return undefined;
        throw error;
      }
    });
  }

  /** Broadcasts and waits for the block. @throws Error when the mempool refuses */
  async deliver(tx: Uint8Array): Promise<Included> {
    const { code, log, hash } = await this.broadcast(tx);
    if (code !== 0) throw new Error(log);
    return this.included(hash);
  }

  async height(url = this.devnet.rpcUrl): Promise<bigint> {
    const { sync_info: info } = await rpc<{ sync_info: { latest_block_height: string } }>(
      url,
      'status',
    );
    return BigInt(info.latest_block_height);
  }

  /** Waits until `height` is committed at `url`. */
  async reach(height: bigint, url = this.devnet.rpcUrl): Promise<void> {
    await eventually(`height ${height}`, async () =>
      (await this.height(url)) >= height ? true : undefined,
    );
  }

  /** App hash after `height`, which the header of the next block holds. */
  async appHash(height: bigint, url = this.devnet.rpcUrl): Promise<string> {
    await this.reach(height + 1n, url);
    const { header } = await rpc<{ header: { app_hash: string } }>(url, 'header', {
      height: (height + 1n).toString(),
    });
    return header.app_hash;
  }
}
