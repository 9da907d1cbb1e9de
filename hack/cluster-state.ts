/** Where `make cluster` keeps what it started, and how to find it again. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Directory of the cluster that `make cluster` holds. */
export const CLUSTER_DIR = join(import.meta.dirname, '..', '.run', 'cluster');
/** Written when the cluster is ready, removed when it has ended. */
export const READY_FILE = 'ready.json';

/** A cluster that is held in the background. */
export interface KeptCluster {
  /** The keeper's process. */
  readonly pid: number;
  readonly kubeconfigPath: string;
  readonly describe: readonly string[];
}

/** Whether `pid` is a keeper of ours that runs; a number that was given to another program is not. */
export const isKeeper = (pid: number): boolean => {
  try {
    const state = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
    return command.includes('cluster-keeper.ts') && !state.includes(') Z ');
  } catch {
    return false;
  }
};

/** The cluster that is kept in `dir`, if one runs. */
export const keptCluster = (dir: string): KeptCluster | undefined => {
  let kept: KeptCluster;
  try {
    kept = JSON.parse(readFileSync(join(dir, READY_FILE), 'utf8')) as KeptCluster;
  } catch {
    return undefined;
  }
  return isKeeper(kept.pid) ? kept : undefined;
};
