/** Errors of the escrow module (chain-sdk go/node/escrow/module/error.go). */
import { registerIn } from '../akash/registered-error.js';

const escrow = registerIn('escrow');

export const ESCROW_ERRORS = {
  accountExists: escrow(1, 'AlreadyExists', 'account exists'),
  accountClosed: escrow(2, 'FailedPrecondition', 'account closed'),
  accountNotFound: escrow(3, 'NotFound', 'account not found'),
  accountOverdrawn: escrow(4, 'FailedPrecondition', 'account overdrawn'),
  invalidDenomination: escrow(5, 'InvalidArgument', 'invalid denomination'),
  paymentExists: escrow(6, 'AlreadyExists', 'payment exists'),
  paymentClosed: escrow(7, 'FailedPrecondition', 'payment closed'),
  paymentNotFound: escrow(8, 'NotFound', 'payment not found'),
  paymentRateZero: escrow(9, 'InvalidArgument', 'payment rate zero'),
  invalidId: escrow(12, 'InvalidArgument', 'invalid ID'),
} as const;
