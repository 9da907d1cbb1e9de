/** What escrow needs of its neighbours; `devnet/akash/modules.ts` wires them. */
import type { Dec } from '../akash/dec.js';
import type { Context } from '../kernel/module.js';
import type { Account, Payment } from './records.js';

/** Told when an account or payment is stored closed or overdrawn: deployment and market react. */
export interface EscrowHooks {
  onAccountClosed(context: Context, account: Account): void;
  onPaymentClosed(context: Context, payment: Payment): void;
}

/** A grant of `akash.escrow.v1.DepositAuthorization` as authz stores it. */
export interface DepositGrant {
  readonly granter: string;
  /** Protobuf of the authorization, without its Any. */
  readonly authorization: Uint8Array;
}

/** The authz module's deposit grants. */
export interface DepositGrants {
  /** Unexpired deposit grants that `grantee` holds, in store order. */
  list(context: Context, grantee: string): readonly DepositGrant[];
  /** Replaces the authorization of an existing grant; its expiry stays. */
  save(context: Context, grantee: string, grant: DepositGrant): void;
}

/** Whether uakt may stand in for uact, and at which price. */
export interface FallbackRate {
  /** USD for one AKT while minting is halted for want of collateral and the price is known; otherwise `undefined`. */
  aktPriceWhileHalted(context: Context): Dec | undefined;
}
