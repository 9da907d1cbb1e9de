/**
 * Whether a hot key may still do what a provider does: the grants of its messages and whoever pays its fees. Pure; times are
 * the chain's.
 */
import { GRANTABLE } from '../../chain/ports.js';
import type { ChainMessage, Grantable } from '../../chain/ports.js';
import { EXEC_TYPE_URL, TYPE_URLS } from '../../chain/tx/type-urls.js';
import type { ComputeProvider } from '../../crds/generated/types.js';
import type { Coin } from '../../market/money.js';
import type { FeeAllowance, Grant } from '../../market/records.js';
import type { Reason } from '../../market/reasons.js';

/** What was read of the chain. A grant that ended is kept here although the chain forgets it, so that one can say which it was. */
export interface SeenGrants {
  readonly grants: readonly Grant[];
  readonly allowance: FeeAllowance | undefined;
  /** Of the hot key's own account. */
  readonly balances: readonly Coin[];
}

type Spec = Pick<ComputeProvider['spec'], 'address' | 'bidding' | 'budgets'> & {
  readonly grantee: NonNullable<ComputeProvider['spec']['grantee']>;
};

const FIELD = 'spec.grantee';
const DAY_MS = 86_400_000;
/** Of a period's allowance, what bids leave to closes and withdrawals. */
const PERIOD_SPARE = 10n;
const AGAIN = '`berth provider keys grant` gives it anew';

const isGrantable = (type: ChainMessage['type']): type is Grantable =>
  (GRANTABLE as readonly string[]).includes(type);

/** What a provider cannot do without. Bids wait for these; the rest is asked for when it is needed. */
export const neededToBid = ({ bidding, budgets }: Spec): readonly Grantable[] => [
  ...(['create-bid', 'close-bid', 'withdraw-lease'] as const),
  ...(bidding.maxReclamationSeconds === undefined ? [] : (['start-reclaim'] as const)),
  ...(budgets.refill === undefined ? [] : (['burn-act'] as const)),
];

/** Why messages of this type cannot be sent, `undefined` when they can. */
export const grantFault = (
  spec: Spec,
  seen: SeenGrants,
  nowMs: number,
  type: ChainMessage['type'],
): Reason | undefined => {
  const { address, grantee } = spec;
  if (!isGrantable(type)) {
    const message = `A grantee never sends ${type}.`;
    return { code: 'GrantMissing', message, field: FIELD };
  }
  const held = seen.grants.filter((g) => g.unbounded && g.typeUrl === TYPE_URLS[type]);
  if (held.some((g) => (g.expiresAtMs ?? Infinity) > nowMs)) return undefined;
  const ended = held[0]?.expiresAtMs;
  if (ended !== undefined) {
    return {
      code: 'GrantExpired',
      message: `The right of ${grantee.address} to send ${type} for ${address} ended at ${new Date(ended).toISOString()}; ${AGAIN}.`,
      field: FIELD,
    };
  }
  return {
    code: 'GrantMissing',
    message: `${address} does not let ${grantee.address} send ${type}; ${AGAIN}.`,
    field: FIELD,
  };
};

/** What may be spent in the period that is now. */
const periodLeft = (period: NonNullable<FeeAllowance['period']>, nowMs: number): bigint =>
  nowMs >= period.resetsAtMs ? period.limitUakt : period.leftUakt;

