/** Control groups below a root of our own, in whichever hierarchies (version 1 or 2) this machine mounts. */
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { waitFor } from '../wait.js';
import { CGROUP_ROOT } from './layout.js';

const MOUNT = '/sys/fs/cgroup';

const isVersion2 = (): boolean => existsSync(join(MOUNT, 'cgroup.controllers'));

/** Root folders of all hierarchies. */
const hierarchies = (): readonly string[] =>
  isVersion2()
    ? [MOUNT]
    : readdirSync(MOUNT, { withFileTypes: true })
        .filter((entry) => entry.isDirectory())
        .map((entry) => join(MOUNT, entry.name));

const copy = (from: string, to: string, file: string): void => {
  writeFileSync(join(to, file), readFileSync(join(from, file)));
};

/** Makes the root in every hierarchy; the kubelet insists on finding it. */
export const createCgroupRoot = (): void => {
  for (const hierarchy of hierarchies()) {
    const root = join(hierarchy, CGROUP_ROOT);
    mkdirSync(root, { recursive: true });
    // In version 1 a group without processors or memory nodes takes no process.
    if (hierarchy.endsWith('cpuset') && !isVersion2()) {
      for (const file of ['cpuset.cpus', 'cpuset.mems']) copy(hierarchy, root, file);
    }
  }
  if (!isVersion2()) return;
  const controllers = readFileSync(join(MOUNT, 'cgroup.controllers'), 'utf8').trim().split(' ');
  for (const dir of [MOUNT, join(MOUNT, CGROUP_ROOT)]) {
    writeFileSync(join(dir, 'cgroup.subtree_control'), controllers.map((c) => `+${c}`).join(' '));
  }
};

const below = (dir: string): readonly string[] =>
  existsSync(dir)
    ? readdirSync(dir, { withFileTypes: true })
        .filter((entry) => entry.isDirectory())
        .flatMap((entry) => [...below(join(dir, entry.name)), join(dir, entry.name)])
    : [];

/** Names of all control groups that belong to a pod, in every hierarchy; children before parents. */
export const podCgroups = (): readonly string[] =>
  hierarchies().flatMap((h) =>
    below(join(h, CGROUP_ROOT)).filter((dir) => /\/pod[-0-9a-f]+/.test(dir)),
  );

/** Removes the root and all below once its processes have ended. @throws WaitTimeoutError when one goes on */
export const removeCgroupRoot = async (): Promise<void> => {
  for (const hierarchy of hierarchies()) {
    const root = join(hierarchy, CGROUP_ROOT);
    await waitFor(
      `the control groups below ${root} to be empty`,
      async () => {
        for (const dir of [...below(root), root]) if (existsSync(dir)) rmdirSync(dir);
        return true;
      },
      { timeoutMs: 10_000 },
    );
  }
};
