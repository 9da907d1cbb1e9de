/** A cluster with our definitions installed, for the suites of kube/ and crds/. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { CustomResourceDefinition } from '../../../kube/core-objects.js';
import { kubeconfigAccess } from '../../../kube/access/kubeconfig.js';
import type { Clock } from '../../../kube/clock.js';
import { HttpKubeApi, type HttpKubeApiOptions } from '../../../kube/http-api.js';
import { HttpsTransport } from '../../../kube/https-transport.js';
import {
  BIDS,
  COMPUTE_LEASES,
  COMPUTE_PROVIDERS,
  CUSTOM_RESOURCE_DEFINITIONS,
  PRICING_POLICIES,
  type Resource,
} from '../../../kube/resources.js';
import { startCluster } from '../../peers/cluster/start-cluster.js';
import type { Cluster } from '../../peers/cluster/types.js';
import { waitFor } from '../../peers/wait.js';
import { systemClock } from '../../../operator/clock.js';

const DEFINITIONS = join(import.meta.dirname, '../../../crds/generated');

const OURS: readonly Resource[] = [COMPUTE_PROVIDERS, PRICING_POLICIES, BIDS, COMPUTE_LEASES];

/** The clock of this process. */
export const realClock: Clock = systemClock;

export interface KubeCluster {
  readonly cluster: Cluster;
  /** As administrator. */
  readonly api: HttpKubeApi;
  /** With another kubeconfig; closed with the rest. */
  readonly connect: (kubeconfigPath: string, options?: HttpKubeApiOptions) => Promise<HttpKubeApi>;
  readonly stop: () => Promise<void>;
}

const installDefinitions = async (api: HttpKubeApi): Promise<void> => {
  for (const file of readdirSync(DEFINITIONS).filter((f) => f.endsWith('.yaml'))) {
    const definition = parse(
      readFileSync(join(DEFINITIONS, file), 'utf8'),
    ) as CustomResourceDefinition;
    await api.apply(CUSTOM_RESOURCE_DEFINITIONS, definition);
  }
  for (const resource of OURS)
    await waitFor(`${resource.plural} to be served`, () => api.list(resource), {
      timeoutMs: 20_000,
    });
};

export const startKubeCluster = async (): Promise<KubeCluster> => {
  const dir = mkdtempSync(join(tmpdir(), 'berth-kube-'));
  const cluster = await startCluster({ dir });
  const transports: HttpsTransport[] = [];
  const connect = async (path: string, options?: HttpKubeApiOptions): Promise<HttpKubeApi> => {
    const transport = new HttpsTransport(
      await kubeconfigAccess({ path, clock: realClock, env: {} }),
    );
    transports.push(transport);
    return new HttpKubeApi(transport, options);
  };
  const api = await connect(cluster.kubeconfigPath);
  await installDefinitions(api);
  const stop = async (): Promise<void> => {
    for (const transport of transports) transport.close();
    await cluster.stop();
    rmSync(dir, { recursive: true, force: true });
  };
  return { cluster, api, connect, stop };
};
