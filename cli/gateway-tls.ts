/** A TLS connection to a provider's gateway that is known to be his before a byte of ours goes out. */
import { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { connect } from 'node:tls';
import type { TLSSocket } from 'node:tls';
import type { Certificate } from '../market/records.js';

/** Where providers listen when their address on chain names no port. */
const DEFAULT_PORT = 443;

export interface TlsOptions {
  readonly nowMs: number;
  readonly signal: AbortSignal;
  /** PEM certificates of authorities; default those of the system. */
  readonly authorities?: readonly string[] | undefined;
}

/** A connection, or why the server cannot be trusted. */
export type VerifiedConnection =
  | { readonly ok: true; readonly socket: TLSSocket }
  | {
      readonly ok: false;
      readonly code: 'GatewayCertificateUnknown' | 'GatewayCertificateExpired';
      readonly message: string;
    };

const fingerprintOf = (pem: string): string | undefined => {
  try {
    return new X509Certificate(pem).fingerprint256;
  } catch {
    // Anyone may publish rubbish under his own name; it just matches nothing.
    return undefined;
  }
};

const handshake = (url: URL, { signal, authorities }: TlsOptions): Promise<TLSSocket> =>
  new Promise((resolve, reject) => {
    // URL keeps the brackets of an IPv6 address.
    const host = url.hostname.replace(/^\[|\]$/g, '');
    const socket = connect({
      host,
      port: url.port === '' ? DEFAULT_PORT : Number(url.port),
      // Server names must be names (RFC 6066).
      ...(isIP(host) === 0 ? { servername: host } : {}),
      minVersion: 'TLSv1.2',
      // Judged below: a provider's own certificate is as good as an authority's when the chain lists it.
      rejectUnauthorized: false,
      ...(authorities === undefined ? {} : { ca: [...authorities] }),
    });
    const stop = (): void => {
      socket.destroy(new Error('no answer in time'));
    };
    const settle = (): void => {
      signal.removeEventListener('abort', stop);
      socket.off('error', fail);
    };
    const fail = (error: Error): void => {
      settle();
      reject(error);
    };
    socket.once('error', fail);
    socket.once('secureConnect', () => {
      settle();
      resolve(socket);
    });
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
  });

/** Rejects when there is no connection at all. The socket is the caller's to close. */
export const connectVerified = async (
  url: URL,
  certificates: readonly Certificate[],
  options: TlsOptions,
): Promise<VerifiedConnection> => {
  const socket = await handshake(url, options);
  // Errors after this moment reach whoever reads; without a listener they would end the process.
  socket.on('error', () => undefined);
  if (socket.authorized) return { ok: true, socket };
  const shown = socket.getPeerX509Certificate();
  const valid = certificates.filter((c) => c.state === 'valid');
  const known =
    shown !== undefined && valid.some((c) => fingerprintOf(c.cert) === shown.fingerprint256);
  if (known && options.nowMs >= shown.validFromDate.getTime()) {
    if (options.nowMs <= shown.validToDate.getTime()) return { ok: true, socket };
  }
  socket.destroy();
  if (known) {
    const code = 'GatewayCertificateExpired';
    const message = `the certificate that ${url.origin} shows is on chain, but valid only from ${shown.validFrom} to ${shown.validTo}`;
    return { ok: false, code, message };
  }
  return {
    ok: false,
    code: 'GatewayCertificateUnknown',
    message:
      `the server at ${url.origin} is not proven to be the provider's: its certificate` +
      ` (SHA-256 ${shown?.fingerprint256 ?? 'none'}) is neither one of the provider's ${valid.length} valid ones on chain` +
      ` nor issued by an authority for this host; nothing was sent`,
  };
};
