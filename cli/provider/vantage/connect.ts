/** One TCP connection, tried and closed again. */
import { connect } from 'node:net';
import { errno } from '../../errno.js';
import type { ConnectOutcome, ConnectResult } from './protocol.js';

const outcomeOf = (error: unknown): ConnectOutcome => {
  switch (errno(error)) {
    case 'ECONNREFUSED':
    case 'ECONNRESET':
      return 'refused';
    case 'ETIMEDOUT':
      return 'timeout';
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
    case 'EAI_FAIL':
      return 'nameUnresolved';
    default:
      return 'unreachable';
  }
};

/** Never throws; sends no byte. */
export const tryConnect = (host: string, port: number, timeoutMs: number): Promise<ConnectResult> =>
  new Promise((resolve) => {
    let address: string | undefined;
    const socket = connect({ host, port });
    const end = (outcome: ConnectOutcome): void => {
      socket.destroy();
      resolve({ port, outcome, ...(address === undefined ? {} : { address }) });
    };
    socket.setTimeout(timeoutMs, () => end('timeout'));
    socket.once('lookup', (_error: unknown, found: string) => {
      address = found;
    });
    socket.once('connect', () => {
      address = socket.remoteAddress ?? address;
      end('open');
    });
    socket.once('error', (error) => end(outcomeOf(error)));
  });
