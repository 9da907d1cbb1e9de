/**
 * Free TCP ports on loopback for programs that cannot choose their own. They are drawn below the kernel's range for
 * outgoing connections (from 32768), so that a port stays free while its program is stopped and started again.
 */
import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

const FIRST = 20_000;
const LIMIT = 30_000;

const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => {
      server.close(() => resolve(true));
    });
  });

/** Draws `count` different ports that nobody listens on. @throws Error when hardly any is free */
export const freePorts = async (count: number): Promise<readonly number[]> => {
  const ports = new Set<number>();
  for (let tries = 0; ports.size < count; tries += 1) {
    if (tries > 1000) throw new Error(`no ${count} free ports between ${FIRST} and ${LIMIT}`);
    const port = randomInt(FIRST, LIMIT);
    if (!ports.has(port) && (await isFree(port))) ports.add(port);
  }
  return [...ports];
};
