/** The public routes about the provider itself: /version, /address, /status (provider-wire 4.4). */
import type { Route } from '../http/exchange.js';
import type { ProviderReader } from '../ports.js';
import { providerStatusJson } from '../view/provider-status.js';

export interface ProviderRoutesDependencies {
  readonly provider: ProviderReader;
  readonly address: string;
  readonly publicHostname: string;
  /** Version and commit of this build. */
  readonly build: { readonly version: string; readonly commit: string };
}

/** The `akash` part of /version: the keys of the Akash provider, with what Berth knows of itself. */
const versionJson = (build: ProviderRoutesDependencies['build']): Record<string, unknown> => ({
  name: 'berth',
  server_name: 'berth-gateway',
  version: build.version,
  commit: build.commit,
  build_tags: '',
  go: '',
  build_deps: [],
  cosmos_sdk_version: '',
});

/** Builds them. */
export const providerRoutes = (dependencies: ProviderRoutesDependencies): readonly Route[] => [
  {
    method: 'GET',
    path: '/version',
    takesBody: false,
    handle: async () => ({
      status: 200,
      json: {
        akash: versionJson(dependencies.build),
        kube: await dependencies.provider.version(),
      },
    }),
  },
  {
    method: 'GET',
    path: '/address',
    takesBody: false,
    handle: async () => ({ status: 200, json: { address: dependencies.address } }),
  },
  {
    method: 'GET',
    path: '/status',
    takesBody: false,
    handle: async () => ({
      status: 200,
      json: providerStatusJson(await dependencies.provider.snapshot(), dependencies),
    }),
  },
];
