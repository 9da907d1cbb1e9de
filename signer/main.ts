/** `signer --config FILE`: runs until SIGTERM or SIGINT; exit code 1 with the reason when it cannot start. */
import { parseArgs } from 'node:util';
import { pino } from 'pino';
import { startSigner } from './app.js';
import { readConfig } from './config.js';

const main = async (): Promise<void> => {
  const { values } = parseArgs({ options: { config: { type: 'string' } } });
  const config = readConfig(values.config ?? '/etc/berth/signer.yaml');
  const stop = new AbortController();
  for (const name of ['SIGTERM', 'SIGINT'] as const) process.once(name, () => stop.abort());
  const log = pino(
    {
      level: config.logLevel,
      base: { controller: 'signer' },
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: ['key', 'token', 'authorization', '*.token', '*.authorization'],
    },
    pino.destination({ fd: 2, sync: true }),
  );
  const signer = await startSigner(config, process.env, log, stop.signal);
  await signer.ended;
};

main().catch((error: unknown) => {
  process.stderr.write(`signer: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
