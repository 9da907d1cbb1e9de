/** What the commands need of the world; `app.ts` wires the real ones, tests their own. */
import type { ChainClock } from '../chain/clock.js';
import type { ChainReader, Signer, TxLane } from '../chain/ports.js';
import type { LeaseId } from '../market/ids.js';
import type { Provider } from '../market/records.js';
import type { LeaseStatus } from './lease-status.js';

/** The chain as a tenant uses it. */
export interface TenantChain {
  readonly reader: ChainReader;
  /** Signs and sends with the tenant's key. */
  laneFor(signer: Signer): TxLane;
  /** Mean milliseconds between blocks, measured. @throws ChainUnavailableError */
  blockTimeMs(): Promise<number>;
  /** Every registered provider. @throws ChainUnavailableError */
  providers(): Promise<readonly Provider[]>;
}

/** A provider's gateway, and where the chain says it is. */
export interface GatewayTarget {
  /** The provider's address. */
  readonly provider: string;
  /** Its `hostUri` on chain. */
  readonly hostUri: string;
}

/** Why a gateway did not do what it was asked. */
export interface GatewayRefusal {
  readonly ok: false;
  /** Whether the same request may succeed a little later. */
  readonly transient: boolean;
  readonly code: string;
  readonly message: string;
  readonly field?: string | undefined;
}

export type GatewayAnswer<T> = { readonly ok: true; readonly value: T } | GatewayRefusal;

/** A stream of a gateway: a lease's path below its own, and the frames as they come. */
export interface GatewayStream {
  /** One JSON document each. Throws a CliFailure when the gateway ends it for a reason; leaving the loop closes it. */
  readonly frames: AsyncIterable<unknown>;
}

/** The calls of a tenant to his provider. None throws for what the network or the gateway does. */
export interface TenantGateway {
  putManifest(
    target: GatewayTarget,
    dseq: bigint,
    manifest: Uint8Array,
    signal?: AbortSignal,
  ): Promise<GatewayAnswer<undefined>>;
  leaseStatus(
    target: GatewayTarget,
    lease: LeaseId,
    signal?: AbortSignal,
  ): Promise<GatewayAnswer<LeaseStatus>>;
  /** @param path below the lease's, with its query, for example `logs?follow=true` */
  openStream(
    target: GatewayTarget,
    lease: LeaseId,
    path: string,
    signal: AbortSignal,
  ): Promise<GatewayAnswer<GatewayStream>>;
}

/** Text styles the commands use; they are colours on a terminal and nothing elsewhere. */
export type Style = 'bold' | 'dim' | 'green' | 'yellow' | 'red';

/** A person at a terminal, or nobody. */
export interface Terminal {
  /** Whether somebody is there to answer questions. */
  readonly canAsk: boolean;
  /** Whether {@link live} shows anything; where it does not, progress is told line by line. */
  readonly redraws: boolean;
  /** A line for people, on stderr. */
  say(text: string): void;
  /** Replaces the block of lines shown last by this call, where that is possible; elsewhere nothing. */
  live(lines: readonly string[]): void;
  /** Ends the live block, leaving it on the screen. */
  settle(): void;
  /** One line of an answer, trimmed. @throws CliFailure `Interrupted` */
  ask(question: string, signal: AbortSignal): Promise<string>;
  style(style: Style, text: string): string;
}

/** What the user gets: results on stdout in the form asked for. */
export interface Output {
  readonly mode: OutputMode;
  /** The result of the command: `value` for machines, `text` for people. */
  result(value: unknown, text: string): void;
  /** One step of a long command: a line of JSON Lines, nothing in other forms. */
  step(step: object): void;
  /** One line of a result that has no end: text, or `value` as a line of JSON in both other forms. */
  line(value: unknown, text: string): void;
}

export type OutputMode = 'text' | 'json' | 'jsonl';

/** What every command gets. */
export interface Context {
  readonly terminal: Terminal;
  readonly output: Output;
  readonly clock: ChainClock;
  /** Aborted when the user wants out. */
  readonly signal: AbortSignal;
}

/** What commands get that only read the chain. */
export interface ChainContext extends Context {
  readonly chain: TenantChain;
}

/** What commands get that act for a tenant. */
export interface TenantContext extends ChainContext {
  readonly owner: string;
  readonly lane: TxLane;
  /** A fresh deadline for one transaction. */
  readonly patience: () => AbortSignal;
  readonly gateway: TenantGateway;
}
