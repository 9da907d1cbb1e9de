/** What the key may be used for. Set by the operator's owner in the signer's own configuration, out of the operator's reach. */

/** Totals within one window; what is not named in a window is not allowed beyond it. */
export interface WindowLimits {
  readonly feesUakt: bigint;
  /** Deposits of bids in either denomination, each up to this amount (uakt and uact have six decimals both). */
  readonly deposits: bigint;
  /** MsgCloseBid: it ends an open bid, and a paying lease alike. */
  readonly closes: bigint;
  readonly transactions: bigint;
}

export interface SigningPolicy {
  readonly chainId: string;
  /** The provider's account: every message must act for it. */
  readonly provider: string;
  /** The key's own account; differs from `provider` where the key is only a grantee (authz). */
  readonly key: string;
  /** The one address that a provider record may name, for example https://provider.example.com:8443. */
  readonly hostUri: string;
  readonly maxFeeUakt: bigint;
  readonly maxMessages: number;
  readonly perHour: WindowLimits;
  readonly perDay: WindowLimits;
}

/** What one transaction takes from the limits. */
export interface Spend {
  readonly feesUakt: bigint;
  readonly depositsUakt: bigint;
  readonly depositsUact: bigint;
  readonly closes: bigint;
  readonly transactions: bigint;
}

export const NOTHING_SPENT: Spend = {
  feesUakt: 0n,
  depositsUakt: 0n,
  depositsUact: 0n,
  closes: 0n,
  transactions: 0n,
};

export const addSpend = (a: Spend, b: Spend): Spend => ({
  feesUakt: a.feesUakt + b.feesUakt,
  depositsUakt: a.depositsUakt + b.depositsUakt,
  depositsUact: a.depositsUact + b.depositsUact,
  closes: a.closes + b.closes,
  transactions: a.transactions + b.transactions,
});
