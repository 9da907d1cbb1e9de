/** Providers in the store, under their address. */
import { Provider } from '@akashnetwork/chain-sdk/private-types/akash.v1beta4';
import type { Context } from '../kernel/module.js';

/** Prefix of all providers. */
export const PROVIDERS = 'provider/p/';

export const getProvider = (context: Context, owner: string): Provider | undefined => {
  const bytes = context.store.get(PROVIDERS + owner);
  return bytes === undefined ? undefined : Provider.decode(bytes);
};

/** Stores the provider and says so with `akash.provider.v1beta4.<event>`. */
export const putProvider = (
  context: Context,
  provider: Provider,
  event: 'EventProviderCreated' | 'EventProviderUpdated',
): void => {
  context.store.set(PROVIDERS + provider.owner, Provider.encode(provider).finish());
  context.emitTyped(`akash.provider.v1beta4.${event}`, { owner: provider.owner });
};
