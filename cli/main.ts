/** `berth`: exit code 0 done, 1 refused with a reason, 2 wrong use. A second Ctrl-C ends it at once. */
import { randomBytes } from 'node:crypto';
import { run } from './app.js';

const stop = new AbortController();

const interrupt = (): void => {
  if (stop.signal.aborted) {
    process.stderr.write('Stopped at once; what was sent to the chain may still land.\n');
    process.exit(1);
  }
  process.stderr.write('\nStopping. Press Ctrl-C again to leave at once.\n');
  stop.abort();
};

process.on('SIGINT', interrupt);
process.on('SIGTERM', interrupt);

process.exitCode = await run(
  process.argv.slice(2),
  { node: process.env['BERTH_NODE'], home: process.env['BERTH_HOME'] },
  {
    streams: { stdin: process.stdin, stdout: process.stdout, stderr: process.stderr },
    signal: stop.signal,
    interrupt,
    random: (bytes) => randomBytes(bytes),
    env: process.env,
  },
);
