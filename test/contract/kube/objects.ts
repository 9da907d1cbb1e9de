/** Objects of our kinds for these suites, valid unless changed. */
import { API_VERSION } from '../../../crds/constants.js';
import type {
  Bid,
  BidSpec,
  ComputeLease,
  ComputeLeaseSpec,
  ComputeProvider,
  ComputeProviderSpec,
  PricingPolicy,
  PricingPolicySpec,
} from '../../../crds/generated/types.js';
import type { ConfigMap } from '../../../kube/core-objects.js';

export const OWNER = 'akash1qufa3xzrf34qvwyejkhvnc4psf49fftaw0asmh';
export const PROVIDER = 'akash1365yvmc4s7awdyj3n2sav7xfx76adc6dnmlx63';
const TYPE = { apiVersion: API_VERSION } as const;
const orderId = { owner: OWNER, dseq: '18446744073709551615', gseq: 1, oseq: 2 };

export const bidSpec: BidSpec = {
  orderId,
  order: `${OWNER}/18446744073709551615/1/2`,
  provider: PROVIDER,
  price: { denom: 'uact', amount: '5000.000000000000000000' },
  usdPerHour: '18',
  resources: { gpus: 8, cpu: '64', memory: '512Gi' },
  placement: [{ unitId: 1, replica: 0, node: 'gpu-1', gpus: 8, model: 'h100' }],
  timeoutNs: '1767225600000000000',
};
export const aBid = (name: string, spec: Partial<BidSpec> = {}): Bid => ({
  ...TYPE,
  kind: 'Bid',
  metadata: { name },
  spec: { ...bidSpec, ...spec },
});

export const leaseSpec = (namespace: string): ComputeLeaseSpec => ({
  leaseId: { ...orderId, provider: PROVIDER },
  price: { denom: 'uact', amount: '5000.000000000000000000' },
  usdPerHour: '18',
  gpus: 8,
  gpuModel: 'h100',
  namespace,
  placement: bidSpec.placement,
  createdAtHeight: '1234',
});
export const aLease = (name: string, spec: Partial<ComputeLeaseSpec> = {}): ComputeLease => ({
  ...TYPE,
  kind: 'ComputeLease',
  metadata: { name },
  spec: { ...leaseSpec(name), ...spec },
});

/** Without anything that has a default. */
export const providerSpec: object = {
  address: PROVIDER,
  chain: { chainId: 'devnet', endpoints: [{ url: 'http://127.0.0.1:26657' }] },
  hostUri: 'https://provider.example.com:8443',
  domain: 'provider.example.com',
  ingress: { domain: 'apps.example.com' },
};
export const aProvider = (name: string, spec: object = {}): ComputeProvider => ({
  ...TYPE,
  kind: 'ComputeProvider',
  metadata: { name },
  spec: { ...providerSpec, ...spec } as ComputeProviderSpec,
});

export const aPolicy = (name: string, spec: object = {}): PricingPolicy => ({
  ...TYPE,
  kind: 'PricingPolicy',
  metadata: { name },
  spec: { rates: {}, ...spec } as PricingPolicySpec,
});

export const aConfigMap = (
  name: string,
  data: Readonly<Record<string, string>> = {},
  labels: Readonly<Record<string, string>> = {},
): ConfigMap => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: 'default', labels },
  data,
});
