/**
 * What runs in production: one folder of JavaScript per process, shared chunks beside them, and the one native module. A bundle
 * starts faster and needs less memory than the TypeScript loader, and the image holds no package that no process imports.
 */
import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';

const ROOT = join(import.meta.dirname, '../..');

/** Rooms with a main.ts of their own. */
export const PROCESSES = ['operator', 'gateway', 'signer', 'agent', 'cli', 'devnet'] as const;

/**
 * How Node runs them: a young generation of 4 MiB and an old one that is collected after a fifth of growth. A cold start with
 * 10,000 open orders peaks at 240 MiB resident instead of 370, within the same time (`make bench-bids`).
 */
export const NODE_FLAGS = [
  '--enable-source-maps',
  '--max-semi-space-size=4',
  '--heap-growing-percent=20',
] as const;

/** Native code is copied instead of bundled: the package, and what it finds its binary with. */
const NATIVE = ['secp256k1', 'node-gyp-build'];

/** CommonJS packages inside the bundle ask for Node's own modules by `require`. */
const REQUIRE =
  "import { createRequire as berthRequire } from 'node:module'; const require = berthRequire(import.meta.url);";

const copyNative = (out: string): void => {
  for (const name of NATIVE) {
    cpSync(join(ROOT, 'node_modules', name), join(out, 'node_modules', name), {
      recursive: true,
      dereference: true,
      filter: (path) =>
        !/\/(src|deps|test|tests|prebuilds\/(?!linux-)[^/]+)(\/|$)/.test(path.split(name)[1] ?? ''),
    });
  }
};

/**
 * Writes `<out>/<process>/main.js` for every process, emptying `out` first. @throws when a source cannot be bundled
 */
export const buildBundle = async (out: string): Promise<void> => {
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out, { recursive: true });
  await build({
    absWorkingDir: ROOT,
    entryPoints: [
      ...PROCESSES.map((name) => ({ in: `${name}/main.ts`, out: `${name}/main` })),
      // The devnet forks it, and looks for it one folder up from wherever its own code lies.
      { in: 'devnet/abci/main.ts', out: 'abci/main' },
    ],
    outdir: out,
    bundle: true,
    splitting: true,
    chunkNames: 'chunks/[name]-[hash]',
    platform: 'node',
    format: 'esm',
    target: 'node24',
    keepNames: true, // error classes tell their names
    sourcemap: 'linked',
    sourcesContent: false,
    external: NATIVE,
    banner: { js: REQUIRE },
    logLevel: 'error',
  });
  copyNative(out);
  writeFileSync(join(out, 'package.json'), '{ "type": "module" }\n');
};
