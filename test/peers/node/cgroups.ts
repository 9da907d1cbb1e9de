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

/**
 * Weight of all pods together against one process outside (1024 is one process). A group weighs as one process however many
 * are in it; on a busy machine seven pods would then starve beside it.
 */
const CPU_SHARES = 8 * 1024;

/** Version 2's measure of the same. */
const CPU_WEIGHT = 800;

const weigh = (root: string): void => {
  for (const [file, value] of [
    ['cpu.shares', CPU_SHARES],
    ['cpu.weight', CPU_WEIGHT],
  ] as const) {
    const path = join(root, file);
    if (existsSync(path)) writeFileSync(path, String(value));
  }
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
    weigh(root);
  }
  if (!isVersion2()) return;
  const controllers = readFileSync(join(MOUNT, 'cgroup.controllers'), 'utf8').trim().split(' ');
  for (const dir of [MOUNT, join(MOUNT, CGROUP_ROOT)]) {
    writeFileSync(join(dir, 'cgroup.subtree_control'), controllers.map((c) => `+${c}`).join(' '));
  }
  weigh(join(MOUNT, CGROUP_ROOT)); // the file is there once the controller is passed on
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
