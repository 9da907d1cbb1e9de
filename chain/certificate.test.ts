import { describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { connect, createServer } from 'node:tls';
import type { TLSSocket } from 'node:tls';
import type { AddressInfo } from 'node:net';
import { MsgCreateCertificate } from '@akashnetwork/chain-sdk/private-types/akash.v1';
import { decodeTxRaw } from '@cosmjs/proto-signing';
import { generateCertificate, parseCertificate } from './certificate.js';
import type { CertificatePems } from './certificate.js';
import { recordedTxBytes } from './testing/recordings.js';

const PROVIDER = 'akash19h7kcru96wkylecd2vswv9eph6e58fnmk4fna5';
const TENANT = 'akash1755j742uefcjur6qy6ylgkne80xsqn4dcs360u';
const notBefore = new Date(Date.now() - 3_600_000);
const notAfter = new Date(Date.now() + 86_400_000);

const make = (address: string, hosts: readonly string[]): Promise<CertificatePems> =>
  generateCertificate({ address, hosts, serial: 1_795_422_892_167_467_084n, notBefore, notAfter });

const recordedPems = (name: string): { certPem: string; pubkeyPem: string } => {
  const { value } = decodeTxRaw(recordedTxBytes(name)).body.messages[0] ?? { value: undefined };
  const message = MsgCreateCertificate.decode(value ?? new Uint8Array());
  const text = new TextDecoder();
  return { certPem: text.decode(message.cert), pubkeyPem: text.decode(message.pubkey) };
};

describe('certificates', () => {
  it('a provider certificate is of the form that was recorded', async () => {
    const pems = await make(PROVIDER, ['provider.localhost']);
    const ours = parseCertificate(pems.certPem);
    const recorded = parseCertificate(recordedPems('cert-publish-server').certPem);
    expect({ ...ours, notBefore: 0, notAfter: 0 }).toEqual({
      ...recorded,
      notBefore: 0,
      notAfter: 0,
    });
    expect(pems.serial).toBe('1795422892167467084');
    expect(pems.pubkeyPem).toMatch(
      /^-----BEGIN EC PUBLIC KEY-----\n[\s\S]*-----END EC PUBLIC KEY-----\n$/,
    );
  });

  it("a recorded tenant's certificate names its owner and no host", () => {
    expect(parseCertificate(recordedPems('cert-publish-client').certPem)).toMatchObject({
      address: TENANT,
      hosts: [],
    });
  });

  it('Node serves TLS 1.3 with it, and a client that pins it is content', async () => {
    const server = await make(PROVIDER, ['localhost', 'provider.example']);
    const tenant = await make(TENANT, []);
    const listener = createServer({
      cert: server.certPem,
      key: server.keyPem,
      minVersion: 'TLSv1.3',
      requestCert: true,
      rejectUnauthorized: true,
      ca: tenant.certPem,
    });
    listener.listen(0, '127.0.0.1');
    await once(listener, 'listening');
    const accepted = once(listener, 'secureConnection') as Promise<[TLSSocket]>;
    const socket = connect({
      host: '127.0.0.1',
      port: (listener.address() as AddressInfo).port,
      servername: 'provider.example',
      ca: server.certPem,
      cert: tenant.certPem,
      key: tenant.keyPem,
    });
    await once(socket, 'secureConnect');
    expect(socket.authorized).toBe(true);
    const [peer] = await accepted;
    expect(peer.authorized).toBe(true);
    expect(parseCertificate(peer.getPeerCertificate().raw).address).toBe(TENANT);
    socket.destroy();
    peer.destroy();
    listener.close();
    await once(listener, 'close');
  });

  it.each([
    ['an address that is none', { address: 'akash1xyz' }, 'address'],
    ['a serial of zero', { serial: 0n }, 'serial'],
    ['an end before its begin', { notAfter: new Date(0) }, 'notAfter'],
  ])('refuses %s', async (_name, change, field) => {
    const request = { address: PROVIDER, hosts: [], serial: 1n, notBefore, notAfter };
    await expect(generateCertificate({ ...request, ...change })).rejects.toMatchObject({ field });
  });

  it('refuses what is no certificate, and one that another key signed', async () => {
    expect(() => parseCertificate('hello')).toThrow('certificate: cannot be read');
    const { certPem } = await make(TENANT, []);
    const der = Buffer.from(certPem.replace(/-----[^-]+-----|\s/g, ''), 'base64');
    // The last byte is of the signature.
    der[der.length - 1] = (der[der.length - 1] ?? 0) ^ 1;
    expect(() => parseCertificate(der)).toThrow('signature: is not by its own key');
  });
});
