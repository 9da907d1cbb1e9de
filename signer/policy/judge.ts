/** Judges one transaction by itself: types, accounts, host and its own fee. What was signed before is `spending.ts`. */
import type { Reason } from '../../market/reasons.js';
import { refuse } from '../reasons.js';
import { isForbiddenType, readMessages } from '../transaction/message-facts.js';
import type { ReadMessage } from '../transaction/message-facts.js';
import { readSignDoc } from '../transaction/sign-doc.js';
import type { ReadSignDoc } from '../transaction/sign-doc.js';
import { isUnreadable } from '../transaction/strict-fields.js';
import { addSpend, NOTHING_SPENT } from './signing-policy.js';
import type { SigningPolicy, Spend } from './signing-policy.js';

export type Judgement =
  | { readonly allowed: true; readonly spend: Spend }
  | { readonly allowed: false; readonly reason: Reason };

type Read =
  | { readonly doc: ReadSignDoc; readonly messages: readonly ReadMessage[] }
  | { readonly reason: Reason };

const read = (signBytes: Uint8Array): Read => {
  try {
    const doc = readSignDoc(signBytes);
    return { doc, messages: doc.messages.flatMap(readMessages) };
  } catch (error) {
    if (isUnreadable(error)) return { reason: refuse('SignRequestUnreadable', error.message) };
    if (isForbiddenType(error)) return { reason: refuse('SignTypeForbidden', error.message) };
    throw error;
  }
};

/** The chain would refuse it: a key signs for its own account, and for another one only by a grant. */
const notWrapped = (policy: SigningPolicy, m: ReadMessage): boolean =>
  policy.key !== policy.provider && m.grantee === undefined;

const wrongAccount = (policy: SigningPolicy, m: ReadMessage): string | undefined => {
  if (m.facts.account !== policy.provider) return m.facts.account;
  if (m.facts.payee !== undefined && m.facts.payee !== policy.provider) return m.facts.payee;
  if (m.grantee !== undefined && m.grantee !== policy.key) return m.grantee;
  return undefined;
};

const messageFault = (policy: SigningPolicy, m: ReadMessage, i: number): Reason | undefined => {
  const field = `messages[${i}]`;
  const other = wrongAccount(policy, m);
  if (other !== undefined) {
    return refuse(
      'SignForAnotherAccount',
      `${m.facts.kind} acts for ${other === '' ? 'no account' : other}, not for ${policy.provider}.`,
      field,
    );
  }
  if (notWrapped(policy, m)) {
    return refuse(
      'SignForAnotherAccount',
      `${m.facts.kind} acts for ${policy.provider} without a MsgExec, and the key is only its grantee; set spec.grantee of the ComputeProvider.`,
      field,
    );
  }
  if (m.facts.hostUri !== undefined && m.facts.hostUri !== policy.hostUri) {
    return refuse(
      'SignHostChange',
      `${m.facts.kind} names ${m.facts.hostUri}; only ${policy.hostUri} may be named. Change hostUri in the signer's configuration first.`,
      field,
    );
  }
  return undefined;
};

const spendOf = (doc: ReadSignDoc, messages: readonly ReadMessage[]): Spend =>
  messages
    .map(({ facts }): Spend => {
      const amount = facts.deposit?.amount ?? 0n;
      const uakt = facts.deposit?.denom === 'uakt';
      return {
        ...NOTHING_SPENT,
        depositsUakt: uakt ? amount : 0n,
        depositsUact: uakt ? 0n : amount,
        closes: facts.kind === 'close-bid' || facts.kind === 'start-reclaim' ? 1n : 0n,
      };
    })
    .reduce(addSpend, {
      ...NOTHING_SPENT,
      feesUakt: doc.fee.reduce((sum, coin) => sum + coin.amount, 0n),
      transactions: 1n,
    });

const docFault = (policy: SigningPolicy, doc: ReadSignDoc, count: number): Reason | undefined => {
  if (doc.chainId !== policy.chainId) {
    return refuse(
      'SignWrongChain',
      `The transaction is for "${doc.chainId}", not "${policy.chainId}".`,
    );
  }
  if (count === 0 || count > policy.maxMessages) {
    return refuse(
      'SignTooManyMessages',
      `${count} messages; from 1 to ${policy.maxMessages} are allowed.`,
    );
  }
  if (doc.feeGranter !== '' && doc.feeGranter !== policy.provider) {
    return refuse(
      'SignForAnotherAccount',
      `The fee is to be paid by ${doc.feeGranter}.`,
      'fee.granter',
    );
  }
  if (doc.fee.some((coin) => coin.denom !== 'uakt')) {
    return refuse('SignFeeTooHigh', 'Fees are paid in uakt only.', 'fee');
  }
  return undefined;
};

/** Never throws on a caller's bytes. The spend counts a deposit in any other denomination than uakt as uact. */
export const judge = (policy: SigningPolicy, signBytes: Uint8Array): Judgement => {
  const tx = read(signBytes);
  if ('reason' in tx) return { allowed: false, reason: tx.reason };
  const { doc, messages } = tx;
  const spend = spendOf(doc, messages);
  const tooDear =
    spend.feesUakt > policy.maxFeeUakt
      ? refuse(
          'SignFeeTooHigh',
          `A fee of ${spend.feesUakt} uakt is over ${policy.maxFeeUakt} uakt.`,
          'fee',
        )
      : undefined;
  const reason =
    docFault(policy, doc, messages.length) ??
    tooDear ??
    messages.map((m, i) => messageFault(policy, m, i)).find((fault) => fault !== undefined);
  return reason === undefined ? { allowed: true, spend } : { allowed: false, reason };
};
