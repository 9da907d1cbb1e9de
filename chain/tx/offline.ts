/**
 * Transactions for a key that is not here: written as the JSON that `akash tx sign` reads, signed on a machine without a network,
 * and sent from another one. Only for messages about grants: nothing else is ever asked of a cold key.
 */
import { z } from 'zod';
import type { Coin } from '../../market/money.js';
import { GRANTABLE } from '../ports.js';
import type { AllowanceTerms, ChainMessage, SignedTx, Signer } from '../ports.js';
import { signOne } from '../sign-one.js';
import { encodeMessage } from './messages.js';
import { signTx, txHash } from './sign.js';
import { EXEC_TYPE_URL, TYPE_URLS } from './type-urls.js';

/** What may be written for signing elsewhere. */
export type OfflineMessage = Extract<
  ChainMessage,
  { readonly type: 'grant' | 'revoke-grant' | 'grant-fees' | 'revoke-fees' }
>;

export interface UnsignedTx {
  readonly messages: readonly OfflineMessage[];
  readonly gasLimit: bigint;
  readonly fee: Coin;
}

/** Text that is no unsigned transaction of ours; `field` says where. */
export class UnsignedTxError extends Error {
  readonly field: string;
  constructor(field: string, message: string) {
    super(`${field}: ${message}`);
    this.name = 'UnsignedTxError';
    this.field = field;
  }
}

export const isUnsignedTxError = (error: unknown): error is UnsignedTxError =>
  error instanceof UnsignedTxError;

const AUTHZ = '/cosmos.authz.v1beta1.';
const FEEGRANT = '/cosmos.feegrant.v1beta1.';

const time = (seconds: number): string =>
  new Date(seconds * 1000).toISOString().replace('.000Z', 'Z');
const coins = (uakt: bigint): readonly object[] => [{ denom: 'uakt', amount: uakt.toString() }];

const allowanceJson = ({ limitUakt, period, expiresAtSeconds }: AllowanceTerms): object => {
  const basic = { spend_limit: coins(limitUakt), expiration: time(expiresAtSeconds) };
  const inner =
    period === undefined
      ? { '@type': `${FEEGRANT}BasicAllowance`, ...basic }
      : {
          '@type': `${FEEGRANT}PeriodicAllowance`,
          basic,
          period: `${period.seconds}s`,
          period_spend_limit: coins(period.limitUakt),
          period_can_spend: coins(period.limitUakt),
          period_reset: time(0),
        };
  return {
    ...{ '@type': `${FEEGRANT}AllowedMsgAllowance`, allowance: inner },
    allowed_messages: [EXEC_TYPE_URL],
  };
};

const messageJson = (m: OfflineMessage): object => {
  const pair = { granter: m.granter, grantee: m.grantee };
  switch (m.type) {
    case 'grant':
      return {
        ...{ '@type': `${AUTHZ}MsgGrant`, ...pair },
        grant: {
          authorization: { '@type': `${AUTHZ}GenericAuthorization`, msg: TYPE_URLS[m.message] },
          expiration: time(m.expiresAtSeconds),
        },
      };
    case 'revoke-grant':
      return { '@type': `${AUTHZ}MsgRevoke`, ...pair, msg_type_url: m.typeUrl };
    case 'grant-fees':
      return {
        '@type': `${FEEGRANT}MsgGrantAllowance`,
        ...pair,
        allowance: allowanceJson(m.terms),
      };
    case 'revoke-fees':
      return { '@type': `${FEEGRANT}MsgRevokeAllowance`, ...pair };
  }
};

/** The transaction as the official client writes and reads it before it is signed. */
export const unsignedTxJson = ({ messages, gasLimit, fee }: UnsignedTx): object => ({
  body: {
    ...{ messages: messages.map(messageJson), memo: '', timeout_height: '0' },
    ...{ extension_options: [], non_critical_extension_options: [] },
  },
  auth_info: {
    signer_infos: [],
    fee: {
      amount: [{ denom: fee.denom, amount: fee.amount.toString() }],
      ...{ gas_limit: gasLimit.toString(), payer: '', granter: '' },
    },
    tip: null,
  },
  signatures: [],
});

const whole = z
  .string()
  .regex(/^\d{1,30}$/)
  .transform((text) => BigInt(text));
const seconds = z.iso.datetime().transform((text) => Math.floor(Date.parse(text) / 1000));
const uakt = z
  .tuple([z.strictObject({ denom: z.literal('uakt'), amount: whole })])
  .transform(([coin]) => coin.amount);
const pair = { granter: z.string(), grantee: z.string() };
const basic = { spend_limit: uakt, expiration: seconds };

