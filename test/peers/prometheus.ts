/** A real Prometheus that scrapes given targets: what a dashboard's query answers here, it answers at a provider's. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { stringify } from 'yaml';
import { freePorts } from './ports.js';
import { assertRunning, startProgram } from './process.js';
import { toolsDir } from './tools.js';
import { waitFor } from './wait.js';

/** What to scrape. */
export interface ScrapeTarget {
  /** The `job` label. */
  readonly job: string;
  /** Host and port; the path is /metrics. */
  readonly address: `${string}:${number}`;
}

/** One series of an answer. */
export interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** A query that Prometheus refused or did not answer; the message holds its own words. */
export class PromQueryError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'PromQueryError';
  }
}

/** A running Prometheus. */
export interface Prometheus {
  readonly url: string;
  /** An instant query, now. A scalar answer is one sample without labels. @throws PromQueryError */
  readonly query: (expr: string) => Promise<readonly Sample[]>;
  readonly stop: () => Promise<void>;
}

/** Prometheus' HTTP API: /api/v1/query. */
interface Answer {
  readonly status: 'success' | 'error';
  readonly error?: string;
  readonly data?: {
    readonly resultType: string;
    readonly result:
      | readonly {
          readonly metric: Record<string, string>;
          readonly value: readonly [number, string];
        }[]
      | readonly [number, string];
  };
}

const READY_TIMEOUT_MS = 30_000;
const QUERY_TIMEOUT_MS = 10_000;

const samplesOf = (data: NonNullable<Answer['data']>): readonly Sample[] =>
  data.resultType === 'scalar'
    ? [{ labels: {}, value: Number((data.result as readonly [number, string])[1]) }]
    : (data.result as Exclude<typeof data.result, readonly [number, string]>).map((series) => ({
        labels: series.metric,
        value: Number(series.value[1]),
      }));

const ask = async (url: string, expr: string): Promise<readonly Sample[]> => {
  const response = await fetch(`${url}/api/v1/query`, {
    method: 'POST',
    body: new URLSearchParams({ query: expr }),
    signal: AbortSignal.timeout(QUERY_TIMEOUT_MS),
  });
  const answer = (await response.json()) as Answer;
  if (answer.data === undefined || answer.status === 'error') {
    throw new PromQueryError(`${expr}: ${answer.error ?? `HTTP ${response.status}`}`);
  }
  return samplesOf(answer.data);
};

const isReady = async (url: string): Promise<true | undefined> =>
  (await fetch(`${url}/-/ready`, { signal: AbortSignal.timeout(1000) })).ok || undefined;

/** Starts Prometheus below `dir` and waits until it is ready; its targets need not be there yet. @throws ProgramError */
export const startPrometheus = async (options: {
  readonly dir: string;
  readonly targets: readonly ScrapeTarget[];
  /** Time between two scrapes; default 1 s, so that rates have data within seconds. */
  readonly scrapeIntervalMs?: number;
  readonly signal?: AbortSignal;
}): Promise<Prometheus> => {
  const dir = resolve(options.dir);
  const bin = await toolsDir(['prometheus'], ['prometheus'], options.signal);
  rmSync(join(dir, 'data'), { recursive: true, force: true });
  mkdirSync(dir, { recursive: true });
  const interval = `${options.scrapeIntervalMs ?? 1000}ms`;
  const configPath = join(dir, 'prometheus.yaml');
  writeFileSync(
    configPath,
    stringify({
      global: { scrape_interval: interval, scrape_timeout: interval },
      scrape_configs: options.targets.map(({ job, address }) => ({
        job_name: job,
        static_configs: [{ targets: [address] }],
      })),
    }),
  );
  const [port = 0] = await freePorts(1);
  const url = `http://127.0.0.1:${port}`;
  const program = await startProgram({
    name: 'prometheus',
    command: join(bin, 'prometheus'),
    args: [
      `--config.file=${configPath}`,
      `--storage.tsdb.path=${join(dir, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--log.level=warn',
    ],
    logPath: join(dir, 'prometheus.log'),
  });
  try {
    await waitFor('Prometheus to be ready', () => isReady(url), {
      timeoutMs: READY_TIMEOUT_MS,
      guard: () => assertRunning(program),
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    });
  } catch (error) {
    await program.stop(0);
    throw error;
  }
  return { url, query: (expr) => ask(url, expr), stop: () => program.stop(0) };
};
