/** The `ChainProof` port over the pool: asks one trusted endpoint, or two independent ones and compares. */
import type { Reason } from '../../market/reasons.js';
import type { ChainClock } from '../clock.js';
import { isChainQueryError, isRpcAnswerError } from '../errors.js';
import { isChainUnavailable } from '../ports.js';
import type { ChainProof, ChainReader, Proven } from '../ports.js';
import { cometOver, readCommittedHeight } from '../rpc/comet.js';
import type { EndpointRpc } from '../rpc/endpoint-pool.js';
import type { EndpointState } from '../rpc/endpoint-state.js';

export interface ChainProofDeps {
  /** Endpoints known to be good, each at another place, trusted ones first. */
  readonly witnesses: () => readonly EndpointRpc[];
  readonly states: () => readonly EndpointState[];
  /** Looks at every endpoint now. */
  readonly look: () => Promise<void>;
  readonly readerOver: (rpc: EndpointRpc) => ChainReader;
  readonly clock: ChainClock;
}

/** How long an endpoint that is behind is waited for, milliseconds. */
const PATIENCE_MS = 2_500;
const STEP_MS = 100;

/** Who has to be asked: one trusted endpoint, or two at different places; else why that cannot be. */
const chosen = (deps: ChainProofDeps): readonly EndpointRpc[] | Reason => {
  const good = deps.witnesses();
  const [first, second] = good;
  if (first?.trusted === true) return [first];
  const states = deps.states();
  const disputed = states.filter((s) => s.code === 'Disputed');
  if (disputed.length > 0) {
    return {
      code: 'EndpointsDisagree',
      message: `Chain endpoints have different blocks at one height, and none is marked trusted: ${disputed.map((s) => s.label).join(', ')}. Nothing is torn down or closed until they agree.`,
      field: 'spec.chain.endpoints',
    };
  }
  if (first !== undefined && second !== undefined) return [first, second];
  const others = states.filter((s) => s.label !== first?.label).map((s) => s.message);
  if (first === undefined) {
    const why = states.map((s) => s.message).join('; ');
    return { code: 'ChainUnavailable', message: `No chain endpoint is healthy: ${why}.` };
  }
  return {
    code: 'NoSecondOpinion',
    message: `Only ${first.label} can be asked and it is not marked trusted${others.length === 0 ? '' : ` (${others.join('; ')})`}; nothing is torn down or closed on one stranger's word. Add an endpoint, or set trusted on one of your own.`,
    field: 'spec.chain.endpoints',
  };
};

const isReason = (value: readonly EndpointRpc[] | Reason): value is Reason => 'code' in value;

interface Word<T> {
  readonly label: string;
  readonly height: bigint;
  readonly value: T;
}

export const createChainProof = (deps: ChainProofDeps): ChainProof => {
  const { clock } = deps;

  /** Waits until `rpc` has committed `atLeast`; the height it has. */
  const reached = async (rpc: EndpointRpc, atLeast: bigint): Promise<bigint> => {
    const until = clock.now() + PATIENCE_MS;
    for (;;) {
      const height = await readCommittedHeight(cometOver(rpc));
      if (height >= atLeast || clock.now() >= until) return height;
      await clock.sleep(STEP_MS);
    }
  };

  const ask = async <T>(
    rpc: EndpointRpc,
    query: (reader: ChainReader) => Promise<T>,
    atLeast: bigint,
  ): Promise<Word<T> | Reason> => {
    try {
      const height = await reached(rpc, atLeast);
      if (height < atLeast) {
        return {
          code: 'ChainLagging',
          message: `${rpc.label} is at height ${height}, ${atLeast} was seen already; its answers are not used as proof.`,
        };
      }
      return { label: rpc.label, height, value: await query(deps.readerOver(rpc)) };
    } catch (error) {
      if (!isChainUnavailable(error) && !isRpcAnswerError(error) && !isChainQueryError(error))
        throw error;
      return {
        code: 'ChainUnavailable',
        message: `${rpc.label} gave no answer: ${error.message}`,
      };
    }
  };

  const choose = async (): Promise<readonly EndpointRpc[] | Reason> => {
    const now = chosen(deps);
    if (!isReason(now)) return now;
    await deps.look();
    return chosen(deps);
  };

  return {
    obstacle: () => {
      const now = chosen(deps);
      return isReason(now) ? now : undefined;
    },
    read: async (query, essence, atLeast) => {
      const asked = await choose();
      if (isReason(asked)) return { proven: false, reason: asked };
      const words = await Promise.all(asked.map((rpc) => ask(rpc, query, atLeast)));
      const told = words.flatMap((word) => ('code' in word ? [] : [word]));
      const [fault] = words.flatMap((word) => ('code' in word ? [word] : []));
      return fault === undefined ? agreed(told, essence) : { proven: false, reason: fault };
    },
  };
};

const agreed = <T>(words: readonly Word<T>[], essence: (value: T) => string): Proven<T> => {
  const [first] = words;
  if (first === undefined)
    return { proven: false, reason: { code: 'ChainUnavailable', message: 'Nobody was asked.' } };
  const said = words.map((w) => ({ label: w.label, text: essence(w.value) }));
  if (new Set(said.map((s) => s.text)).size > 1) {
    return {
      proven: false,
      reason: {
        code: 'EndpointsDisagree',
        message: `Chain endpoints answer differently: ${said.map((s) => `${s.label} says "${s.text}"`).join(', ')}; nothing is torn down or closed until they agree.`,
      },
    };
  }
  const height = words.reduce((low, w) => (w.height < low ? w.height : low), first.height);
  return { proven: true, value: first.value, height, by: words.map((w) => w.label) };
};
