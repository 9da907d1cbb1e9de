/** How Berth is installed: from its Deployments and the operator's ConfigMap, else as the chart has it. */
import { parse } from 'yaml';
import { z } from 'zod';
import type { KubeApi } from '../../../../kube/api.js';
import type { Deployment } from '../../../../kube/core-objects.js';
import { CONFIG_MAPS, DEPLOYMENTS } from '../../../../kube/resources.js';
import type { Installation, Known } from '../facts.js';
import { attempt } from './attempt.js';

const COMPONENT = 'app.kubernetes.io/component';
const labels = z.record(z.string(), z.string());
const peer = (namespaceLabels: Record<string, string>, podLabels: Record<string, string>) =>
  z.object({ namespaceLabels: labels, podLabels: labels }).default({ namespaceLabels, podLabels });

/** The part of the operator's configuration (operator/config.ts) that the doctor needs, with the same defaults. */
const config = z.object({
  namespace: z.string().default('berth-system'),
  certificateSecret: z.string().default('berth-gateway-certificate'),
  gasPrice: z.string().default('0.025uakt'),
  inventory: z.object({ nodeSelector: labels.default({}) }).prefault({}),
  clusterDns: peer({ 'kubernetes.io/metadata.name': 'kube-system' }, { 'k8s-app': 'kube-dns' }),
  ingressController: peer(
    { 'app.kubernetes.io/name': 'ingress-nginx' },
    { 'app.kubernetes.io/name': 'ingress-nginx' },
  ),
});

export interface Found {
  readonly installation: Installation;
  readonly deployments: Known<readonly Deployment[]>;
}

const isOurs = ({ metadata }: Deployment): boolean =>
  metadata.labels?.['helm.sh/chart']?.startsWith('berth-') === true;

/** What the operator was told; all defaults where that cannot be read. */
const readConfig = async (
  api: Pick<KubeApi, 'get'>,
  operator: Deployment | undefined,
): Promise<unknown> => {
  if (operator === undefined) return {};
  const { name, namespace } = operator.metadata;
  const map = await attempt(() => api.get(CONFIG_MAPS, { name, namespace }));
  const text = map.known ? map.value?.data?.['operator.yaml'] : undefined;
  return text === undefined ? {} : parse(text);
};

/** @param stateNamespace where the release is, when its Deployments do not tell */
export const findInstallation = async (
  api: Pick<KubeApi, 'get' | 'list'>,
  stateNamespace: string | undefined,
): Promise<Found> => {
  const listed = await attempt(() =>
    api.list(DEPLOYMENTS, { labelSelector: `${COMPONENT} in (operator,gateway,signer)` }),
  );
  const deployments = listed.known
    ? { known: true as const, value: listed.value.items.filter(isOurs) }
    : listed;
  const operator = deployments.known
    ? deployments.value.find((d) => d.metadata.labels?.[COMPONENT] === 'operator')
    : undefined;
  const read = config.safeParse(await readConfig(api, operator));
  const told = read.success ? read.data : config.parse({});
  const state = stateNamespace ?? told.namespace;
  return {
    deployments,
    installation: {
      stateNamespace: state,
      operatorNamespace: operator?.metadata.namespace ?? `${state}-operator`,
      certificateSecret: told.certificateSecret,
      nodeSelector: told.inventory.nodeSelector,
      gasPrice: told.gasPrice,
      dnsPods: told.clusterDns,
      ingressPods: told.ingressController,
    },
  };
};
