/**
 * The replicated state machine, without its transport. Three states, as in the SDK: committed (the database), the block
 * being decided (a branch, lost with the process and replayed by CometBFT), and the check state (a branch of committed
 * state that runs ahead with the mempool and starts anew after each block).
 */
import type { ConsensusParams } from '@akashnetwork/chain-sdk/private-types/tendermint.types';
import type { Decimal } from '../../market/money.js';
import { nextAppHash } from './app-hash.js';
import { inPhase } from './abci-events.js';
import { Branch, type Writes } from './branch.js';
import { freeContext } from './context.js';
import type { Head, StateDatabase } from './database.js';
import { buildGenesis, storedChainId, storedConsensusParams, type Genesis } from './genesis.js';
import type { BlockTime, Context, Event, Module, Store } from './module.js';
import { answerQuery, type QueryAnswer } from './queries.js';
import type { Router } from './router.js';
import { runTx, type RunEnvironment, type TxOutcome } from './run-tx.js';

export interface ApplicationOptions {
  readonly database: StateDatabase;
  /** In the order of genesis, block begin and block end. */
  readonly modules: readonly Module[];
  /** The router that was given to modules which run messages themselves; modules are added to it here. */
  readonly router: Router;
  /** uakt per gas, asked by the mempool only. */
  readonly minGasPriceUakt: Decimal;
  /** Whether genesis left unordered transactions on. */
  readonly unorderedEnabled: (context: Context) => boolean;
}

/** A block as consensus decided it. */
export interface DecidedBlock {
  readonly height: bigint;
  readonly time: BlockTime;
  readonly txs: readonly Uint8Array[];
}

export interface BlockOutcome {
  readonly appHash: Uint8Array;
  readonly events: readonly Event[];
  readonly txs: readonly TxOutcome[];
  readonly consensusParams: ConsensusParams | undefined;
}

interface PendingBlock {
  readonly head: Head;
  readonly writes: Writes;
}

export class Application {
  readonly #options: ApplicationOptions;
  #chainId: string;
  #head: Head | undefined;
  #genesis:
    { readonly state: Branch; readonly hash: Uint8Array; readonly time: BlockTime } | undefined;
  #pending: PendingBlock | undefined;
  #check: Branch;

  constructor(options: ApplicationOptions) {
    this.#options = options;
    this.#chainId = storedChainId(options.database);
    this.#head = options.database.head();
    this.#check = new Branch(options.database);
    for (const module of options.modules) options.router.add(module);
  }

  /** The last committed block. */
  head(): Head | undefined {
    return this.#head;
  }

  /** @returns the app hash of genesis. @throws GenesisError */
  initChain(genesis: Genesis): Uint8Array {
    this.#chainId = genesis.chainId;
    const state = buildGenesis(this.#options.modules, genesis);
    const hash = nextAppHash(new Uint8Array(), 0n, state.writes());
    this.#genesis = { state, hash, time: genesis.time };
    this.#check = new Branch(state);
    return hash;
  }

  checkTx(tx: Uint8Array, mode: 'check' | 'recheck'): TxOutcome {
    return runTx(this.#checkEnvironment(this.#check), tx, mode);
  }

  simulate(tx: Uint8Array): TxOutcome {
    return runTx(this.#checkEnvironment(new Branch(this.#check)), tx, 'simulate');
  }

  /** Runs a block on a branch of the committed state; asked again for the same height it starts from there again. */
  finalizeBlock(block: DecidedBlock): BlockOutcome {
    const ground = this.#ground();
    const state = new Branch(ground);
    const environment = this.#environment(state, block.height, block.time);
    const events = inPhase(this.#runPhase(environment, 'beginBlock'), 'BeginBlock');
    const txs = block.txs.map((tx) => runTx(environment, tx, 'finalize'));
    events.push(...inPhase(this.#runPhase(environment, 'endBlock'), 'EndBlock'));
    const previous = this.#head?.appHash ?? this.#genesis?.hash ?? new Uint8Array();
    const appHash = nextAppHash(previous, block.height, state.writes());
    const first = this.#head === undefined ? (this.#genesis?.state.writes() ?? []) : [];
    const writes = new Map([...first, ...state.writes()]);
    this.#pending = { head: { height: block.height, appHash, time: block.time }, writes };
    return { appHash, events, txs, consensusParams: storedConsensusParams(ground) };
  }

  /** Makes the finalized block durable and starts the check state anew. */
  commit(): void {
    if (this.#pending === undefined) throw new Error('Commit without FinalizeBlock');
    this.#options.database.commit(this.#pending.head, this.#pending.writes);
    this.#head = this.#pending.head;
    this.#pending = undefined;
    this.#genesis = undefined;
    this.#check = new Branch(this.#options.database);
  }

  query(path: string, request: Uint8Array, height: bigint): QueryAnswer {
    const source = {
      router: this.#options.router,
      chainId: this.#chainId,
      height: this.#head?.height ?? 0n,
      at: (asked: bigint) => this.#options.database.at(asked),
      simulate: (tx: Uint8Array) => this.simulate(tx),
    };
    return answerQuery(source, path, request, height);
  }

  #ground(): Store {
    return this.#head === undefined && this.#genesis !== undefined
      ? this.#genesis.state
      : this.#options.database;
  }

  #checkEnvironment(store: Store): RunEnvironment {
    const time = this.#head?.time ?? this.#genesis?.time ?? { seconds: 0n, nanos: 0 };
    return this.#environment(store, this.#head?.height ?? 0n, time);
  }

  #environment(store: Store, height: bigint, time: BlockTime): RunEnvironment {
    const { router, minGasPriceUakt, unorderedEnabled } = this.#options;
    const parts = { store, chainId: this.#chainId, height, time };
    return {
      ...parts,
      router,
      minGasPriceUakt,
      unorderedEnabled: () => unorderedEnabled(freeContext({ ...parts, emit: () => undefined })),
    };
  }

  #runPhase(environment: RunEnvironment, phase: 'beginBlock' | 'endBlock'): readonly Event[] {
    const events: Event[] = [];
    const context = freeContext({ ...environment, emit: (event) => events.push(event) });
    for (const module of this.#options.modules) module[phase]?.(context);
    return events;
  }
}
