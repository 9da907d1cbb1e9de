/** Credentials from a program that the kubeconfig names. Source: client.authentication.k8s.io/v1 ExecCredential. */
import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { z } from 'zod';
import type { Clock } from '../clock.js';
import { KubeAccessError } from './access.js';
import type { ExecPlugin } from './kubeconfig-schema.js';

/** How long a plugin may take: it may ask a person to log in by browser. */
const PLUGIN_TIMEOUT_MS = 60_000;

/** Runs a program and gives its standard output. @throws Error when it fails */
export type RunPlugin = (
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
) => Promise<string>;

export interface PluginCredential {
  readonly token?: string | undefined;
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
}

export interface PluginOptions {
  /** Folder of the kubeconfig; a command with a slash is relative to it. */
  readonly base: string;
  readonly clock: Pick<Clock, 'now'>;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly runPlugin?: RunPlugin;
}

const answer = z.object({
  kind: z.literal('ExecCredential'),
  status: z.object({
    token: z.string().optional(),
    clientCertificateData: z.string().optional(),
    clientKeyData: z.string().optional(),
    expirationTimestamp: z.string().optional(),
  }),
});

const runProgram: RunPlugin = (command, args, env) =>
  new Promise((done, fail) => {
    // Its messages and questions go to the person at the terminal.
    const child = spawn(command, args, {
      env,
      stdio: ['inherit', 'pipe', 'inherit'],
      timeout: PLUGIN_TIMEOUT_MS,
    });
    const chunks: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.once('error', fail);
    child.once('close', (code, signal) => {
      if (code === 0) done(Buffer.concat(chunks).toString('utf8'));
      else fail(new Error(`${command} ended with ${code ?? signal ?? 'no status'}`));
    });
  });

const parseAnswer = (text: string, command: string): z.infer<typeof answer>['status'] => {
  try {
    return answer.parse(JSON.parse(text)).status;
  } catch (cause) {
    throw new KubeAccessError('kubeconfig user exec', `${command} printed no ExecCredential`, {
      cause,
    });
  }
};

/** Runs the plugin when a credential is first needed, expired or refused; concurrent callers share one run. */
export const execCredentials = (
  plugin: ExecPlugin,
  options: PluginOptions,
): { get(): Promise<PluginCredential>; forget(): void } => {
  const run = options.runPlugin ?? runProgram;
  const command = plugin.command.includes('/')
    ? resolve(options.base, plugin.command)
    : plugin.command;
  let current: { readonly credential: Promise<PluginCredential>; expiresAtMs: number } | undefined;

  const fetchCredential = async (entry: { expiresAtMs: number }): Promise<PluginCredential> => {
    const env = {
      ...options.env,
      ...Object.fromEntries((plugin.env ?? []).map((e) => [e.name, e.value])),
      KUBERNETES_EXEC_INFO: JSON.stringify({
        apiVersion: plugin.apiVersion,
        kind: 'ExecCredential',
        spec: { interactive: false },
      }),
    };
    const text = await run(command, plugin.args ?? [], env).catch((cause: unknown) => {
      const hint = plugin.installHint === undefined ? '' : ` ${plugin.installHint}`;
      throw new KubeAccessError('kubeconfig user exec', `${command} failed.${hint}`, { cause });
    });
    const status = parseAnswer(text, command);
    if (status.expirationTimestamp !== undefined) {
      entry.expiresAtMs = Date.parse(status.expirationTimestamp);
    }
    return {
      token: status.token,
      cert: status.clientCertificateData,
      key: status.clientKeyData,
    };
  };

  const start = (): Promise<PluginCredential> => {
    const entry: { credential?: Promise<PluginCredential>; expiresAtMs: number } = {
      expiresAtMs: Number.POSITIVE_INFINITY,
    };
    const credential = fetchCredential(entry).catch((error: unknown) => {
      current = undefined;
      throw error;
    });
    entry.credential = credential;
    current = entry as { credential: Promise<PluginCredential>; expiresAtMs: number };
    return credential;
  };

  return {
    get: () =>
      current !== undefined && options.clock.now() < current.expiresAtMs
        ? current.credential
        : start(),
    forget: () => {
      current = undefined;
    },
  };
};
