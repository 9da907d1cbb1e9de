/** What a cold key is asked to sign, and how it is told to whoever holds it. Pure. */
import { GRANTABLE } from '../../../chain/ports.js';
import type { Grantable } from '../../../chain/ports.js';
import type { OfflineMessage } from '../../../chain/tx/offline.js';
import type { FeeAllowance, Grant } from '../../../market/records.js';

/** What a hot key may do if nothing else is asked for: everything a provider sends. */
export const DEFAULT_MESSAGES: readonly Grantable[] = GRANTABLE;

export interface Pair {
  readonly granter: string;
  readonly grantee: string;
}

export interface GrantTerms {
  readonly messages: readonly Grantable[];
  readonly expiresAtSeconds: number;
  /** `undefined` where the hot key pays its own fees. */
  readonly fees:
    | {
        readonly limitUakt: bigint;
        readonly period: { readonly seconds: number; readonly limitUakt: bigint } | undefined;
      }
    | undefined;
}

/** Grants are given over earlier ones; an allowance that there is has to go first. */
export const planGrants = (
  pair: Pair,
  { messages, expiresAtSeconds, fees }: GrantTerms,
  allowance: FeeAllowance | undefined,
): readonly OfflineMessage[] => [
  ...messages.map((message): OfflineMessage => ({
    type: 'grant',
    ...pair,
    message,
    expiresAtSeconds,
  })),
  ...(fees !== undefined && allowance !== undefined
    ? [{ type: 'revoke-fees', ...pair } as const]
    : []),
  ...(fees === undefined
    ? []
    : [{ type: 'grant-fees', ...pair, terms: { ...fees, expiresAtSeconds } } as const]),
];

/** Everything between the two, whoever gave it and whatever for. */
export const planRevocation = (
  pair: Pair,
  grants: readonly Grant[],
  allowance: FeeAllowance | undefined,
): readonly OfflineMessage[] => [
  ...grants.map(({ typeUrl }): OfflineMessage => ({ type: 'revoke-grant', ...pair, typeUrl })),
  ...(allowance === undefined ? [] : [{ type: 'revoke-fees', ...pair } as const]),
];

const at = (seconds: number): string => new Date(seconds * 1000).toISOString().slice(0, 16);

/** One message in a sentence. */
export const sentenceOf = (m: OfflineMessage): string => {
  switch (m.type) {
    case 'grant':
      return `${m.grantee} may send ${m.message} for ${m.granter} until ${at(m.expiresAtSeconds)} UTC`;
    case 'revoke-grant':
      return `${m.grantee} may no longer send ${m.typeUrl} for ${m.granter}`;
    case 'revoke-fees':
      return `${m.granter} no longer pays fees for ${m.grantee}`;
    case 'grant-fees': {
      const { limitUakt, period, expiresAtSeconds } = m.terms;
      const each =
        period === undefined
          ? ''
          : `, at most ${period.limitUakt}uakt every ${period.seconds} seconds`;
      return `${m.granter} pays up to ${limitUakt}uakt of fees${each} for what ${m.grantee} sends by these rights, until ${at(expiresAtSeconds)} UTC`;
    }
  }
};
