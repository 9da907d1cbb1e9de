/** The configuration files of the node's programs. Formats: containerd config v2, CNI 1.0, kubelet.config.k8s.io, Corefile, nginx. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { nginxConf } from './ingress/nginx-conf.js';
import { ADDRESSES, CGROUP_ROOT, INGRESS_LISTEN, type NodeLayout } from './layout.js';

/** Reference of the image that holds a pod's namespaces. */
export const PAUSE_IMAGE = 'berth.local/pause:1';

/** Debian's folder of CNI plugins. */
const CNI_PLUGINS = '/usr/lib/cni';

const containerdToml = (layout: NodeLayout): string => `version = 2
root = "${layout.containerdRoot}"
state = "/run/containerd"

[grpc]
  address = "${layout.containerdSocket}"

[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "${PAUSE_IMAGE}"
  # Lowering a score is a right that this process may lack.
  restrict_oom_score_adj = true
  disable_apparmor = true
  # Seconds between two measurements of what containers wrote, by which the kubelet evicts; ten by default.
  stats_collect_period = 1

  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "${CNI_PLUGINS}"
    conf_dir = "${join(layout.config, 'cni')}"

  [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
    runtime_type = "io.containerd.runc.v2"

  # The NVIDIA container toolkit registers a runtime of this name; GPU pods ask for it.
  [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.nvidia]
    runtime_type = "io.containerd.runc.v2"
`;

const cniConflist = {
  cniVersion: '1.0.0',
  name: 'berth',
  plugins: [
    {
      type: 'bridge',
      bridge: 'cni0',
      isDefaultGateway: true,
      ipMasq: true,
      hairpinMode: true,
      ipam: { type: 'host-local', ranges: [[{ subnet: ADDRESSES.pods }]], dataDir: '/run/cni' },
    },
    { type: 'portmap', capabilities: { portMappings: true } },
  ],
};

/** A disk that is never empty enough is always full. */
const FULL = { 'nodefs.available': '99.9%', 'imagefs.available': '99.9%' };

const kubeletConfiguration = (layout: NodeLayout, isDiskFull: boolean): object => ({
  apiVersion: 'kubelet.config.k8s.io/v1beta1',
  kind: 'KubeletConfiguration',
  address: ADDRESSES.node,
  authentication: {
    anonymous: { enabled: false },
    webhook: { enabled: true },
    x509: { clientCAFile: join(layout.config, 'ca.crt') },
  },
  authorization: { mode: 'Webhook' },
  containerRuntimeEndpoint: `unix://${layout.containerdSocket}`,
  cgroupDriver: 'cgroupfs',
  cgroupRoot: `/${CGROUP_ROOT}`,
  failCgroupV1: false,
  failSwapOn: false,
  clusterDomain: 'cluster.local',
  clusterDNS: [ADDRESSES.dns],
  resolvConf: join(layout.config, 'resolv.conf'),
  serializeImagePulls: false,
  // Images come from nowhere else: one that is thrown away would be missing for good.
  imageGCHighThresholdPercent: 100,
  imageGCLowThresholdPercent: 99,
  // When the disk is full they go at once; by default one that is younger than two minutes stays.
  imageMinimumGCAge: '1s',
  // Only what a test provokes: a machine that is full for other reasons should not look like a broken lease.
  evictionHard: {
    ...{ 'memory.available': '100Mi', 'nodefs.available': '1Gi' },
    ...(isDiskFull && FULL),
  },
  evictionPressureTransitionPeriod: '1s',
  nodeStatusUpdateFrequency: '2s',
  nodeStatusReportFrequency: '10s',
  // Waiting between two tries is what a crash loop is; ten seconds show it as well as five minutes.
  crashLoopBackOff: { maxContainerRestartPeriod: '10s' },
});

const corefile = (kubeconfig: string): string => `.:53 {
  bind ${ADDRESSES.node}
  errors
  ready ${ADDRESSES.node}:8181
  kubernetes cluster.local in-addr.arpa {
    kubeconfig ${kubeconfig} berth
    pods insecure
  }
  cache 5
}
`;

/** Writes the kubelet's, which it reads when it starts. @param isDiskFull whether it is to believe that */
export const writeKubeletConfiguration = (layout: NodeLayout, isDiskFull: boolean): void => {
  const text = stringify(kubeletConfiguration(layout, isDiskFull));
  writeFileSync(join(layout.config, 'kubelet.yaml'), text);
};

/** Writes every file; `caPem` is the cluster's authority, by which the kubelet knows the API server. */
export const writeConfiguration = (
  layout: NodeLayout,
  caPem: string,
  dnsKubeconfig: string,
): void => {
  const put = (name: string, text: string): void => {
    writeFileSync(join(layout.config, name), text);
  };
  mkdirSync(join(layout.config, 'cni'), { recursive: true });
  put('containerd.toml', containerdToml(layout));
  put('cni/10-berth.conflist', JSON.stringify(cniConflist, undefined, 2));
  put('ca.crt', caPem);
  writeKubeletConfiguration(layout, false);
  put('Corefile', corefile(dnsKubeconfig));
  put('nginx.conf', nginxConf(INGRESS_LISTEN, [], []));
  // The cluster's own names and nothing else: an image that is not here must fail at once, not after a time-out.
  put('resolv.conf', `nameserver ${ADDRESSES.node}\n`);
};
