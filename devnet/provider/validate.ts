/** Checks of a provider's registration that need no state (chain-sdk go/node/provider/v1beta4/msgs.go). */
import type { Provider } from '@akashnetwork/chain-sdk/private-types/akash.v1beta4';
import { isAddress } from '../akash/address.js';
import { refusal, wrapped } from '../akash/registered-error.js';
import { validateAttributes } from '../deployment/attributes.js';
import { sdkError } from '../kernel/errors.js';
import { PROVIDER_ERRORS as E } from './errors.js';

const parse = (text: string): URL | undefined => (URL.canParse(text) ? new URL(text) : undefined);

/** `https://host:port`, nothing behind it. @throws AppError provider/1 or provider/2 */
const validateHostUri = (uri: string): void => {
  const url = parse(uri);
  if (url === undefined) {
    if (/^[^\s:]*$/.test(uri))
      throw wrapped(E.notAbsoluteUri, `validating "${uri}" for absolute URI`);
    throw refusal(E.invalidUri);
  }
  if (url.protocol !== 'https:') throw wrapped(E.invalidUri, `scheme in "${uri}" should be https`);
  if (url.host === '') throw wrapped(E.invalidUri, `validating "${uri}" for valid host`);
  if (/^https:\/\/[^/]+\//.test(uri))
    throw wrapped(E.invalidUri, `path in "${uri}" should be empty`);
};

/** @throws AppError provider/1, 2, 8, sdk/7, akash/1, akash/2 */
export const validateProvider = (provider: Provider, message: string): void => {
  validateHostUri(provider.hostUri);
  if (!isAddress(provider.owner)) {
    throw sdkError('invalidAddress', `${message}: Invalid Provider Address`);
  }
  validateAttributes(provider.attributes, false);
  const website = provider.info?.website ?? '';
  if (website !== '' && parse(website) === undefined) throw refusal(E.invalidWebsite);
};
