/** Errors of the deployment module (chain-sdk go/node/deployment/v1/errors.go). */
import { registerIn } from '../akash/registered-error.js';

const deployment = registerIn('deployment');

export const DEPLOYMENT_ERRORS = {
  deploymentExists: deployment(3, 'AlreadyExists', 'Deployment exists'),
  deploymentNotFound: deployment(4, 'NotFound', 'Deployment not found'),
  deploymentClosed: deployment(5, 'FailedPrecondition', 'Deployment closed'),
  invalidGroups: deployment(7, 'InvalidArgument', 'Invalid groups'),
  emptyHash: deployment(9, 'InvalidArgument', 'Invalid: empty hash'),
  invalidHash: deployment(10, 'InvalidArgument', 'Invalid: deployment hash'),
  groupNotFound: deployment(14, 'NotFound', 'Group not found'),
  groupClosed: deployment(15, 'FailedPrecondition', 'Group already closed'),
  groupOpen: deployment(16, 'FailedPrecondition', 'Group open'),
  groupPaused: deployment(17, 'FailedPrecondition', 'Group paused'),
  invalidDeposit: deployment(20, 'InvalidArgument', 'Deposit invalid'),
  invalidParam: deployment(22, 'InvalidArgument', 'parameter invalid'),
  invalidPrice: deployment(24, 'InvalidArgument', 'invalid price'),
  duplicateGroupName: deployment(25, 'InvalidArgument', 'duplicate group name'),
  invalidReclamation: deployment(26, 'InvalidArgument', 'invalid reclamation configuration'),
} as const;
