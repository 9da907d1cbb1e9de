/** Genesis: every module reads its own section of the app state; consensus parameters are kept for block results. */
import { ConsensusParams } from '@akashnetwork/chain-sdk/private-types/tendermint.types';
import { Branch, emptyStore } from './branch.js';
import { freeContext } from './context.js';
import type { BlockTime, Module, Store } from './module.js';

const CONSENSUS_KEY = 'kernel/consensus';
const CHAIN_ID_KEY = 'kernel/chain-id';

/** What the consensus engine hands over at the beginning of a chain. */
export interface Genesis {
  readonly chainId: string;
  readonly time: BlockTime;
  readonly consensusParams: ConsensusParams | undefined;
  /** JSON object: module name to that module's state. */
  readonly appState: Uint8Array;
}

/** Thrown when genesis cannot be read or a module refuses its section. */
export class GenesisError extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'GenesisError';
  }
}

const parse = (bytes: Uint8Array): Readonly<Record<string, unknown>> => {
  try {
    const state: unknown = JSON.parse(new TextDecoder().decode(bytes));
    if (typeof state !== 'object' || state === null || Array.isArray(state))
      throw new Error('no object');
    return state as Readonly<Record<string, unknown>>;
  } catch (cause) {
    throw new GenesisError('app_state must be a JSON object of module sections', cause);
  }
};

/** The state before the first block. Modules are asked in order; a missing section is `undefined`. @throws GenesisError */
export const buildGenesis = (modules: readonly Module[], genesis: Genesis): Branch => {
  const store = new Branch(emptyStore);
  const state = parse(genesis.appState);
  const known = new Set(modules.map((module) => module.name));
  const unknown = Object.keys(state).find((name) => !known.has(name));
  if (unknown !== undefined) throw new GenesisError(`app_state.${unknown}: no such module`);
  const context = freeContext({
    store,
    chainId: genesis.chainId,
    height: 0n,
    time: genesis.time,
    emit: () => undefined,
  });
  for (const module of modules) {
    try {
      module.initGenesis?.(context, state[module.name]);
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause);
      throw new GenesisError(`app_state.${module.name}: ${why}`, cause);
    }
  }
  store.set(CHAIN_ID_KEY, new TextEncoder().encode(genesis.chainId));
  if (genesis.consensusParams !== undefined) {
    store.set(CONSENSUS_KEY, ConsensusParams.encode(genesis.consensusParams).finish());
  }
  return store;
};

/** Consensus parameters of this chain, which the SDK repeats in every block's results. */
export const storedConsensusParams = (store: Store): ConsensusParams | undefined => {
  const bytes = store.get(CONSENSUS_KEY);
  return bytes === undefined ? undefined : ConsensusParams.decode(bytes);
};

/** The chain's id; empty before genesis. */
export const storedChainId = (store: Store): string =>
  new TextDecoder().decode(store.get(CHAIN_ID_KEY) ?? new Uint8Array());

/** The section a module got, or `fallback`. @throws GenesisError when it is no object */
export const sectionOr = <T extends object>(state: unknown, fallback: T): T => {
  if (state === undefined || state === null) return fallback;
  if (typeof state !== 'object') throw new GenesisError('the section must be an object');
  return { ...fallback, ...(state as Partial<T>) };
};
