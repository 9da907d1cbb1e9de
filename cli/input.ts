/** Reads what people type: arguments and files, each refusal naming the argument. */
import { readFile } from 'node:fs/promises';
import { isAddress } from '../chain/wallet.js';
import { parseUint64 } from '../market/ids.js';
import { AmountFormatError, parseCoin, parseDecimal } from '../market/money.js';
import type { Coin, Decimal } from '../market/money.js';
import { errno } from './errno.js';
import { misused } from './failure.js';
import { parseDuration } from './format/duration.js';
import { readSdl } from './sdl.js';
import type { ReadSdl } from './sdl.js';

/** No SDL of a person's is larger. */
const MAX_SDL_BYTES = 1024 * 1024;

/** @throws IdFormatError; CliFailure for 0, which no deployment has */
export const readDseq = (text: string): bigint => {
  const dseq = parseUint64(text, 'dseq');
  if (dseq === 0n) throw misused('IdInvalid', 'dseq must not be 0', { field: 'dseq' });
  return dseq;
};

/** An amount of uact or uakt, more than none. */
export const readCoin = (text: string, field: string): Coin => {
  let coin: Coin;
  try {
    coin = parseCoin(text);
  } catch (error) {
    if (!(error instanceof AmountFormatError)) throw error;
    throw misused('AmountInvalid', `${field}: ${error.message}`, { field });
  }
  if (coin.amount === 0n) throw misused('AmountInvalid', `${field} must not be zero`, { field });
  if (coin.denom !== 'uact' && coin.denom !== 'uakt') {
    throw misused('DenomUnknown', `${field} must be in uact or uakt, got ${coin.denom}`, { field });
  }
  return coin;
};

/** A positive amount of US dollars. */
export const readUsd = (text: string, field: string): Decimal => {
  let usd: Decimal | undefined;
  try {
    usd = parseDecimal(text.replace(/^\$/, ''));
  } catch (error) {
    if (!(error instanceof AmountFormatError)) throw error;
  }
  if (usd === undefined || usd.lte('0')) {
    throw misused('AmountInvalid', `${field} must be dollars such as 2.50, got "${text}"`, {
      field,
    });
  }
  return usd;
};

/** Milliseconds, at least 1. */
export const readDuration = (text: string, field: string): number => {
  const ms = parseDuration(text);
  if (ms !== undefined && ms > 0) return ms;
  throw misused('DurationInvalid', `${field} must be a time such as 90s or 5m, got "${text}"`, {
    field,
  });
};

/** `cheapest` or a provider's address. */
export const readAccept = (text: string): string => {
  if (text === 'cheapest' || isAddress(text)) return text;
  throw misused(
    'AcceptInvalid',
    `--accept takes "cheapest" or a provider's address, got "${text}"`,
    {
      field: 'accept',
    },
  );
};

/** The text of a file, or of standard input for `-`. @throws CliFailure `FileUnreadable` naming `field` */
export const readText = async (
  path: string,
  stdin: () => Promise<string>,
  field: string,
): Promise<string> => {
  if (path === '-') return stdin();
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    const why = errno(error) ?? String(error);
    throw misused('FileUnreadable', `${path} cannot be read: ${why}`, {
      field,
      cause: error,
    });
  }
};

/** An SDL that is right. @throws CliFailure with every mistake and its line */
export const readSdlFile = async (path: string, stdin: () => Promise<string>): Promise<ReadSdl> => {
  const text = await readText(path, stdin, 'FILE');
  if (Buffer.byteLength(text) > MAX_SDL_BYTES) {
    throw misused('SdlTooLarge', `${path} is larger than 1 MiB`, { field: 'FILE' });
  }
  const sdl = await readSdl(text);
  if (sdl.ok) return sdl;
  const [first] = sdl.reasons;
  throw misused(
    first?.code ?? 'SdlInvalid',
    `${path === '-' ? 'standard input' : path}: ${first?.message ?? 'is no SDL'}`,
    {
      field: first?.field,
      reasons: sdl.reasons.slice(1),
    },
  );
};
