/** The checklist: what must hold before an order is worth placing and pricing. Cheap questions first. */
import type { Reason } from '../market/reasons.js';
import { orderAttributes, providerAttributes } from './checks/attributes.js';
import { auditors } from './checks/auditors.js';
import { gpuCapability, storageCapability } from './checks/capabilities.js';
import { budget } from './checks/budget.js';
import type { Check, PricedCheck } from './checks/check.js';
import { escrow } from './checks/escrow.js';
import { endpoints } from './checks/endpoints.js';
import { hostnames } from './checks/hostnames.js';
import { leasedIps } from './checks/leased-ips.js';
import { ownerLimit } from './checks/owner-limit.js';
import { priced } from './checks/priced.js';
import { orderAge } from './checks/order-age.js';
import { orderOpen } from './checks/order-open.js';
import { orderSound } from './checks/order-sound.js';
import { notOwnOrder } from './checks/own-order.js';
import { denom, orderPrice } from './checks/price.js';
import { reclamation } from './checks/reclamation.js';
import { storageClasses } from './checks/storage-classes.js';
import { takesOrders } from './checks/takes-orders.js';
import { tenants } from './checks/tenants.js';
import { volumes } from './checks/volumes.js';
import { wallet } from './checks/wallet.js';
import type { DecideInput } from './input.js';
import type { Quote } from './strategy.js';

/** In the order in which reasons are reported. Placement and price follow in `decide.ts`. */
export const CHECKS: readonly Check[] = [
  takesOrders,
  orderOpen,
  orderAge,
  orderSound,
  notOwnOrder,
  tenants,
  providerAttributes,
  orderAttributes,
  auditors,
  denom,
  orderPrice,
  volumes,
  endpoints,
  storageCapability,
  storageClasses,
  gpuCapability,
  hostnames,
  reclamation,
  leasedIps,
  ownerLimit,
  wallet,
  budget,
  priced,
];

/** What can be asked only of an order that has a price. */
export const PRICED_CHECKS: readonly PricedCheck[] = [escrow];

/** Every check of a priced order that fails. */
export const failedPricedChecks = (input: DecideInput, quote: Quote): readonly Reason[] =>
  PRICED_CHECKS.flatMap((check) => check.run(input, quote) ?? []);

/** Every check that fails, not only the first: a tenant who mends one thing should not find the next afterwards. */
export const failedChecks = (input: DecideInput): readonly Reason[] =>
  CHECKS.flatMap((check) => check.run(input) ?? []);
