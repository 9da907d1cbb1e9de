/** The provider's record on chain. */
import { when } from '../check.js';
import type { Check } from '../check.js';
import { fault, ok, warning } from '../finding.js';

export const registration: Check = {
  name: 'registration',
  run: ({ provider, record }) =>
    when(provider, (object) =>
      when(record, (there) => {
        if (object === undefined) return [ok('there is nothing to compare with')];
        const { address, hostUri } = object.spec;
        if (there === undefined)
          return [
            fault('ProviderNotRegistered', `${address} has no provider record on chain`, {
              fix: 'The operator registers it within a minute of running; kubectl describe computeprovider says what the chain refused.',
            }),
          ];
        if (there.hostUri !== hostUri)
          return [
            warning('HostUriDiffers', `the chain says ${there.hostUri}, spec.hostUri ${hostUri}`, {
              fix: 'The operator updates the record within a minute of running; with the signer, change signer.policy.hostUri as well.',
            }),
          ];
        return [ok(`registered with ${there.attributes.length} attributes at ${hostUri}`)];
      }),
    ),
};
