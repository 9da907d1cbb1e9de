/** Sends a transaction and turns every way it can end into success or a reason. */
import { isChainUnavailable } from '../chain/ports.js';
import type { ChainMessage, TxOutcome } from '../chain/ports.js';
import { refused } from './failure.js';
import { printable } from './format/table.js';
import type { CliFailure } from './failure.js';
import type { TenantContext } from './ports.js';

/** Where a transaction landed. */
export interface Landed {
  /** Hexadecimal, upper case. */
  readonly txHash: string;
  readonly height: bigint;
}

/** Codes of the SDK's own codespace that a tenant can do something about. */
const SDK_CODES: Readonly<Record<number, readonly [string, string]>> = {
  5: ['InsufficientFunds', 'Send coins to the account: berth wallet balance shows what it has.'],
  13: ['FeeTooLow', 'Offer more with --gas-price.'],
  20: ['MempoolFull', 'The node is busy: try again.'],
};

const failureOf = (what: string, outcome: TxOutcome): CliFailure => {
  if (outcome.status === 'expired') {
    return refused('TxExpired', `${what}: no block took the transaction in time`, {
      next: 'It can never land any more: try again.',
    });
  }
  const { code, codespace, log } = outcome;
  const known = codespace === 'sdk' ? SDK_CODES[code] : undefined;
  const where = outcome.status === 'included' ? `in block ${outcome.height}` : 'before any block';
  return refused(
    known?.[0] ?? 'TxRefused',
    `${what}: the chain refused the transaction ${where} (${codespace}/${code}): ${printable(log, 500)}`,
    { field: `${codespace}/${code}`, next: known?.[1] },
  );
};

/**
 * Sends and waits until it is in a block and was executed.
 * @param what a few words for the reason, such as "creating the deployment"
 * @throws CliFailure `TxRefused`, `TxExpired`, `TxUnknown` and the more telling ones; ChainUnavailableError when it was
 *   never sent
 */
export const submit = async (
  { lane, patience }: Pick<TenantContext, 'lane' | 'patience'>,
  messages: readonly ChainMessage[],
  what: string,
): Promise<Landed> => {
  // Not the user's own wish to stop: a transaction that is out cannot be called back, only waited for.
  const signal = patience();
  let outcome: TxOutcome;
  try {
    outcome = await lane.submit(messages, { signal });
  } catch (error) {
    if (!isChainUnavailable(error) || !signal.aborted) throw error;
    throw refused('TxUnknown', `${what}: it is not known whether the transaction landed`, {
      next: 'It may still land within a minute: look before you send it again.',
      cause: error,
    });
  }
  if (outcome.status !== 'included' || outcome.code !== 0) throw failureOf(what, outcome);
  return { txHash: outcome.hash, height: outcome.height };
};
