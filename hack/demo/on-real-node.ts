/** What a story on a real node adds: an SDL that fits, and proof that what was deployed runs. */
import { readFileSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import type { KubeApi } from '../../kube/api.js';
import { INGRESSES } from '../../kube/resources.js';
import { waitFor } from '../../test/peers/wait.js';
import { shrunk } from '../node/shrunk.js';
import { ROOT } from './paths.js';
import type { TenantCli } from './tenant-cli.js';
import type { Timeline } from './timeline.js';

const PATIENCE = { timeoutMs: 60_000 };

/** Writes the SDL as it fits on a small machine, its GPUs as they are; returns the file's path. */
export const shrunkSdl = (sdl: string, dir: string): string => {
  const path = join(dir, 'shrunk.yaml');
  writeFileSync(path, shrunk(readFileSync(join(ROOT, sdl), 'utf8')));
  return path;
};

/** The body of an answer with status 200, or undefined. */
const answer = (url: string, host: string): Promise<string | undefined> =>
  new Promise((resolve, reject) => {
    const call = request(url, { headers: { host }, agent: false, timeout: 5000 }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        resolve(response.statusCode === 200 ? Buffer.concat(chunks).toString('utf8') : undefined);
      });
    });
    call.on('timeout', () => call.destroy(new Error(`${url} did not answer`)));
    call.on('error', reject);
    call.end();
  });

export interface RunningOptions {
  readonly api: KubeApi;
  readonly timeline: Timeline;
  /** The tenant's own command. */
  readonly berth: TenantCli;
  readonly dseq: string;
  /** Namespace of the lease. */
  readonly namespace: string;
  readonly ingressUrl: string;
}

/** Tells what the lease's container says in its log, as the tenant reads it through the gateway, and what it answers through the ingress. */
export const tellRunning = async (options: RunningOptions): Promise<void> => {
  const { api, timeline, namespace } = options;
  const devices = await waitFor(
    'the container to say which GPUs it was given',
    async () => {
      const frames = await options.berth.run(['lease', 'logs', options.dseq]);
      return frames
        .map((frame) => String(frame['message']))
        .find((line) => / \d+ devices$/.test(line));
    },
    PATIENCE,
  );
  timeline.note('container says', '', `${devices} (berth lease logs ${options.dseq})`);

  const { items } = await api.list(INGRESSES, { namespace });
  const { spec } = items[0] as unknown as {
    readonly spec: { readonly rules: readonly { readonly host: string }[] };
  };
  const host = spec.rules[0]?.host ?? '';
  const body = await waitFor(
    `http://${host} to answer`,
    () => answer(options.ingressUrl, host),
    PATIENCE,
  );
  const last = body.trimEnd().split('\n').at(-1) ?? '';
  timeline.note('HTTP answer', '', `${host} by its ingress: ${last}`);
};
