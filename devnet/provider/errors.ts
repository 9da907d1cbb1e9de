/** Errors of the provider module (chain-sdk go/node/provider/v1beta4/errors.go). */
import { registerIn } from '../akash/registered-error.js';

const provider = registerIn('provider');

export const PROVIDER_ERRORS = {
  invalidUri: provider(1, 'InvalidArgument', 'invalid provider: invalid host uri'),
  notAbsoluteUri: provider(2, 'InvalidArgument', 'invalid provider: not absolute host uri'),
  notFound: provider(3, 'NotFound', 'invalid provider: address not found'),
  exists: provider(4, 'AlreadyExists', 'invalid provider: already exists'),
  incompatibleAttributes: provider(7, 'FailedPrecondition', 'attributes cannot be changed'),
  invalidWebsite: provider(8, 'InvalidArgument', 'invalid provider: invalid info website'),
  internal: provider(10, 'Internal', 'internal error'),
} as const;
