/** What `berth deploy` was asked, and what it says while it works. */
import type { DeploymentId, LeaseId, OrderId } from '../../market/ids.js';
import type { Coin, Decimal } from '../../market/money.js';
import type { Lease } from '../../market/records.js';
import type { GroupSpec } from '../../market/resources.js';
import type { GpuCount } from '../format/gpus.js';
import type { ForwardedPort, LeasedPort } from '../lease-status.js';
import type { ReadSdl } from '../sdl.js';

export interface DeployRequest {
  /** As the user named it, for advice that can be typed. */
  readonly file: string;
  readonly sdl: ReadSdl;
  readonly deposit: Coin;
  /** `cheapest`, a provider's address, or `undefined` to ask. */
  readonly accept: string | undefined;
  /** How long to wait for acceptable bids, milliseconds. */
  readonly bidWaitMs: number;
  /** Blocks to wait for better bids once there is one. */
  readonly settleBlocks: number;
  /** The most that all groups together may cost. */
  readonly maxUsdPerHour: Decimal | undefined;
  /** For everything after the lease, milliseconds. */
  readonly timeoutMs: number;
  /** A sequence of the user's own; one that exists is gone on with. */
  readonly dseq: bigint | undefined;
  /** Leave the deployment open when nothing acceptable bids. */
  readonly keep: boolean;
  /** What fees may come to until the deployment is closed again. */
  readonly feeReserve: Coin;
}

/** One group of the deployment and how far it has come. */
export interface OpenGroup {
  readonly spec: GroupSpec;
  readonly order: OrderId;
  /** Set when it has a live lease already. */
  readonly lease: Lease | undefined;
}

/** A deployment whose order is in the book or whose lease is running. */
export interface Opened {
  readonly id: DeploymentId;
  /** Whether this run made it, and may therefore take it back. */
  readonly created: boolean;
  readonly groups: readonly OpenGroup[];
}

/** One service at the end of a deployment. */
export interface ReadyService {
  readonly name: string;
  readonly group: string;
  readonly uris: readonly string[];
  readonly ports: readonly ForwardedPort[];
  readonly ips: readonly LeasedPort[];
}

/** A lease of the deployment and the provider's address on chain. */
export interface HeldLease {
  readonly id: LeaseId;
  readonly group: string;
  readonly hostUri: string;
}

/** One line of `--output jsonl`. Sequences and heights are strings: they are 64 bits wide. */
export type DeployStep =
  | {
      readonly step: 'deployment-created';
      readonly dseq: string;
      readonly height: string;
      readonly txHash: string;
      /** SHA-256 of the manifest, hexadecimal. */
      readonly hash: string;
    }
  | { readonly step: 'deployment-resumed'; readonly dseq: string }
  | {
      readonly step: 'bid';
      readonly provider: string;
      readonly group: string;
      /** `null` for a denomination without a fixed price. */
      readonly usdPerHour: string | null;
      /** Per block, with its denomination. */
      readonly price: string;
      readonly gpus: readonly GpuCount[];
      /** Block the bid is in. */
      readonly height: string;
    }
  | {
      readonly step: 'lease-created';
      readonly provider: string;
      readonly group: string;
      readonly gseq: number;
      readonly oseq: number;
      readonly price: string;
      readonly usdPerHour: string | null;
      readonly height: string;
      readonly txHash: string;
    }
  | { readonly step: 'manifest-sent'; readonly provider: string; readonly attempts: number }
  | {
      readonly step: 'service';
      readonly name: string;
      readonly group: string;
      readonly ready: number;
      readonly total: number;
    }
  | {
      readonly step: 'ready';
      readonly dseq: string;
      readonly services: readonly ReadyService[];
    }
  | {
      readonly step: 'deployment-closed';
      readonly dseq: string;
      readonly height: string;
      readonly txHash: string;
    };
