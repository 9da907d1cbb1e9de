/** What pods have left on a node, from containerd, the kernel's tables and the disk. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { podCgroups } from './cgroups.js';
import { ctr } from './images.js';
import type { NodeLayout } from './layout.js';
import type { Machine } from './machine.js';
import type { NodeInventory } from './types.js';

const lines = (text: string): readonly string[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');

/** Mount points that exist only because a pod does. */
const OF_PODS = [
  '/var/lib/kubelet/pods/',
  '/run/netns/',
  '/run/containerd/io.containerd.runtime.v2.task/',
  '/run/containerd/io.containerd.grpc.v1.cri/sandboxes/',
];

/** kube-proxy comments every rule with `"namespace/name:port ..."`. */
const servicesIn = (rules: string): readonly string[] => {
  const named = [...rules.matchAll(/--comment "([-a-z0-9.]+\/[-a-z0-9.]+)[": ]/g)].map(
    ([, name]) => name ?? '',
  );
  const own = ['kube-system/kube-dns', 'default/kubernetes'];
  return [...new Set(named)].filter((name) => !own.includes(name)).toSorted();
};

const entries = (dir: string): readonly string[] => (existsSync(dir) ? readdirSync(dir) : []);

/** Takes stock of a node that runs. */
export const takeInventory = async (
  layout: NodeLayout,
  machine: Machine,
): Promise<NodeInventory> => {
  const [containers, images, snapshots, mounts, links, leases, rules] = await Promise.all([
    ctr(layout, 'containers', 'list', '--quiet'),
    ctr(layout, 'images', 'list', '--quiet'),
    ctr(layout, 'snapshots', 'list'),
    machine.run('cat', ['/proc/mounts']),
    machine.run('ip', ['-oneline', 'link', 'show', 'master', 'cni0']).catch(() => ''), // no pod yet, no bridge
    machine.run('sh', ['-c', 'ls /run/cni/berth 2>/dev/null || true']),
    machine.run('iptables-save', []),
  ]);
  const mountPoints = lines(mounts).map((line) => line.split(' ')[1] ?? '');
  return {
    containers: lines(containers).toSorted(),
    images: lines(images).toSorted(),
    snapshots: lines(snapshots)
      .slice(1) // its table's header
      .map((line) => line.split(/\s+/, 1)[0] ?? line)
      .toSorted(),
    mounts: mountPoints.filter((m) => OF_PODS.some((prefix) => m.startsWith(prefix))).toSorted(),
    interfaces: lines(links)
      .map((line) => line.split(/[:@]\s*/)[1] ?? line)
      .toSorted(),
    addresses: lines(leases).filter((name) => /^\d+\.\d+\.\d+\.\d+$/.test(name)),
    podFolders: entries(join(layout.kubelet, 'pods')).toSorted(),
    cgroups: podCgroups(),
    services: servicesIn(rules),
  };
};
