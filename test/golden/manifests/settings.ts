/** A provider and a lease to build for. */
import type { WorkloadSettings } from '../../../manifests/lease-workload.js';
import type { LeaseId } from '../../../market/ids.js';

/** An ordinary provider: nginx ingress, CoreDNS, GPUs by runtime class. */
export const someSettings: WorkloadSettings = {
  ingressClassName: 'akash-ingress-class',
  ingressDomain: 'ingress.provider.example',
  staticHosts: true,
  publicHostname: 'provider.example',
  gpuRuntimeClassName: 'nvidia',
  clusterCidrs: ['10.42.0.0/16', '10.43.0.0/16', '203.0.113.0/24', '2001:db8:42::/56'],
  ingressController: {
    namespaceLabels: { 'app.kubernetes.io/name': 'ingress-nginx' },
    podLabels: { 'app.kubernetes.io/name': 'ingress-nginx' },
  },
  clusterDns: {
    namespaceLabels: { 'kubernetes.io/metadata.name': 'kube-system' },
    podLabels: { 'k8s-app': 'kube-dns' },
  },
  apiServerEndpoints: [{ ip: '203.0.113.10', port: 6443 }],
};

/** The lease of the naming vectors. */
export const someLease: LeaseId = {
  owner: 'akash1qufa3xzrf34qvwyejkhvnc4psf49fftaw0asmh',
  dseq: 1234n,
  gseq: 1,
  oseq: 1,
  provider: 'akash1365yvmc4s7awdyj3n2sav7xfx76adc6dnmlx63',
  bseq: 0,
};
