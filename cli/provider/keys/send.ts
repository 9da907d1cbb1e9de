/** From a plan to a transaction: asked for and sent with the cold key, or written for a machine that has it. */
import { writeFile } from 'node:fs/promises';
import { feeFor } from '../../../chain/tx/gas.js';
import { GasBook } from '../../../chain/tx/gas-book.js';
import type { OfflineMessage } from '../../../chain/tx/offline.js';
import { unsignedTxJson } from '../../../chain/tx/offline.js';
import { sizesOf } from '../../../chain/tx/tx-maker.js';
import type { TxLane } from '../../../chain/ports.js';
import type { DecCoin } from '../../../market/money.js';
import { misused, refused } from '../../failure.js';
import type { ChainContext } from '../../ports.js';
import { submit } from '../../submit.js';
import { sentenceOf } from './plan.js';

export interface Sending {
  /** The account that signs. */
  readonly from: string;
  readonly messages: readonly OfflineMessage[];
  readonly gasPrice: DecCoin;
  /** The file to write the transaction to instead of signing it; then there is no lane. */
  readonly unsigned: string | undefined;
  readonly lane: TxLane | undefined;
  /** Ask nothing. */
  readonly yes: boolean;
  readonly patience: () => AbortSignal;
  readonly what: string;
}

const writeUnsigned = async (ctx: ChainContext, sending: Sending, path: string): Promise<void> => {
  const { from, messages, gasPrice } = sending;
  const { reader } = ctx.chain;
  const [head, account] = await Promise.all([reader.head(), reader.account(from)]);
  if (account === undefined) {
    throw refused('AccountMissing', `account ${from} does not exist on chain yet`, {
      field: 'from',
    });
  }
  const gasLimit = new GasBook().limitFor(sizesOf(messages));
  const tx = { messages, gasLimit, fee: feeFor(gasLimit, gasPrice) };
  await writeFile(path, `${JSON.stringify(unsignedTxJson(tx), undefined, 2)}\n`);
  const { chainId } = head;
  const { accountNumber, sequence } = account;
  const place = `--chain-id ${chainId} --account-number ${accountNumber} --sequence ${sequence}`;
  const { terminal } = ctx;
  terminal.say(
    `${path} is to be signed by ${from}, before it sends anything else. Where its key is:`,
  );
  terminal.say(`  berth provider keys sign ${path} ${place} --key NAME > signed.txt`);
  terminal.say(`or  akash tx sign ${path} --offline --from NAME ${place} > signed.json`);
  terminal.say('    akash tx encode signed.json > signed.txt');
  terminal.say('and here again:  berth provider keys submit signed.txt');
  ctx.output.result(
    { path, from, chainId, accountNumber, sequence, messages: messages.map(sentenceOf) },
    path,
  );
};

const askFirst = async (ctx: ChainContext, yes: boolean): Promise<void> => {
  if (yes) return;
  const { terminal } = ctx;
  if (!terminal.canAsk) {
    throw misused('ConsentMissing', 'there is no terminal to ask whether to sign this', {
      field: 'yes',
      next: 'Look at the lines above and give --yes, or write it to a file with --unsigned FILE.',
    });
  }
  const answer = await terminal.ask('Sign this? [y/N] ', ctx.signal);
  if (!/^y(es)?$/i.test(answer)) throw refused('GivenUp', 'nothing was signed');
};

/** Says what will be signed, asks, and does it. @throws CliFailure */
export const send = async (ctx: ChainContext, sending: Sending): Promise<void> => {
  const { messages, unsigned, lane, patience, what } = sending;
  const { terminal } = ctx;
  if (messages.length === 0) throw refused('NothingGranted', 'there is nothing to take back');
  terminal.say(`To be signed by ${sending.from}:`);
  for (const message of messages) terminal.say(`  - ${sentenceOf(message)}`);
  if (unsigned !== undefined) {
    await writeUnsigned(ctx, sending, unsigned);
    return;
  }
  if (lane === undefined)
    throw misused('KeyMissing', 'there is no key to sign with', { field: 'key' });
  await askFirst(ctx, sending.yes);
  const { txHash, height } = await submit({ lane, patience }, messages, what);
  ctx.output.result(
    { txHash, height, messages: messages.map(sentenceOf) },
    `in block ${height} (${txHash})`,
  );
};
