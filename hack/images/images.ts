/** The images that a local node needs: each really runs, and says that it is a stand-in where it is one. */
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packImage } from './docker-archive.js';
import { addNode, busyboxRoot, place } from './root-fs.js';

const file = (name: string): string => join(import.meta.dirname, 'files', name);

/** How one image is made. */
interface Recipe {
  readonly name: string;
  /** Names of images of the examples that this one stands in for. */
  readonly standsInFor: readonly string[];
  readonly ports: readonly number[];
  readonly entrypoint: readonly string[];
  readonly fill: (root: string) => Promise<void>;
}

const scripted = (script: string, path: string) => async (root: string) => {
  await busyboxRoot(root);
  place(file(script), root, path);
};

const RECIPES: readonly Recipe[] = [
  {
    name: 'pause',
    standsInFor: [],
    ports: [],
    entrypoint: ['/pause'],
    fill: scripted('pause.sh', 'pause'),
  },
  {
    name: 'web',
    standsInFor: ['docker.io/library/nginx:1.29'],
    ports: [80],
    entrypoint: ['/usr/local/bin/web'],
    fill: scripted('web.sh', 'usr/local/bin/web'),
  },
  {
    name: 'gpu-job',
    standsInFor: [
      'docker.io/pytorch/pytorch:2.9.1-cuda12.8-cudnn9-runtime',
      'docker.io/vllm/vllm-openai:v0.17.0',
      'nvcr.io/nvidia/pytorch:25.11-py3',
    ],
    ports: [8080],
    entrypoint: ['/usr/local/bin/gpu-job'],
    fill: async (root) => {
      await scripted('gpu-job.sh', 'usr/local/bin/gpu-job')(root);
      // The commands that the examples give their images.
      for (const name of ['bash', 'vllm', 'jupyter']) {
        symlinkSync('gpu-job', join(root, 'usr/local/bin', name));
      }
    },
  },
  {
    name: 'node-server',
    standsInFor: [],
    ports: [8080],
    entrypoint: ['/usr/local/bin/node', '/srv/server.mjs'],
    fill: async (root) => {
      await busyboxRoot(root);
      await addNode(root);
      place(file('server.mjs'), root, 'srv/server.mjs');
    },
  },
];

/** The reference of one of our images. */
export const imageReference = (name: 'pause' | 'web' | 'gpu-job' | 'node-server'): string =>
  `berth.local/${name}:1`;

/** Packs every image below `dir` and returns the archives' paths. @throws RootFsError saying what this machine lacks */
export const packImages = async (dir: string): Promise<readonly string[]> => {
  mkdirSync(dir, { recursive: true });
  return Promise.all(
    RECIPES.map(async ({ name, standsInFor, ports, entrypoint, fill }) => {
      const root = mkdtempSync(join(tmpdir(), `berth-image-${name}-`));
      chmodSync(root, 0o755); // becomes the image's /, which every user must be able to enter
      try {
        await fill(root);
        const out = join(dir, `${name}.tar`);
        const references = [`berth.local/${name}:1`, ...standsInFor];
        await packImage({ references, root, entrypoint, ports }, out);
        return out;
      } finally {
        rmSync(root, { recursive: true });
      }
    }),
  );
};
