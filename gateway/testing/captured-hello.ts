/** The first bytes that a real TLS client sends. */
import { createServer } from 'node:net';
import { connect } from 'node:tls';
import { closeServer, listen } from '../listening.js';

/** Node's own ClientHello for a server name, or without one. */
export const captureHello = async (serverName?: string): Promise<Buffer> => {
  const received: { bytes: Buffer } = { bytes: Buffer.alloc(0) };
  let seen: () => void = () => undefined;
  const first = new Promise<void>((resolve) => {
    seen = resolve;
  });
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', (bytes: Buffer) => {
      received.bytes = bytes;
      seen();
    });
  });
  const port = await listen(server, { host: '127.0.0.1', port: 0 });
  const client = connect({
    host: '127.0.0.1',
    port,
    ...(serverName === undefined ? {} : { servername: serverName }),
  });
  client.on('error', () => undefined);
  await first;
  client.destroy();
  await closeServer(server);
  return received.bytes;
};
