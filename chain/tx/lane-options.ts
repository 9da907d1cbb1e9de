/** What a lane is made of, and how it is tuned. */
import type { Comet38Client, RpcClient } from '@cosmjs/tendermint-rpc';
import type { DecCoin } from '../../market/money.js';
import type { ChainClock } from '../clock.js';
import type { ChainReader } from '../ports.js';
import type { HeadTracker } from '../rpc/head-tracker.js';
import type { SendResult } from './send.js';

/** A key that acts for another account by that account's grants (authz), which may pay its fees too (feegrant). */
export interface GranteeMode {
  /** The account that every message acts for. */
  readonly granter: string;
  /** Whether the granter pays the fees, or the key's own account. */
  readonly granterPays: boolean;
}

/** How a lane pays and how patient it is. */
export interface LaneOptions {
  /** The key is only a grantee: every message is wrapped. Left out, the key's account acts for itself. */
  readonly grantee?: GranteeMode | undefined;
  /** Per unit of gas, for example 0.025 uakt. */
  readonly gasPrice: DecCoin;
  /** How long an unordered transaction may wait, by block time; default 60, at most 590. */
  readonly timeoutSeconds?: number;
  /** Longest time between two looks for inclusion, milliseconds; default 500. */
  readonly pollMs?: number;
  /** How often a transaction that is not in a block is sent again, milliseconds; default 2000. */
  readonly resendMs?: number;
  /** Signings of one `submit`, the first included; default 4. */
  readonly attempts?: number;
}

/** What a lane works with. */
export interface LaneDeps {
  readonly rpc: RpcClient;
  readonly comet: Comet38Client;
  readonly reader: Pick<ChainReader, 'account'>;
  readonly heads: HeadTracker;
  readonly clock: ChainClock;
  /** Hands the bytes to the mempools; never rejects. */
  readonly send: (bytes: Uint8Array) => Promise<SendResult>;
  /** The chain to sign for. @throws ChainUnavailableError */
  readonly chainId: () => Promise<string>;
  /** Ends every wait of the lane, as if each had been aborted. */
  readonly closed: AbortSignal;
}

/** With the defaults filled in. */
export const withDefaults = (options: LaneOptions): Required<LaneOptions> => ({
  grantee: undefined,
  timeoutSeconds: 60,
  pollMs: 500,
  resendMs: 2_000,
  attempts: 4,
  ...options,
});
