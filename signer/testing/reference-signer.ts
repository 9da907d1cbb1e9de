/** A key elsewhere that speaks docs/remote-signers.md and does nothing more: what a user's own would look like. */
import { createServer } from 'node:https';
import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { isReasonError } from '../../market/reasons.js';
import type { Signer } from '../../chain/ports.js';
import type { Issued } from './certificates.js';

export interface ReferenceSigner {
  readonly url: string;
  stop(): void;
}

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');

const textOf = async (request: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
};

const reply = async (
  key: Signer,
  token: string,
  request: IncomingMessage,
): Promise<{ readonly status: number; readonly body: unknown }> => {
  if (request.headers.authorization !== `Bearer ${token}`) {
    return { status: 403, body: { code: 'CallerUnknown', message: 'The token is not known.' } };
  }
  if (request.url === '/v1/key') {
    return { status: 200, body: { address: key.address, publicKey: base64(key.publicKey) } };
  }
  const { signBytes } = JSON.parse(await textOf(request)) as { readonly signBytes: string[] };
  const signed = await key.signBatch(
    signBytes.map((b) => Uint8Array.from(Buffer.from(b, 'base64'))),
  );
  const answers = signed.map((s) =>
    isReasonError(s) ? { refused: s.reason } : { signature: base64(s) },
  );
  return { status: 200, body: { answers } };
};

/** Listens on this machine with `tls`, and serves whoever shows `token`. */
export const startReferenceSigner = async (
  key: Signer,
  tls: Issued,
  token: string,
): Promise<ReferenceSigner> => {
  const server = createServer({ ...tls, minVersion: 'TLSv1.3' }, (request, response) => {
    void reply(key, token, request).then(({ status, body }) => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    url: `https://localhost:${(server.address() as AddressInfo).port}`,
    stop: () => {
      server.closeAllConnections();
      server.close();
    },
  };
};
