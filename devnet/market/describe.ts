/**
 * Messages in gogoproto's text form, which authz quotes when a message it runs fails. Fields in order of number, empty
 * ones left out, a space behind every field. The resources of an offer are not spelled out.
 */
import { Source } from '@akashnetwork/chain-sdk/private-types/akash.v1';
import type {
  MsgCloseBid,
  MsgWithdrawLease,
} from '@akashnetwork/chain-sdk/private-types/akash.v1beta5';
import { readAmount, readCoin } from '../akash/coins.js';
import { bidIdFrom } from '../akash/ids.js';
import type { CreateBid } from './create-bid.js';
import { reasonName } from './reasons.js';

type Value = string | number | bigint;

const field = (name: string, value: Value): string => {
  if (value === '' || value === 0 || value === 0n) return '';
  return typeof value === 'string' ? `${name}:"${value}" ` : `${name}:${value} `;
};

const nested = (name: string, inner: string): string => `${name}:<${inner}> `;

const idOf = (message: Pick<MsgWithdrawLease, 'id'>): string => {
  const id = bidIdFrom(message.id);
  const fields = [
    field('owner', id.owner),
    field('dseq', id.dseq),
    field('gseq', id.gseq),
    field('oseq', id.oseq),
    field('provider', id.provider),
    field('bseq', id.bseq),
  ];
  return nested('id', fields.join(''));
};

/** The price is printed as the integer that is on the wire: 18 decimals, no point. */
export const describeCreateBid = (message: CreateBid): string => {
  const price = readAmount(message.price);
  const deposit = readCoin(message.deposit?.amount);
  const amount = field('denom', deposit.denom) + field('amount', deposit.amount.toString());
  const sources = (message.deposit?.sources ?? []).map((source) => `sources:${Source[source]} `);
  return (
    idOf(message) +
    nested('price', field('denom', price.denom) + field('amount', price.amount.toString())) +
    nested('deposit', nested('amount', amount) + sources.join(''))
  );
};

export const describeCloseBid = (message: MsgCloseBid): string =>
  `${idOf(message)}reason:${reasonName(message.reason)} `;

export const describeWithdrawLease = (message: MsgWithdrawLease): string => idOf(message);
