/**
 * A faulty network on loopback: Shopify's toxiproxy in front of each service that is to be hard to reach. It ends with the
 * process that started it. The client is its HTTP API (five calls), so that no dependency stands between a drill and the fault.
 */
import { join } from 'node:path';
import { freePorts } from './ports.js';
import { assertRunning, startProgram } from './process.js';
import type { Program } from './process.js';
import { toolsDir } from './tools.js';
import { waitFor } from './wait.js';

/** What can be wrong with the bytes that come back; https://github.com/Shopify/toxiproxy#toxics names them so. */
export type Toxic =
  /** The connection is reset, at once. */
  | { readonly type: 'reset_peer' }
  /** Nothing arrives any more and nothing is closed: a black hole. */
  | { readonly type: 'black_hole' }
  | { readonly type: 'latency'; readonly ms: number }
  /** Every connection is closed after this many bytes. */
  | { readonly type: 'limit_data'; readonly bytes: number };

/** One proxied service. */
export interface ToxicLink {
  readonly name: string;
  /** Where to connect instead of to the service: a port of 127.0.0.1. */
  readonly port: number;
  /** Refuses connections and cuts those that are. */
  cut(): Promise<void>;
  add(toxic: Toxic): Promise<void>;
  /** Connects, and no toxics. Connections that were swallowed or garbled stay so. */
  heal(): Promise<void>;
}

/** A link that has a toxiproxy of its own. */
export interface OwnToxicLink extends ToxicLink {
  stop(): Promise<void>;
}

export interface Toxiproxy {
  /** A proxy in front of a port of 127.0.0.1. @param listen its own port; default a free one */
  link(name: string, upstreamPort: number, listen?: number): Promise<ToxicLink>;
}

/** The API refused a call. */
export class ToxiproxyError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ToxiproxyError';
  }
}

const START_TIMEOUT_MS = 10_000;

/** Toxics as the API wants them; `timeout: 0` is its way to say "for good". */
const toApi = (toxic: Toxic): Readonly<Record<string, unknown>> => {
  const name = toxic.type;
  switch (toxic.type) {
    case 'reset_peer':
      return { name, type: 'reset_peer', attributes: { timeout: 0 } };
    case 'black_hole':
      return { name, type: 'timeout', attributes: { timeout: 0 } };
    case 'latency':
      return { name, type: 'latency', attributes: { latency: toxic.ms, jitter: 0 } };
    case 'limit_data':
      return { name, type: 'limit_data', attributes: { bytes: toxic.bytes } };
  }
};

/** A toxiproxy that runs already, by the port of its API. `guard` throws once waiting for it is in vain. */
export const openToxiproxy = async (port: number, guard: () => void): Promise<Toxiproxy> => {
  const call = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const answer = await fetch(`http://127.0.0.1:${port}${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok)
      throw new ToxiproxyError(`toxiproxy: ${method} ${path}: ${answer.status} ${text}`);
    return text === '' ? undefined : JSON.parse(text);
  };
  await waitFor('toxiproxy to answer', async () => (await call('GET', '/version')) ?? true, {
    timeoutMs: START_TIMEOUT_MS,
    guard,
  });
  return {
    link: async (name, upstreamPort, given) => {
      const listen = given ?? (await freePorts(1))[0] ?? 0;
      const path = `/proxies/${name}`;
      await call('POST', '/proxies', {
        name,
        listen: `127.0.0.1:${listen}`,
        upstream: `127.0.0.1:${upstreamPort}`,
        enabled: true,
      });
      return {
        name,
        port: listen,
        cut: async () => {
          await call('POST', path, { enabled: false });
        },
        add: async (toxic) => {
          await call('POST', `${path}/toxics`, { ...toApi(toxic), stream: 'downstream' });
        },
        heal: async () => {
          const toxics = (await call('GET', `${path}/toxics`)) as readonly { name: string }[];
          // Bytes that are held up hold up the removal as well: what they are on the way in has to go first.
          if (toxics.some((t) => t.name === 'latency'))
            await call('POST', path, { enabled: false });
          for (const toxic of toxics) await call('DELETE', `${path}/toxics/${toxic.name}`);
          await call('POST', path, { enabled: true });
        },
      };
    },
  };
};

const startProcess = async (
  dir: string,
  name: string,
): Promise<{ readonly program: Program; readonly toxiproxy: Toxiproxy }> => {
  const bin = await toolsDir(['toxiproxy'], ['toxiproxy-server']);
  const [port = 0] = await freePorts(1);
  const program = await startProgram({
    name: `toxiproxy ${name}`,
    command: join(bin, 'toxiproxy-server'),
    args: ['-host', '127.0.0.1', '-port', String(port)],
    logPath: join(dir, `toxiproxy-${name}.log`),
  });
  return { program, toxiproxy: await openToxiproxy(port, () => assertRunning(program)) };
};

/**
 * A proxy in a process of its own. Its `heal` begins a new process after a lag: toxiproxy cannot remove that toxic while bytes
 * wait for a client that has given up, and its API hangs from then on.
 * @param dir for its log
 * @throws ToolsError, ProgramError or WaitTimeoutError when it does not come up
 */
export const startToxicLink = async (
  dir: string,
  name: string,
  upstreamPort: number,
): Promise<OwnToxicLink> => {
  let { program, toxiproxy } = await startProcess(dir, name);
  let link = await toxiproxy.link(name, upstreamPort);
  const { port } = link;
  let late = false;
  return {
    ...{ name, port },
    cut: () => link.cut(),
    add: (toxic) => {
      late ||= toxic.type === 'latency';
      return link.add(toxic);
    },
    heal: async () => {
      if (!late) return link.heal();
      await program.stop(0);
      ({ program, toxiproxy } = await startProcess(dir, name));
      link = await toxiproxy.link(name, upstreamPort, port);
      late = false;
    },
    stop: () => program.stop(0),
  };
};
