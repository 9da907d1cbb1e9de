/** Berth's image for test suites: packed anew only when what would go into it has changed. */
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { buildBundle } from './bundle.js';
import { packBundle } from './image.js';

/** How many archives stay in the cache: 170 MB each. */
const KEPT = 3;

const HERE = import.meta.dirname;
/** Files that decide what is packed beside the bundle. */
const RECIPE = ['image.ts', 'debian-root.ts', '../images/docker-archive.ts'];

/** As hack/tools/build.sh has it. */
const cacheDir = (env: Readonly<Record<string, string | undefined>>): string => {
  const base = env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache');
  return join(env['BERTH_CACHE'] ?? join(base, 'berth'), 'image');
};

/** Of the bundle, the recipe and the Node that runs us. */
const keyOf = (bundle: string): string => {
  const hash = createHash('sha256').update(process.version);
  for (const name of RECIPE) hash.update(readFileSync(join(HERE, name)));
  const files = readdirSync(bundle, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  for (const file of files.sort()) {
    hash.update(`\0${file.slice(bundle.length)}\0`).update(readFileSync(file));
  }
  return hash.digest('hex').slice(0, 16);
};

const prune = (dir: string): void => {
  const archives = readdirSync(dir)
    .filter((name) => name.endsWith('.tar'))
    .map((name) => ({ path: join(dir, name), at: statSync(join(dir, name)).mtimeMs }))
    .sort((a, b) => b.at - a.at);
  for (const { path } of archives.slice(KEPT)) rmSync(path, { force: true });
};

/**
 * The archive of an image with this checkout's bundle. Its Debian packages are those of the day it was first packed: for a
 * release use `buildImage`. @throws when a source cannot be bundled, or as `debianRoot` does
 */
export const cachedImage = async (
  env: Readonly<Record<string, string | undefined>> = process.env,
): Promise<string> => {
  const cache = cacheDir(env);
  mkdirSync(cache, { recursive: true });
  const work = mkdtempSync(join(cache, 'packing-'));
  try {
    await buildBundle(join(work, 'bundle'));
    const archive = join(cache, `berth-${keyOf(join(work, 'bundle'))}.tar`);
    if (existsSync(archive)) utimesSync(archive, new Date(), new Date());
    else renameSync((await packBundle(work)).archive, archive);
    prune(cache);
    return archive;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
};
