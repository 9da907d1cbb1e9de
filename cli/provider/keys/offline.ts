/** The path of a key that stays cold: `keys sign` where it lies, `keys submit` where the network is. */
import {
  isUnsignedTxError,
  readUnsignedTx,
  signedElsewhere,
  signOffline,
} from '../../../chain/tx/offline.js';
import type { SigningPlace, UnsignedTx } from '../../../chain/tx/offline.js';
import type { Signer, TxLane } from '../../../chain/ports.js';
import { misused, refused } from '../../failure.js';
import type { ChainContext, Context } from '../../ports.js';
import { sentenceOf } from './plan.js';

const read = (text: string): UnsignedTx => {
  try {
    return readUnsignedTx(text);
  } catch (error) {
    if (!isUnsignedTxError(error)) throw error;
    throw misused(
      'TransactionInvalid',
      `the file is no transaction of "keys grant" or "keys revoke": ${error.message}`,
      {
        field: error.field,
      },
    );
  }
};

/** Signs a file of `keys grant --unsigned` and prints it in base64. Asks no network. @throws CliFailure `TransactionInvalid`, `GivenUp` */
export const signFile = async (
  ctx: Context,
  signer: Signer,
  text: string,
  place: SigningPlace,
  yes: boolean,
): Promise<void> => {
  const tx = read(text);
  const other = tx.messages.find((m) => m.granter !== signer.address);
  if (other !== undefined) {
    throw misused(
      'TransactionInvalid',
      `it is to be signed by ${other.granter}, and the key is ${signer.address}'s`,
      {
        field: 'key',
      },
    );
  }
  const { terminal } = ctx;
  terminal.say(`For chain ${place.chainId}, at a fee of ${tx.fee.amount}uakt:`);
  for (const message of tx.messages) terminal.say(`  - ${sentenceOf(message)}`);
  if (!yes && terminal.canAsk) {
    const answer = await terminal.ask('Sign this? [y/N] ', ctx.signal);
    if (!/^y(es)?$/i.test(answer)) throw refused('GivenUp', 'nothing was signed');
  }
  const bytes = await signOffline(signer, tx, place);
  const signed = Buffer.from(bytes).toString('base64');
  ctx.output.result({ tx: signed }, signed);
};

/** Sends what was signed elsewhere. @throws CliFailure `TransactionInvalid`, `TxRefused`, `TxUnknown` */
export const submitFile = async (
  ctx: ChainContext,
  lane: Pick<TxLane, 'broadcast'>,
  text: string,
  signal: AbortSignal,
): Promise<void> => {
  const base64 = text.trim();
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(base64)) {
    throw misused('TransactionInvalid', 'the file holds no signed transaction in base64', {
      field: 'FILE',
      next: 'berth provider keys sign prints one; akash tx encode makes one of a signed JSON.',
    });
  }
  const tx = signedElsewhere(Uint8Array.from(Buffer.from(base64, 'base64')));
  const outcome = await lane.broadcast(tx, signal);
  if (outcome.status === 'included' && outcome.code === 0) {
    const { hash, height } = outcome;
    ctx.output.result({ txHash: hash, height }, `in block ${height} (${hash})`);
    return;
  }
  const why =
    outcome.status === 'expired'
      ? 'no block took it in time'
      : `${outcome.codespace}/${outcome.code} ${outcome.log}`;
  throw refused('TxRefused', `the chain refused the transaction: ${why}`, {
    next: 'Signed for an older sequence? Write it anew with --unsigned.',
  });
};
