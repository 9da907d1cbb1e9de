/** The release `berth` as its administrator handles it: one values file, Helm's verbs, and what NOTES.txt asks for afterwards. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { CHART_DIR, helm } from '../../hack/render-chart.js';
import { BERTH_IMAGE } from '../../hack/release/image.js';
import { COMPUTE_PROVIDERS, PRICING_POLICIES, SERVICES } from '../../kube/resources.js';
import { SERVICE_RANGE } from '../peers/cluster/components.js';
import { ADDRESSES } from '../peers/node/layout.js';
import { waitFor } from '../peers/wait.js';
import { aComputeProvider, aPricingPolicy } from '../stack/policies.js';
import { BLOCK_TIME_MS, NAMESPACE } from './world.js';
import type { World } from './world.js';

export const GATEWAY_PORT = 8443;
/** What the provider's record on chain says; pods and tests reach the gateway by its Service. */
const HOST_URI = `https://localhost:${GATEWAY_PORT}`;

/** What `helm -f` reads. */
export interface Values {
  readonly logLevel: 'info' | 'debug';
}

const [repository = '', tag = ''] = BERTH_IMAGE.split(':');

/** The values of a provider that keeps its key in the signer; everything that is not here is the chart's default. */
const valuesOf = (world: World, { logLevel }: Values): object => ({
  image: { repository, tag },
  operator: {
    replicas: 2,
    config: {
      logLevel,
      clusterCidrs: [SERVICE_RANGE, ADDRESSES.pods],
      timings: { assumedBlockTimeMs: BLOCK_TIME_MS },
    },
  },
  signer: {
    enabled: true,
    logLevel,
    policy: {
      chainId: world.chain.chainId,
      provider: world.chain.account('provider').address,
      hostUri: HOST_URI,
    },
  },
  gateway: { service: { type: 'ClusterIP' }, config: { logLevel } },
});

const run = (world: World, ...args: readonly string[]): Promise<string> =>
  helm([...args, '--namespace', NAMESPACE, '--kubeconfig', world.cluster.kubeconfigPath]);

const valuesFile = (world: World, values: Values): string => {
  const path = join(world.dir, 'values.yaml');
  writeFileSync(path, stringify(valuesOf(world, values)));
  return path;
};

/** @returns what Helm prints, the notes included */
export const install = (world: World, values: Values): Promise<string> =>
  run(world, 'install', 'berth', CHART_DIR, '--values', valuesFile(world, values));

export const upgrade = (world: World, values: Values): Promise<string> =>
  run(world, 'upgrade', 'berth', CHART_DIR, '--values', valuesFile(world, values));

export const rollback = (world: World, revision: number): Promise<string> =>
  run(world, 'rollback', 'berth', String(revision));

export const uninstall = (world: World): Promise<string> =>
  run(world, 'uninstall', 'berth', '--wait', '--timeout', '60s');

/** Does what the notes say comes first: a command that makes the key's Secret. @throws when they name none */
export const giveKey = async (world: World, notes: string): Promise<void> => {
  const command = /kubectl (create secret generic .*?--from-file=\S+=)FILE/s.exec(notes)?.[1];
  if (command === undefined) throw new Error(`the notes name no command for the key:\n${notes}`);
  const file = join(world.dir, 'provider.key');
  writeFileSync(file, world.chain.account('provider').mnemonic, { mode: 0o600 });
  const words = command.replaceAll('\\\n', ' ').trim().split(/\s+/);
  await world.kubectl(...words.slice(0, -1), `${words.at(-1) ?? ''}${file}`);
};

/** And what comes second: the provider and its prices. */
export const describeProvider = async (world: World): Promise<void> => {
  await world.api.apply(
    COMPUTE_PROVIDERS,
    aComputeProvider({
      address: world.chain.account('provider').address,
      chainId: world.chain.chainId,
      rpcUrls: [world.rpcUrl],
      gatewayPort: GATEWAY_PORT,
      // A bid that nobody takes must outlive the suite.
      bidTimeoutSeconds: 7200,
    }),
  );
  await world.api.apply(PRICING_POLICIES, aPricingPolicy());
};

/** From now on tenants ask the gateway's Service; its address is another after each installation. */
export const findGateway = async (world: World): Promise<void> => {
  const service = await world.api.get(SERVICES, { namespace: NAMESPACE, name: 'berth-gateway' });
  const { clusterIP, ports } = service?.spec ?? {};
  if (clusterIP === undefined || ports?.[0]?.port !== GATEWAY_PORT) {
    throw new Error(`the gateway's Service is not as expected: ${JSON.stringify(service?.spec)}`);
  }
  world.useGateway(`https://${clusterIP}:${GATEWAY_PORT}`);
};

/** Waits until every Deployment of the release runs its newest template in all replicas and nothing else. */
export const expectRolledOut = async (world: World): Promise<void> => {
  const deployments = [
    ['berth-operator', `${NAMESPACE}-operator`],
    ['berth-gateway', NAMESPACE],
    ['berth-signer', `${NAMESPACE}-signer`],
  ] as const;
  for (const [name, namespace] of deployments) {
    await waitFor(
      `${name} to be rolled out`,
      () =>
        world.kubectl(
          ...['rollout', 'status', `deployment/${name}`, '--namespace', namespace],
          ...['--timeout', '10s'],
        ),
      { timeoutMs: 240_000 },
    );
  }
};
