/** One effect that may fail: what it gives, or one sentence about why it gave nothing. */
import { isChainDecodeError, isChainQueryError } from '../../../../chain/errors.js';
import { isChainUnavailable } from '../../../../chain/ports.js';
import { isKubeError } from '../../../../kube/errors.js';
import { known, unknown } from '../facts.js';
import type { Known } from '../facts.js';

const isOutside = (error: unknown): error is Error =>
  isKubeError(error) ||
  isChainUnavailable(error) ||
  isChainQueryError(error) ||
  isChainDecodeError(error);

/** @throws what is no answer of cluster or chain: a fault of ours */
export const attempt = async <T>(work: () => Promise<T>): Promise<Known<T>> => {
  try {
    return known(await work());
  } catch (error) {
    if (isOutside(error)) return unknown(error.message);
    throw error;
  }
};

/** `next` of what is known; otherwise why it is not. */
export const andThen = async <T, U>(
  fact: Known<T>,
  next: (value: T) => Promise<Known<U>>,
): Promise<Known<U>> => (fact.known ? next(fact.value) : fact);
