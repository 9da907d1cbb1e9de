/**
 * What the policy needs to know of a message: who acts, what it may cost, where it points. Only the types listed here exist
 * for the signer. Field numbers: akash-network/chain-sdk proto/node (market v1beta5, provider v1beta4, cert v1), authz v1beta1.
 */
import type { Coin } from '../../market/money.js';
import { readCoin } from './coin.js';
import { readAny } from './sign-doc.js';
import type { AnyMessage } from './sign-doc.js';
import { readFields, UnreadableError } from './strict-fields.js';
import type { FieldTable } from './strict-fields.js';

export type MessageKind =
  | 'create-bid'
  | 'close-bid'
  | 'start-reclaim'
  | 'withdraw-lease'
  | 'burn-act'
  | 'create-provider'
  | 'update-provider'
  | 'create-certificate'
  | 'revoke-certificate';

export interface MessageFacts {
  readonly kind: MessageKind;
  /** The account the message acts for. */
  readonly account: string;
  /** Taken from that account, and given back later. */
  readonly deposit?: Coin;
  /** Who gets what the message moves; nobody but the account itself ever may. */
  readonly payee?: string;
  /** The address tenants will be sent to. */
  readonly hostUri?: string;
}

/** A message inside MsgExec: the key acts for another account. */
export interface ReadMessage {
  readonly facts: MessageFacts;
  /** The key's account when it acts under an authz grant. */
  readonly grantee?: string;
}

const BID_ID: FieldTable = { 1: 'bytes', 2: 'uint', 3: 'uint', 4: 'uint', 5: 'bytes', 6: 'uint' };
const DEPOSIT: FieldTable = { 1: 'bytes', 5: 'bytes' };

const providerOf = (id: Uint8Array): string => readFields(id, BID_ID, 'id').text(5);

type Reader = (value: Uint8Array) => MessageFacts;

const createBid: Reader = (value) => {
  const table: FieldTable = { 1: 'bytes', 2: 'bytes', 3: 'bytes', 4: 'many-bytes', 5: 'bytes' };
  const bid = readFields(value, table, 'MsgCreateBid');
  const deposit = readFields(bid.bytes(3), DEPOSIT, 'deposit');
  return {
    kind: 'create-bid',
    account: providerOf(bid.bytes(1)),
    deposit: readCoin(deposit.bytes(1), 'deposit.amount'),
  };
};

const onBid =
  (kind: 'close-bid' | 'start-reclaim' | 'withdraw-lease', table: FieldTable): Reader =>
  (value) => ({ kind, account: providerOf(readFields(value, table, kind).bytes(1)) });

/** akash.bme.v1.MsgBurnACT: earnings turned into the coin that fees are paid in. */
const burnAct: Reader = (value) => {
  const burn = readFields(value, { 1: 'bytes', 2: 'bytes', 3: 'bytes' }, 'MsgBurnACT');
  return { kind: 'burn-act', account: burn.text(1), payee: burn.text(2) };
};

const onProvider =
  (kind: 'create-provider' | 'update-provider'): Reader =>
  (value) => {
    const table: FieldTable = { 1: 'bytes', 2: 'bytes', 3: 'many-bytes', 4: 'bytes' };
    const provider = readFields(value, table, kind);
    return { kind, account: provider.text(1), hostUri: provider.text(2) };
  };

const createCertificate: Reader = (value) => ({
  kind: 'create-certificate',
  account: readFields(value, { 1: 'bytes', 2: 'bytes', 3: 'bytes' }, 'MsgCreateCertificate').text(
    1,
  ),
});

const revokeCertificate: Reader = (value) => {
  const id = readFields(value, { 1: 'bytes' }, 'MsgRevokeCertificate').bytes(1);
  return {
    kind: 'revoke-certificate',
    account: readFields(id, { 1: 'bytes', 2: 'bytes' }, 'id').text(1),
  };
};

const READERS: ReadonlyMap<string, Reader> = new Map([
  ['/akash.market.v1beta5.MsgCreateBid', createBid],
  ['/akash.market.v1beta5.MsgCloseBid', onBid('close-bid', { 1: 'bytes', 2: 'uint' })],
  ['/akash.market.v1beta5.MsgLeaseStartReclaim', onBid('start-reclaim', { 1: 'bytes', 2: 'uint' })],
  ['/akash.bme.v1.MsgBurnACT', burnAct],
  ['/akash.market.v1beta5.MsgWithdrawLease', onBid('withdraw-lease', { 1: 'bytes' })],
  ['/akash.provider.v1beta4.MsgCreateProvider', onProvider('create-provider')],
  ['/akash.provider.v1beta4.MsgUpdateProvider', onProvider('update-provider')],
  ['/akash.cert.v1.MsgCreateCertificate', createCertificate],
  ['/akash.cert.v1.MsgRevokeCertificate', revokeCertificate],
]);

const EXEC = '/cosmos.authz.v1beta1.MsgExec';

/** The type is none that a provider of ours ever needs signed. */
export class ForbiddenTypeError extends Error {
  readonly typeUrl: string;
  constructor(typeUrl: string) {
    super(`${typeUrl} is never signed`);
    this.typeUrl = typeUrl;
    this.name = 'ForbiddenTypeError';
  }
}

export const isForbiddenType = (error: unknown): error is ForbiddenTypeError =>
  error instanceof ForbiddenTypeError;

const readPlain = ({ typeUrl, value }: AnyMessage): MessageFacts => {
  const reader = READERS.get(typeUrl);
  if (reader === undefined) throw new ForbiddenTypeError(typeUrl);
  return reader(value);
};

/** One message, or those inside a MsgExec. @throws UnreadableError, ForbiddenTypeError */
export const readMessages = (message: AnyMessage): readonly ReadMessage[] => {
  if (message.typeUrl !== EXEC) return [{ facts: readPlain(message) }];
  const exec = readFields(message.value, { 1: 'bytes', 2: 'many-bytes' }, 'MsgExec');
  const inner = exec.all(2);
  if (inner.length === 0) throw new UnreadableError('MsgExec is empty');
  const grantee = exec.text(1);
  return inner.map((any, i) => ({ facts: readPlain(readAny(any, `MsgExec.msgs[${i}]`)), grantee }));
};
