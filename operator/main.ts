/** `operator --config FILE`: runs until SIGTERM or SIGINT; exit code 1 with the reason when it had to end by itself. */
import { parseArgs } from 'node:util';
import { startOperator } from './app.js';
import { readConfig } from './config.js';
import { createLogger } from './logger.js';

const main = async (): Promise<number> => {
  const { values } = parseArgs({ options: { config: { type: 'string' } } });
  const config = readConfig(values.config ?? '/etc/berth/operator.yaml');
  const log = createLogger(config.logLevel);
  const stop = new AbortController();
  for (const name of ['SIGTERM', 'SIGINT'] as const) process.once(name, () => stop.abort());
  const run = await startOperator(config, process.env, log, stop.signal);
  log.info({ port: run.httpPort }, 'operator listens');
  const reason = await run.ended;
  if (reason === undefined && stop.signal.aborted) return 0;
  // Nobody asked for an end: it is never silent, even when no part of the operator can say why.
  const { code, message } = reason ?? {
    code: 'OperatorFailed',
    message:
      'The operator ended without being told to and without a reason; this is a fault of Berth.',
  };
  log.error({ reason: code }, message);
  return 1;
};

main().then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    process.stderr.write(`operator: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  },
);
