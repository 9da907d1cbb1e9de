/** Errors of the market module (chain-sdk go/node/market/v1/errors.go). */
import { registerIn } from '../akash/registered-error.js';

const market = registerIn('market');

export const MARKET_ERRORS = {
  emptyProvider: market(1, 'InvalidArgument', 'empty provider'),
  attributeMismatch: market(5, 'InvalidArgument', 'attribute mismatch'),
  unknownBid: market(6, 'NotFound', 'unknown bid'),
  unknownLease: market(7, 'NotFound', 'unknown lease'),
  unknownLeaseForBid: market(8, 'NotFound', 'unknown lease for bid'),
  unknownOrderForBid: market(9, 'NotFound', 'unknown order for bid'),
  leaseNotActive: market(10, 'FailedPrecondition', 'lease not active'),
  bidNotActive: market(11, 'FailedPrecondition', 'bid not active'),
  bidNotOpen: market(12, 'FailedPrecondition', 'bid not open'),
  orderNotOpen: market(13, 'FailedPrecondition', 'bid: order not open'),
  orderNotFound: market(15, 'NotFound', 'invalid order: order not found'),
  groupNotFound: market(16, 'NotFound', 'group not found'),
  groupNotOpen: market(17, 'FailedPrecondition', 'group not open'),
  bidNotFound: market(18, 'NotFound', 'invalid bid: bid not found'),
  bidZeroPrice: market(19, 'InvalidArgument', 'invalid bid: zero price'),
  leaseNotFound: market(20, 'NotFound', 'invalid lease: lease not found'),
  bidExists: market(21, 'AlreadyExists', 'invalid bid: bid exists from provider'),
  invalidPrice: market(22, 'InvalidArgument', 'bid price is invalid'),
  orderActive: market(23, 'FailedPrecondition', 'order active'),
  orderClosed: market(24, 'FailedPrecondition', 'order closed'),
  invalidDeposit: market(28, 'InvalidArgument', 'deposit invalid'),
  unknownProvider: market(30, 'NotFound', 'unknown provider'),
  invalidBid: market(31, 'InvalidArgument', 'invalid bid'),
  capabilitiesMismatch: market(32, 'InvalidArgument', 'capabilities mismatch'),
  invalidLeaseClosedReason: market(33, 'InvalidArgument', 'invalid lease closed reason'),
  leaseNotReclamable: market(
    35,
    'FailedPrecondition',
    'lease does not have reclamation configured',
  ),
  leaseAlreadyReclaiming: market(36, 'FailedPrecondition', 'reclamation already in progress'),
  reclamationNotStarted: market(
    37,
    'FailedPrecondition',
    'reclamation not started; call MsgLeaseStartReclaim first',
  ),
  reclamationWindowNotElapsed: market(
    38,
    'FailedPrecondition',
    'reclamation window has not elapsed',
  ),
  reclamationWindowInvalid: market(
    39,
    'InvalidArgument',
    'reclamation window outside governance bounds',
  ),
  reclamationRequired: market(
    40,
    'InvalidArgument',
    'order requires reclamation but bid does not offer it',
  ),
  reclamationWindowTooShort: market(
    41,
    'InvalidArgument',
    'reclamation window shorter than order minimum',
  ),
} as const;
