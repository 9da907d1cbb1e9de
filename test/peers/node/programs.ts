/** The command lines of a node. All of them run inside its machine, except for the relay to the API server. */
import { join } from 'node:path';
import type { ProgramSpec } from '../process.js';
import { ADDRESSES, type NodeLayout } from './layout.js';

/** What the command lines need to know. */
export interface ProgramContext {
  readonly layout: NodeLayout;
  /** Folder of the binaries built from Go modules. */
  readonly bin: string;
  readonly nodeName: string;
}

const spec = (
  context: ProgramContext,
  name: string,
  command: string,
  args: readonly string[],
): ProgramSpec => ({ name, command, args, logPath: join(context.layout.logs, `${name}.log`) });

/**
 * Carries the node's connections to the API server, which listens on the outside's loopback only.
 * Runs outside; the port is the API server's own.
 */
export const apiServerRelay = (context: ProgramContext, port: number): ProgramSpec =>
  spec(context, 'relay', 'socat', [
    `TCP-LISTEN:${port},bind=${ADDRESSES.outside},reuseaddr,fork`,
    `TCP:127.0.0.1:${port}`,
  ]);

export const containerd = (context: ProgramContext): ProgramSpec =>
  spec(context, 'containerd', '/usr/bin/containerd', [
    `--config=${join(context.layout.config, 'containerd.toml')}`,
  ]);

export const kubelet = (context: ProgramContext, kubeconfig: string): ProgramSpec =>
  spec(context, 'kubelet', join(context.bin, 'kubelet'), [
    `--config=${join(context.layout.config, 'kubelet.yaml')}`,
    `--kubeconfig=${kubeconfig}`,
    `--hostname-override=${context.nodeName}`,
    `--node-ip=${ADDRESSES.node}`,
    '--node-labels=akash.network=true',
  ]);

export const kubeProxy = (context: ProgramContext, kubeconfig: string): ProgramSpec =>
  spec(context, 'kube-proxy', join(context.bin, 'kube-proxy'), [
    `--kubeconfig=${kubeconfig}`,
    `--hostname-override=${context.nodeName}`,
    '--proxy-mode=iptables',
    `--cluster-cidr=${ADDRESSES.pods}`,
    '--iptables-min-sync-period=0s',
    // The connection table's limits belong to the machine outside.
    '--conntrack-max-per-core=0',
    '--conntrack-tcp-timeout-established=0',
    '--conntrack-tcp-timeout-close-wait=0',
  ]);

/** Its first configuration knows no host; the ingress controller writes the next ones. */
export const nginx = (context: ProgramContext): ProgramSpec =>
  spec(context, 'nginx', 'nginx', ['-e', 'stderr', '-c', context.layout.nginxConf]);

export const coreDns = (context: ProgramContext): ProgramSpec =>
  spec(context, 'coredns', join(context.bin, 'coredns'), [
    `-conf=${join(context.layout.config, 'Corefile')}`,
  ]);
