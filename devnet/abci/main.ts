/**
 * The application's own process, beside CometBFT's: started by `devnet/node/app-process.ts`, which it tells its port. It
 * ends when that parent ends, however that happens.
 */
import { parseArgs } from 'node:util';
import { Decimal } from '../../market/money.js';
import { createApplication } from '../app.js';
import { StateDatabase } from '../kernel/database.js';
import { abciMethods } from './methods.js';
import { serveAbci } from './server.js';

const { values } = parseArgs({
  options: {
    database: { type: 'string' },
    'min-gas-price': { type: 'string', default: '0.025' },
    'keep-heights': { type: 'string', default: '1000' },
    'die-before-commit': { type: 'string', default: '0' },
  },
});
if (values.database === undefined) throw new Error('--database FILE is missing');

/** For tests of replay: the process kills itself with a block executed and nothing of it stored. */
const dieAt = BigInt(values['die-before-commit']);
const beforeCommit = (height: bigint): void => {
  if (height === dieAt) process.kill(process.pid, 'SIGKILL');
};

const database = new StateDatabase(values.database, Number(values['keep-heights']));
const app = createApplication(database, new Decimal(values['min-gas-price']));
const server = await serveAbci(abciMethods(app, { beforeCommit }), 0, (method, error) => {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(`${method}: ${text}\n`);
});

const end = (): void => {
  server.close();
  database.close();
  process.exit(0);
};
process.on('SIGTERM', end);
process.on('disconnect', end);
process.send?.({ port: server.port });