const allowance = z.strictObject({
  '@type': z.literal(`${FEEGRANT}AllowedMsgAllowance`),
  allowance: z.union([
    z
      .strictObject({ '@type': z.literal(`${FEEGRANT}BasicAllowance`), ...basic })
      .transform((a): AllowanceTerms => ({
        limitUakt: a.spend_limit,
        expiresAtSeconds: a.expiration,
      })),
    z
      .strictObject({
        '@type': z.literal(`${FEEGRANT}PeriodicAllowance`),
        basic: z.strictObject(basic),
        period: z.string().regex(/^\d{1,9}s$/),
        ...{ period_spend_limit: uakt, period_can_spend: uakt, period_reset: seconds },
      })
      .transform((a): AllowanceTerms => ({
        ...{ limitUakt: a.basic.spend_limit, expiresAtSeconds: a.basic.expiration },
        period: { seconds: Number(a.period.slice(0, -1)), limitUakt: a.period_spend_limit },
      })),
  ]),
  allowed_messages: z.tuple([z.literal(EXEC_TYPE_URL)]),
});

const grantable = z.string().transform((url, context) => {
  const found = GRANTABLE.find((type) => TYPE_URLS[type] === url);
  if (found === undefined) context.addIssue(`${url} is nothing that a provider sends`);
  return found ?? 'create-bid';
});

const message = z.discriminatedUnion('@type', [
  z.strictObject({
    ...{ '@type': z.literal(`${AUTHZ}MsgGrant`), ...pair },
    grant: z.strictObject({
      authorization: z.strictObject({
        '@type': z.literal(`${AUTHZ}GenericAuthorization`),
        msg: grantable,
      }),
      expiration: seconds,
    }),
  }),
  z.strictObject({ '@type': z.literal(`${AUTHZ}MsgRevoke`), ...pair, msg_type_url: z.string() }),
  z.strictObject({ '@type': z.literal(`${FEEGRANT}MsgGrantAllowance`), ...pair, allowance }),
  z.strictObject({ '@type': z.literal(`${FEEGRANT}MsgRevokeAllowance`), ...pair }),
]);

type Read = z.infer<typeof message>;

const toMessage = (m: Read): OfflineMessage => {
  const { granter, grantee } = m;
  if ('grant' in m) {
    const { authorization, expiration } = m.grant;
    return {
      ...{ type: 'grant', granter, grantee, message: authorization.msg },
      expiresAtSeconds: expiration,
    };
  }
  if ('msg_type_url' in m)
    return { type: 'revoke-grant', granter, grantee, typeUrl: m.msg_type_url };
  if ('allowance' in m) {
    return { type: 'grant-fees', granter, grantee, terms: m.allowance.allowance };
  }
  return { type: 'revoke-fees', granter, grantee };
};

const unsigned = z.object({
  body: z.object({
    messages: z.array(message).min(1).max(100),
    memo: z.literal(''),
    timeout_height: z.literal('0'),
    extension_options: z.array(z.never()),
    non_critical_extension_options: z.array(z.never()),
  }),
  auth_info: z.object({
    fee: z.strictObject({
      amount: uakt,
      gas_limit: whole,
      ...{ payer: z.literal(''), granter: z.literal('') },
    }),
  }),
  signatures: z.array(z.never()),
});

/** Reads what {@link unsignedTxJson} wrote, and nothing that asks a cold key for more. @throws UnsignedTxError */
export const readUnsignedTx = (text: string): UnsignedTx => {
  let raw: unknown;
  try {
    raw = JSON.parse(text);
  } catch {
    throw new UnsignedTxError('file', 'is no JSON');
  }
  const { data, error } = unsigned.safeParse(raw);
  if (data === undefined) {
    const [issue] = error.issues;
    throw new UnsignedTxError(issue?.path.join('.') ?? 'file', issue?.message ?? 'cannot be read');
  }
  const { amount, gas_limit: gasLimit } = data.auth_info.fee;
  const messages = data.body.messages.map(toMessage);
  return { messages, gasLimit, fee: { denom: 'uakt', amount } };
};

/** What a machine without a network cannot look up. */
export interface SigningPlace {
  readonly chainId: string;
  readonly accountNumber: bigint;
  readonly sequence: bigint;
}

/** Signs it without asking anybody. Rejects with whatever the signer rejects with. */
export const signOffline = async (
  signer: Signer,
  { messages, gasLimit, fee }: UnsignedTx,
  place: SigningPlace,
): Promise<Uint8Array> =>
  signTx(
    { publicKey: signer.publicKey, sign: (doc) => signOne(signer, doc) },
    { body: { messages: messages.map(encodeMessage) }, ...place, gasLimit, fee: [fee] },
  );

/** Bytes that were signed elsewhere, as something a lane can broadcast. */
export const signedElsewhere = (bytes: Uint8Array): SignedTx => ({
  ...{ bytes, hash: txHash(bytes) },
  timeoutNs: undefined,
});
