/**
 * The command lines of a control plane on loopback. Leader election is off (there is one of each, and a component that
 * lost its lease while the API server was stopped by a test would end itself); etcd does not sync to disk.
 */
import { join } from 'node:path';
import type { ProgramSpec } from '../process.js';
import type { Pki } from './certificates.js';
import { KWOK_ANNOTATION } from './node-objects.js';
import { STAGES_FILE } from './simulate.js';

/** Addresses of Services. The API server deals them out; on a real node kube-proxy makes them reach pods. */
export const SERVICE_RANGE = '10.96.0.0/12';

/** Where everything of one cluster lies and listens. */
export interface Layout {
  /** Directory of the binaries. */
  readonly bin: string;
  /** The cluster's own directory. */
  readonly dir: string;
  readonly pki: Pki;
  readonly ports: {
    readonly etcd: number;
    readonly etcdPeer: number;
    readonly apiServer: number;
    readonly kwok: number;
  };
}

/** The API server's URL. */
export const serverUrl = (layout: Layout): string => `https://127.0.0.1:${layout.ports.apiServer}`;
/** etcd's client URL. */
export const etcdUrl = (layout: Layout): string => `http://127.0.0.1:${layout.ports.etcd}`;
/** The audit log: one JSON object per answered request. */
export const auditLogPath = (layout: Layout): string => join(layout.dir, 'logs', 'audit.jsonl');
/** Where a component's kubeconfig lies. */
export const kubeconfigPath = (layout: Layout, who: string): string =>
  join(layout.dir, `${who}.kubeconfig`);

const program = (
  layout: Layout,
  name: string,
  flags: Readonly<Record<string, string | number | boolean>>,
): ProgramSpec => ({
  name,
  command: join(layout.bin, name),
  args: Object.entries(flags).map(([flag, value]) => `--${flag}=${value}`),
  logPath: join(layout.dir, 'logs', `${name}.log`),
});

/** etcd, keeping its data below `dir/etcd`. */
export const etcd = (layout: Layout): ProgramSpec => {
  const peer = `http://127.0.0.1:${layout.ports.etcdPeer}`;
  return program(layout, 'etcd', {
    name: 'berth',
    'data-dir': join(layout.dir, 'etcd'),
    'unsafe-no-fsync': true,
    'listen-client-urls': etcdUrl(layout),
    'advertise-client-urls': etcdUrl(layout),
    'listen-peer-urls': peer,
    'initial-advertise-peer-urls': peer,
    'initial-cluster': `berth=${peer}`,
    'log-level': 'warn',
  });
};

/** The API server: RBAC, service account tokens, and an audit log that `policyPath` shapes. */
export const kubeApiServer = (layout: Layout, policyPath: string): ProgramSpec => {
  const { pki } = layout;
  return program(layout, 'kube-apiserver', {
    'etcd-servers': etcdUrl(layout),
    'bind-address': '127.0.0.1',
    'secure-port': layout.ports.apiServer,
    'advertise-address': '127.0.0.1',
    'endpoint-reconciler-type': 'none',
    'tls-cert-file': pki.apiServer.certPath,
    'tls-private-key-file': pki.apiServer.keyPath,
    'client-ca-file': pki.ca.certPath,
    'service-account-key-file': pki.serviceAccounts.certPath,
    'service-account-signing-key-file': pki.serviceAccounts.keyPath,
    'service-account-issuer': 'https://kubernetes.default.svc',
    'service-cluster-ip-range': SERVICE_RANGE,
    'authorization-mode': 'Node,RBAC',
    'allow-privileged': true,
    // Names of nodes resolve nowhere here, and kubelets let nobody in without a certificate.
    'kubelet-preferred-address-types': 'InternalIP',
    'kubelet-client-certificate': pki.kubeletClient.certPath,
    'kubelet-client-key': pki.kubeletClient.keyPath,
    'audit-policy-file': policyPath,
    'audit-log-path': auditLogPath(layout),
    profiling: false,
  });
};

/** Garbage collection, namespace deletion, quota, Deployments, token controllers. */
export const kubeControllerManager = (layout: Layout): ProgramSpec => {
  const kubeconfig = kubeconfigPath(layout, 'controller-manager');
  return program(layout, 'kube-controller-manager', {
    kubeconfig,
    'authentication-kubeconfig': kubeconfig,
    'authorization-kubeconfig': kubeconfig,
    'secure-port': 0, // it serves nothing that anybody here would ask for
    'root-ca-file': layout.pki.ca.certPath,
    'service-account-private-key-file': layout.pki.serviceAccounts.keyPath,
    'use-service-account-credentials': true,
    'kube-api-qps': 500, // its default of 20 makes it wait four seconds for its own forty service accounts
    'kube-api-burst': 1000,
    'service-cluster-ip-range': SERVICE_RANGE,
    'leader-elect': false,
    profiling: false,
  });
};

/** Fits pods to nodes; the only judge of whether GPUs are really there. */
export const kubeScheduler = (layout: Layout): ProgramSpec => {
  const kubeconfig = kubeconfigPath(layout, 'scheduler');
  return program(layout, 'kube-scheduler', {
    kubeconfig,
    'authentication-kubeconfig': kubeconfig,
    'authorization-kubeconfig': kubeconfig,
    'secure-port': 0,
    'leader-elect': false,
    profiling: false,
  });
};

/** kwok plays the kubelets: heartbeats, pods that become Ready at once, deletion. hack/cluster/stages.yaml says how. */
export const kwok = (
  layout: Pick<Layout, 'bin' | 'dir'>,
  options: { readonly kubeconfig: string; readonly port: number; readonly tls?: Pki['apiServer'] },
): ProgramSpec => ({
  name: 'kwok',
  command: join(layout.bin, 'kwok'),
  args: [
    `--kubeconfig=${options.kubeconfig}`,
    `--config=${STAGES_FILE}`,
    `--manage-nodes-with-annotation-selector=${KWOK_ANNOTATION.key}=${KWOK_ANNOTATION.value}`,
    '--node-ip=127.0.0.1',
    `--node-port=${options.port}`,
    `--server-address=127.0.0.1:${options.port}`,
    '--node-lease-duration-seconds=40',
    ...(options.tls === undefined
      ? []
      : [
          `--tls-cert-file=${options.tls.certPath}`,
          `--tls-private-key-file=${options.tls.keyPath}`,
        ]),
  ],
  logPath: join(layout.dir, 'logs', 'kwok.log'),
});
