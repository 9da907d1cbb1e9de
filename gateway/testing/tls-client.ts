/** HTTPS requests as tenants send them, on connections of their own. */
import { request } from 'node:https';
import type { RequestOptions } from 'node:https';

/** What came back. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly text: string;
  /** The body as JSON; `undefined` when it is not JSON. */
  readonly json: unknown;
  /** Common name of the certificate that the server showed. */
  readonly serverCommonName: string | undefined;
}

export interface ClientRequest {
  readonly port: number;
  readonly path: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
  /** Server name of the TLS handshake. */
  readonly serverName?: string;
  /** A client certificate. */
  readonly pair?: { readonly cert: string; readonly key: string };
}

const asJson = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
};

const commonNameOf = (certificate: { readonly subject?: { readonly CN?: unknown } }) =>
  typeof certificate.subject?.CN === 'string' ? certificate.subject.CN : undefined;

/** Sends one request; rejects when the connection fails before an answer. */
export const send = (options: ClientRequest): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const tls: RequestOptions = {
      host: '127.0.0.1',
      port: options.port,
      path: options.path,
      method: options.method ?? 'GET',
      headers: { ...options.headers },
      agent: false,
      rejectUnauthorized: false,
      servername: options.serverName ?? 'provider.example.com',
      ...options.pair,
    };
    const sent = request(tls, (response) => {
      const socket = response.socket as unknown as {
        getPeerCertificate(): { subject?: { CN?: unknown } };
      };
      const serverCommonName = commonNameOf(socket.getPeerCertificate());
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8');
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          text,
          json: asJson(text),
          serverCommonName,
        });
      });
    });
    sent.on('error', reject);
    sent.end(options.body);
  });
