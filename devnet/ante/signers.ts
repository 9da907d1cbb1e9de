/** Public keys, signatures, sequences and unordered nonces (cosmos-sdk x/auth/ante/sigverify.go). */
import { toBase64 } from '@cosmjs/encoding';
import { getAccount, setAccount, type Account } from '../auth/keeper.js';
import { getAuthParams } from '../auth/params.js';
import { tryAddNonce } from '../auth/unordered.js';
import { ADDRESS_PREFIX } from '../bank/module-address.js';
import { sdkError } from '../kernel/errors.js';
import type { Context } from '../kernel/module.js';
import { toNanos } from '../kernel/time.js';
import {
  addressOf,
  isPublicKey,
  SIGN_MODE_DIRECT,
  signBytes,
  verifySignature,
} from '../kernel/tx/signature.js';
import type { AnteEnvironment } from './environment.js';

/** How far ahead of the block's time an unordered transaction may expire. */
const MAX_UNORDERED_TTL_NANOS = 600_000_000_000n;
/** What an unordered nonce costs on top of its storage, for its later removal. */
const UNORDERED_GAS = 2240n;

const signerAccount = (context: Context, address: string): Account => {
  const account = getAccount(context, address);
  if (account === undefined) throw sdkError('unknownAddress', `account ${address} does not exist`);
  return account;
};

/** Stores the keys of first-time signers, then emits tx (acc_seq) and tx (signature). @throws AppError sdk/8 or sdk/9 */
export const setPublicKeys = ({ context, tx, signers, mode }: AnteEnvironment): void => {
  for (const [index, info] of tx.signerInfos.entries()) {
    const signer = signers[index] ?? '';
    const key = info.publicKey;
    if (key === undefined) continue;
    if (mode !== 'simulate' && (!isPublicKey(key) || addressOf(key, ADDRESS_PREFIX) !== signer)) {
      throw sdkError(
        'invalidPubKey',
        `pubKey does not match signer address ${signer} with signer index: ${index}`,
      );
    }
    const account = signerAccount(context, signer);
    if (account.publicKey === undefined) setAccount(context, { ...account, publicKey: key });
  }
  for (const [index, signature] of tx.signatures.entries()) {
    if (!tx.unordered) {
      const sequence = tx.signerInfos[index]?.sequence ?? 0n;
      context.emit({
        type: 'tx',
        attributes: [{ key: 'acc_seq', value: `${signers[index] ?? ''}/${sequence}` }],
      });
    }
    context.emit({
      type: 'tx',
      attributes: [{ key: 'signature', value: toBase64(signature) }],
    });
  }
};

/** @throws AppError sdk/14 when more signed than the parameter allows */
export const chargeSignatures = ({ context, tx, signers }: AnteEnvironment): void => {
  const { txSigLimit } = getAuthParams(context);
  if (BigInt(tx.signerInfos.length) > txSigLimit) {
    throw sdkError(
      'tooManySignatures',
      `signatures: ${tx.signerInfos.length}, limit: ${txSigLimit}`,
    );
  }
  const { sigVerifyCostSecp256k1 } = getAuthParams(context);
  for (const signer of signers) {
    signerAccount(context, signer);
    context.gas.consume(sigVerifyCostSecp256k1, 'ante verify: secp256k1');
  }
};

const claimNonce = ({ context, tx, signers, mode, unorderedEnabled }: AnteEnvironment): void => {
  if (!unorderedEnabled) {
    throw sdkError('notSupported', 'unordered transactions are not enabled');
  }
  const timeout = tx.timeoutTimestamp;
  if (timeout === undefined || timeout.seconds === 0n) {
    throw sdkError('invalidRequest', 'unordered transaction must have timeout_timestamp set');
  }
  const nanos = toNanos(timeout);
  if (nanos > toNanos(context.time) + MAX_UNORDERED_TTL_NANOS) {
    throw sdkError('invalidRequest', 'unordered tx ttl exceeds 10m0s');
  }
  context.gas.consume(UNORDERED_GAS, 'unordered tx');
  if (mode === 'simulate') return;
  for (const signer of signers) {
    if (tryAddNonce(context, signer, nanos)) continue;
    throw sdkError(
      'invalidRequest',
      `failed to add unordered nonce: sender ${signer} has already used timeout ${nanos}`,
    );
  }
};

const verifyOne = (environment: AnteEnvironment, account: Account, index: number): void => {
  const { context, tx } = environment;
  const mode = tx.signerInfos[index]?.mode;
  const signature = tx.signatures[index] ?? new Uint8Array();
  const message = signBytes(tx, context.chainId, account.accountNumber);
  const key = account.publicKey;
  const good = key !== undefined && verifySignature(message, signature, key);
  if (mode === SIGN_MODE_DIRECT && good) return;
  const why =
    mode === SIGN_MODE_DIRECT
      ? 'unable to verify single signer signature'
      : `sign mode ${mode ?? 0} is not supported: only SIGN_MODE_DIRECT is`;
  throw sdkError(
    'unauthorized',
    `signature verification failed; please verify account number (${account.accountNumber}) and chain-id (${context.chainId}): (${why})`,
  );
};

/**
 * Checks nonce or sequence, then every signature (not again on recheck, never in simulation).
 * @throws AppError sdk/4, sdk/8, sdk/18, sdk/32 or sdk/37
 */
export const verifySigners = (environment: AnteEnvironment): void => {
  const { context, tx, signers, mode } = environment;
  if (tx.signerInfos.length !== signers.length) {
    throw sdkError(
      'unauthorized',
      `invalid number of signer;  expected: ${signers.length}, got ${tx.signerInfos.length}`,
    );
  }
  if (tx.unordered) claimNonce(environment);
  for (const [index, signer] of signers.entries()) {
    const sequence = tx.signerInfos[index]?.sequence ?? 0n;
    if (tx.unordered && sequence > 0n) {
      throw sdkError('invalidRequest', 'sequence is not allowed for unordered transactions');
    }
    const account = signerAccount(context, signer);
    if (mode !== 'simulate' && account.publicKey === undefined) {
      throw sdkError('invalidPubKey', 'pubkey on account is not set');
    }
    if (!tx.unordered && sequence !== account.sequence) {
      throw sdkError(
        'wrongSequence',
        `account sequence mismatch, expected ${account.sequence}, got ${sequence}`,
      );
    }
    if (mode === 'check' || mode === 'finalize') verifyOne(environment, account, index);
  }
};

/** Every signer of an ordered transaction moves on by one. */
export const incrementSequences = ({ context, tx, signers }: AnteEnvironment): void => {
  if (tx.unordered) return;
  for (const signer of signers) {
    const account = signerAccount(context, signer);
    setAccount(context, { ...account, sequence: account.sequence + 1n });
  }
};
