/** `gateway --config FILE`: runs until SIGTERM or SIGINT; exit code 1 with the reason when it cannot start. */
import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { startApp } from './app.js';
import { ConfigError, parseConfig } from './config.js';
import { createLogger } from './log.js';

const readConfigFile = async (path: string): Promise<string> => {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw new ConfigError(`cannot read the configuration file ${path}`, ['--config'], { cause });
  }
};

const main = async (): Promise<void> => {
  const { values } = parseArgs({ options: { config: { type: 'string' } } });
  const path = values.config ?? '/etc/berth/config/gateway.yaml';
  const config = parseConfig(await readConfigFile(path), path);
  const stop = new AbortController();
  for (const name of ['SIGTERM', 'SIGINT'] as const) {
    process.once(name, () => {
      stop.abort();
    });
  }
  const app = await startApp({
    config,
    env: process.env,
    build: {
      version: process.env['BERTH_VERSION'] ?? '0.1.0',
      commit: process.env['BERTH_COMMIT'] ?? '',
    },
    log: createLogger(config.logLevel),
    signal: stop.signal,
    onServing: () => undefined, // the log says so
  });
  await app.ended;
};

main().catch((error: unknown) => {
  process.stderr.write(`gateway: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
