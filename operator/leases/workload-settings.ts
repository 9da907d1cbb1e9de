/** What the builders must know of cluster and provider, from configuration and the ComputeProvider. */
import type { ComputeProvider } from '../../crds/generated/types.js';
import type { WorkloadSettings } from '../../manifests/lease-workload.js';
import type { OperatorConfig } from '../config.js';

export const workloadSettings = (
  config: OperatorConfig,
  { spec }: ComputeProvider,
): WorkloadSettings => ({
  ingressController: config.ingressController,
  clusterDns: config.clusterDns,
  clusterCidrs: config.clusterCidrs,
  ingressClassName: spec.ingress.className ?? 'akash-ingress-class',
  ingressDomain: spec.ingress.domain,
  staticHosts: spec.ingress.staticHosts,
  publicHostname: spec.domain,
  gpuRuntimeClassName: spec.runtimeClassName,
  apiServerEndpoints: config.apiServerEndpoints,
});
