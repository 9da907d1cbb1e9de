/** Whether this machine can carry a real node at all, so that a test may say by name why it is skipped. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Commands by the Debian package that brings them (hack/node/install.sh). */
const COMMANDS: Readonly<Record<string, string>> = {
  containerd: 'containerd',
  ctr: 'containerd',
  runc: 'runc',
  iptables: 'iptables',
  conntrack: 'conntrack',
  socat: 'socat',
  ip: 'iproute2',
  nginx: 'nginx-light',
  flock: 'util-linux',
  nsenter: 'util-linux',
  unshare: 'util-linux',
};
const FILES: Readonly<Record<string, string>> = {
  '/usr/lib/cni/bridge': 'containernetworking-plugins',
  '/bin/busybox': 'busybox-static',
};

const isCommand = (name: string, path: string): boolean =>
  path.split(delimiter).some((dir) => existsSync(join(dir, name)));

/** Why no node can run here, as a sentence; undefined when one can. */
export const realNodeObstacle = async (
  path = process.env['PATH'] ?? '',
): Promise<string | undefined> => {
  if (process.platform !== 'linux') return `a real node needs Linux, not ${process.platform}`;
  if (process.getuid?.() !== 0) return 'a real node needs root: namespaces, mounts, interfaces';
  const missing = [
    ...Object.entries(COMMANDS).flatMap(([name, from]) => (isCommand(name, path) ? [] : from)),
    ...Object.entries(FILES).flatMap(([file, from]) => (existsSync(file) ? [] : from)),
  ];
  if (missing.length > 0) {
    return `a real node needs ${[...new Set(missing)].join(', ')}; hack/node/install.sh installs them`;
  }
  try {
    await run('unshare', [
      '--mount',
      '--net',
      '--pid',
      '--uts',
      '--fork',
      'mount',
      '-t',
      'proc',
      'proc',
      '/proc',
    ]);
    await run('unshare', ['--net', 'iptables', '-t', 'nat', '-L']);
  } catch (error) {
    const { stderr } = error as { readonly stderr?: string };
    return `this kernel or these rights do not allow a node of its own: ${stderr?.trim() ?? 'no message'}`;
  }
  return undefined;
};
