/** What a message is refused with, for tables. */
import { isAppError } from '../../kernel/errors.js';
import type { AnyMessage, MemoryChain } from './memory-chain.js';

/** `codespace/code log` of the refusal, or `accepted`. Other exceptions pass. */
export const outcomeOf = (action: () => unknown): string => {
  try {
    action();
    return 'accepted';
  } catch (error) {
    if (!isAppError(error)) throw error;
    return `${error.codespace}/${error.code} ${error.message}`;
  }
};

/** The outcome of one transaction. */
export const outcome = (chain: MemoryChain, ...messages: readonly AnyMessage[]): string =>
  outcomeOf(() => chain.deliver(...messages));
