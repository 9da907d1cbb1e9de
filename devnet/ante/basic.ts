/** Form, deadlines, memo and size (cosmos-sdk x/auth/ante/basic.go). */
import { getAccount } from '../auth/keeper.js';
import { getAuthParams } from '../auth/params.js';
import { sdkError } from '../kernel/errors.js';
import { AppError } from '../kernel/module.js';
import { formatGoTime, toNanos } from '../kernel/time.js';
import type { AnteEnvironment } from './environment.js';

const MAX_GAS_WANTED = 2n ** 63n - 1n;
/** Bytes an absent signature and key are taken for while simulating: amino's encoding of both, with six to spare. */
const SIMULATED_SIGNATURE_BYTES = 106n + 6n;

/** @throws AppError sdk/31, sdk/18, sdk/15 or sdk/4 */
export const checkForm = ({ tx, signers, mode }: AnteEnvironment): void => {
  if (tx.hasExtensions) {
    throw new AppError('sdk', 31, 'unknown extension options');
  }
  if (mode === 'recheck') return;
  if (tx.fee.gasLimit > MAX_GAS_WANTED) {
    throw sdkError(
      'invalidRequest',
      `invalid gas supplied; ${tx.fee.gasLimit} > ${MAX_GAS_WANTED}`,
    );
  }
  if (tx.signatures.length === 0) throw sdkError('noSignatures');
  if (tx.signatures.length !== signers.length) {
    throw sdkError(
      'unauthorized',
      `wrong number of signers; expected ${signers.length}, got ${tx.signatures.length}`,
    );
  }
};

/** @throws AppError sdk/30 or sdk/42 */
export const checkDeadlines = ({ context, tx }: AnteEnvironment): void => {
  if (tx.timeoutHeight > 0n && context.height > tx.timeoutHeight) {
    throw sdkError(
      'txTimeoutHeight',
      `block height: ${context.height}, timeout height: ${tx.timeoutHeight}`,
    );
  }
  const timeout = tx.timeoutTimestamp;
  if (timeout === undefined || timeout.seconds === 0n) return;
  if (toNanos(timeout) < toNanos(context.time)) {
    throw sdkError(
      'txTimeout',
      `block time: ${formatGoTime(context.time)}, timeout timestamp: ${formatGoTime(timeout)}`,
    );
  }
};

/** @throws AppError sdk/12; the length is counted in UTF-8 bytes */
export const checkMemo = ({ context, tx }: AnteEnvironment): void => {
  const length = new TextEncoder().encode(tx.memo).length;
  if (length === 0) return;
  const { maxMemoCharacters } = getAuthParams(context);
  if (BigInt(length) > maxMemoCharacters) {
    throw sdkError(
      'memoTooLarge',
      `maximum number of characters is ${maxMemoCharacters} but received ${length} characters`,
    );
  }
};

/** Charges for every byte of the transaction; simulated ones are charged for the signatures they lack. */
export const chargeSize = ({ context, tx, size, signers, mode }: AnteEnvironment): void => {
  const { txSizeCostPerByte } = getAuthParams(context);
  context.gas.consume(txSizeCostPerByte * BigInt(size), 'txSize');
  if (mode !== 'simulate') return;
  for (const [index, signer] of signers.entries()) {
    if ((tx.signatures[index]?.length ?? 0) > 0) continue;
    getAccount(context, signer);
    context.gas.consume(txSizeCostPerByte * SIMULATED_SIGNATURE_BYTES, 'txSize');
  }
};