const allowanceFault = (spec: Spec, seen: SeenGrants, nowMs: number): Reason | undefined => {
  const { address, grantee, budgets } = spec;
  const reason = (code: string, message: string): Reason => ({ code, message, field: FIELD });
  const { allowance } = seen;
  if (allowance === undefined) {
    return reason(
      'FeeAllowanceMissing',
      `${address} pays no fees for ${grantee.address}, or what it gave is spent or over; ${AGAIN}.`,
    );
  }
  const { expiresAtMs, onlyTypeUrls, leftUakt, period } = allowance;
  if (expiresAtMs !== undefined && expiresAtMs <= nowMs) {
    const at = new Date(expiresAtMs).toISOString();
    return reason('FeeAllowanceExpired', `The fee allowance ended at ${at}; ${AGAIN}.`);
  }
  if (onlyTypeUrls !== undefined && !onlyTypeUrls.includes(EXEC_TYPE_URL)) {
    return reason('FeeAllowanceMissing', `The fee allowance pays for no MsgExec; ${AGAIN}.`);
  }
  const reserve = BigInt(budgets.reserveUakt);
  if (leftUakt !== undefined && leftUakt <= reserve) {
    return reason(
      'FeeAllowanceSpent',
      `The fee allowance has ${leftUakt}uakt left, not more than the reserve of ${reserve}uakt that closes and withdrawals need; ${AGAIN}.`,
    );
  }
  if (period === undefined) return undefined;
  const left = periodLeft(period, nowMs);
  if (left > period.limitUakt / PERIOD_SPARE) return undefined;
  return reason(
    'FeeAllowanceSpent',
    `Of ${period.limitUakt}uakt of fees every ${period.seconds} seconds ${left}uakt are left, kept for closes and withdrawals until ${new Date(period.resetsAtMs).toISOString()}.`,
  );
};

const ownFeesFault = (spec: Spec, { balances }: SeenGrants): Reason | undefined => {
  const uakt = balances.find((b) => b.denom === 'uakt')?.amount ?? 0n;
  const reserve = BigInt(spec.budgets.reserveUakt);
  if (uakt > reserve) return undefined;
  return {
    code: 'FeeAccountLow',
    message: `The hot key's account holds ${uakt}uakt, not more than the reserve of ${reserve}uakt that closes and withdrawals need; send uakt to ${spec.grantee.address}.`,
    field: FIELD,
  };
};

/** Why no bid may be made, `undefined` when the key has all it needs. */
export const biddingFault = (spec: Spec, seen: SeenGrants, nowMs: number): Reason | undefined => {
  for (const type of neededToBid(spec)) {
    const fault = grantFault(spec, seen, nowMs, type);
    if (fault !== undefined) return fault;
  }
  return spec.grantee.fees === 'provider'
    ? allowanceFault(spec, seen, nowMs)
    : ownFeesFault(spec, seen);
};

/** What ends next, Unix milliseconds; `undefined` when nothing does. */
export const nextExpiry = (spec: Spec, seen: SeenGrants): number | undefined => {
  const names = new Set(neededToBid(spec).map((type) => TYPE_URLS[type]));
  const times = [
    ...seen.grants.filter((g) => names.has(g.typeUrl)).map((g) => g.expiresAtMs),
    ...(spec.grantee.fees === 'provider' ? [seen.allowance?.expiresAtMs] : []),
  ].filter((t) => t !== undefined);
  return times.length === 0 ? undefined : Math.min(...times);
};

/** What to do something about before it stops the provider. */
export const expiryWarning = (spec: Spec, seen: SeenGrants, nowMs: number): Reason | undefined => {
  const next = nextExpiry(spec, seen);
  if (next === undefined || next - nowMs > spec.grantee.warnDays * DAY_MS) return undefined;
  const days = Math.max(0, Math.floor((next - nowMs) / DAY_MS));
  return {
    code: 'GrantsExpireSoon',
    message: `What ${spec.address} grants ${spec.grantee.address} begins to end at ${new Date(next).toISOString()}, in ${days} days; ${AGAIN}.`,
    field: FIELD,
  };
};

/** uakt that fees may still take, as far as the grant or the hot account bounds them; `undefined` for no bound beside the wallet. */
export const feeFunds = (spec: Spec, seen: SeenGrants): bigint | undefined =>
  spec.grantee.fees === 'provider'
    ? seen.allowance?.leftUakt
    : (seen.balances.find((b) => b.denom === 'uakt')?.amount ?? 0n);
