import { randomBytes } from 'node:crypto';
import { createServer } from 'node:https';
import type { Server } from 'node:https';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { generateCertificate } from '../chain/certificate.js';
import type { CertificatePems } from '../chain/certificate.js';
import type { Signer } from '../chain/ports.js';
import { ChainUnavailableError, isChainUnavailable } from '../chain/ports.js';
import { jwtClaimsSchema } from '../chain/jwt/claims.js';
import { mnemonicFromEntropy, signerFromMnemonic } from '../chain/wallet.js';
import type { Certificate } from '../market/records.js';
import { createGatewayClient } from './gateway-client.js';
import type { GatewayClientDeps } from './gateway-client.js';
import type { TenantGateway } from './ports.js';
import { Authority } from './testing/certificates.js';
import { tokenFor } from './token.js';

interface Seen {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly authorization: string | undefined;
  readonly body: string;
}

const DAY_MS = 86_400_000;
const NOW = Date.now();

let tenant: Signer;
let provider: string;
let server: Server;
let port: number;
let seen: Seen[];
let onChain: Certificate[];
let answer: (request: IncomingMessage, response: ServerResponse) => void;

const certificateFor = (address: string, from = NOW - DAY_MS, to = NOW + DAY_MS) =>
  generateCertificate({
    address,
    hosts: ['localhost'],
    serial: BigInt(`0x${randomBytes(7).toString('hex')}`) + 1n,
    notBefore: new Date(from),
    notAfter: new Date(to),
  });

const record = (pems: CertificatePems, state: Certificate['state'] = 'valid'): Certificate => ({
  owner: provider,
  serial: pems.serial,
  state,
  cert: pems.certPem,
  pubkey: pems.pubkeyPem,
});

const serve = async ({ certPem, keyPem }: { certPem: string; keyPem: string }): Promise<void> => {
  server = createServer(
    { cert: certPem, key: keyPem, minVersion: 'TLSv1.3' },
    (request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        seen.push({
          method: request.method,
          url: request.url,
          authorization: request.headers.authorization,
          body: Buffer.concat(chunks).toString(),
        });
        answer(request, response);
      });
    },
  );
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
  ({ port } = server.address() as AddressInfo);
};

const client = (changes: Partial<GatewayClientDeps> = {}): TenantGateway =>
  createGatewayClient({
    certificates: async () => onChain,
    token: (to, dseq) => tokenFor(tenant, to, dseq, NOW),
    nowMs: () => NOW,
    timeoutMs: 3_000,
    ...changes,
  });

const MANIFEST = new TextEncoder().encode('[{"name":"group"}]');
const target = () => ({ provider, hostUri: `https://localhost:${port}` });
const put = (changes?: Partial<GatewayClientDeps>) =>
  client(changes).putManifest(target(), 7n, MANIFEST);
const lease = () => ({ owner: tenant.address, dseq: 7n, gseq: 1, oseq: 1, provider, bseq: 0 });

beforeEach(async () => {
  const key = () => signerFromMnemonic(mnemonicFromEntropy(randomBytes(32)));
  tenant = await key();
  provider = (await key()).address;
  seen = [];
  onChain = [];
  answer = (_request, response) => response.writeHead(200).end();
});

afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

describe('whom the client trusts', () => {
  it('the certificate that the provider published', async () => {
    const [old, current] = [await certificateFor(provider), await certificateFor(provider)];
    onChain = [record(old), record(current)];
    await serve(current);
    expect(await put()).toEqual({ ok: true, value: undefined });
    expect(seen).toMatchObject([
      { method: 'PUT', url: '/deployment/7/manifest', body: '[{"name":"group"}]' },
    ]);
  });

  it('a certificate that an authority issued for the host', async () => {
    const authority = await Authority.create();
    await serve(await authority.issue('localhost'));
    expect(await put({ authorities: [authority.certPem] })).toEqual({ ok: true, value: undefined });
  });

  it.each([
    [
      'a certificate of the same account that is not on chain',
      async () => {
        onChain = [record(await certificateFor(provider))];
        await serve(await certificateFor(provider));
      },
      'GatewayCertificateUnknown',
    ],
    [
      'a certificate that the provider revoked',
      async () => {
        const revoked = await certificateFor(provider);
        onChain = [record(revoked, 'revoked')];
        await serve(revoked);
      },
      'GatewayCertificateUnknown',
    ],
    [
      'a published certificate that has expired',
      async () => {
        const expired = await certificateFor(provider, NOW - 2 * DAY_MS, NOW - DAY_MS);
        onChain = [record(expired)];
        await serve(expired);
      },
      'GatewayCertificateExpired',
    ],
    [
      'a published certificate that is not valid yet',
      async () => {
        const early = await certificateFor(provider, NOW + DAY_MS, NOW + 2 * DAY_MS);
        onChain = [record(early)];
        await serve(early);
      },
      'GatewayCertificateExpired',
    ],
    [
      'a certificate of an authority nobody knows',
      async () => serve(await (await Authority.create()).issue('localhost')),
      'GatewayCertificateUnknown',
    ],
    [
      'any certificate when the provider published only rubbish',
      async () => {
        const shown = await certificateFor(provider);
        onChain = [{ ...record(shown), cert: 'no certificate' }];
        await serve(shown);
      },
      'GatewayCertificateUnknown',
    ],
  ])('not %s, and then nothing is sent', async (_name, arrange, wantCode) => {
    await arrange();
    expect(await put()).toMatchObject({ ok: false, transient: false, code: wantCode });
    expect(seen).toEqual([]);
  });

  it('not a certificate that an authority issued for another host', async () => {
    const authority = await Authority.create();
    await serve(await authority.issue('other.example.com'));
    const refused = await put({ authorities: [authority.certPem] });
    expect(refused).toMatchObject({ ok: false, code: 'GatewayCertificateUnknown' });
    expect(seen).toEqual([]);
  });
});

describe('what the client says and hears', () => {
  beforeEach(async () => {
    const own = await certificateFor(provider);
    onChain = [record(own)];
    await serve(own);
  });

  it('sends a token that is good for this provider and deployment only, for fifteen minutes', async () => {
    await put();
    const [, payload] = seen[0]?.authorization?.replace('Bearer ', '').split('.') ?? [];
    const claims = jwtClaimsSchema.parse(
      JSON.parse(Buffer.from(payload ?? '', 'base64url').toString()),
    );
    expect(claims).toMatchObject({
      iss: tenant.address,
      leases: {
        access: 'granular',
        permissions: [
          {
            provider,
            access: 'granular',
            deployments: [
              { dseq: 7, scope: ['send-manifest', 'get-manifest', 'status', 'logs', 'events'] },
            ],
          },
        ],
      },
    });
    expect(claims.exp - claims.iat).toBe(900);
  });

  it('reads a lease status in the wire casing, nulls included', async () => {
    const body = {
      services: {
        web: { name: 'web', available: 1, total: 2, uris: ['a.example.com'], replicas: 2 },
        db: { name: 'db', available: 1, total: 1, uris: null },
      },
      forwarded_ports: {
        db: [{ host: 'p.example.com', port: 5432, externalPort: 31_234, proto: 'TCP', name: 'db' }],
      },
      ips: { web: [{ Port: 80, ExternalPort: 8080, Protocol: 'TCP', IP: '203.0.113.7' }] },
      warnings: [{ code: 'EscrowRunningOut', message: 'Deposit more.', more: 1 }],
    };
    answer = (_request, response) => response.end(JSON.stringify(body));
    expect(await client().leaseStatus(target(), lease())).toEqual({
      ok: true,
      value: {
        warnings: [{ code: 'EscrowRunningOut', message: 'Deposit more.' }],
        services: [
          {
            name: 'db',
            available: 1,
            total: 1,
            uris: [],
            ports: [{ host: 'p.example.com', port: 5432, externalPort: 31_234, proto: 'TCP' }],
            ips: [],
          },
          {
            name: 'web',
            available: 1,
            total: 2,
            uris: ['a.example.com'],
            ports: [],
            ips: [{ ip: '203.0.113.7', port: 80, externalPort: 8080, proto: 'TCP' }],
          },
        ],
      },
    });
    expect(seen[0]).toMatchObject({ method: 'GET', url: '/lease/7/1/1/status' });
  });

  it.each([
    [
      422,
      '{"message":"hash differs","code":"ManifestHashMismatch","field":"manifest"}',
      'ManifestHashMismatch',
      false,
      'hash differs',
    ],
    [404, '{"message":"no lease","code":"LeaseNotFound"}', 'LeaseNotFound', true, 'no lease'],
    [503, '{"message":"chain away"}', 'GatewayAnswered503', true, 'chain away'],
    [429, 'slow down', 'GatewayAnswered429', true, 'slow down'],
    [401, '{"message":"who are you"}', 'GatewayAnswered401', false, 'who are you'],
    [422, '{"message":"a\\u001b[2Jb","code":"x y"}', 'GatewayAnswered422', false, 'a[2Jb'],
    [500, '', 'GatewayAnswered500', true, 'no explanation'],
  ])('HTTP %d with %s is %s', async (status, body, wantCode, wantTransient, wantText) => {
    answer = (_request, response) => response.writeHead(status).end(body);
    const refused = await put();
    expect(refused).toMatchObject({ ok: false, code: wantCode, transient: wantTransient });
    expect(refused.ok ? '' : refused.message).toContain(wantText);
  });

  it.each(['', '[]', '{"services":{"web":{"name":7}}}', '<html>'])(
    'an answer of %j is no lease status',
    async (body) => {
      answer = (_request, response) => response.end(body);
      expect(await client().leaseStatus(target(), lease())).toMatchObject({
        ok: false,
        code: 'GatewayAnswerUnreadable',
      });
    },
  );

  it('gives up on an answer without an end', async () => {
    answer = (_request, response) => {
      const more = (): void => {
        if (response.write(Buffer.alloc(65_536, ' '))) setImmediate(more);
        else response.once('drain', more);
      };
      response.on('error', () => undefined);
      more();
    };
    const refused = await client({ timeoutMs: 20_000 }).leaseStatus(target(), lease());
    expect(refused).toMatchObject({ ok: false, code: 'GatewayUnreachable' });
    expect(refused.ok ? '' : refused.message).toContain('too long');
  });

  it('gives up on a gateway that says nothing', async () => {
    answer = () => undefined;
    const refused = await put({ timeoutMs: 200 });
    expect(refused).toMatchObject({ ok: false, transient: true, code: 'GatewayUnreachable' });
    expect(refused.ok ? '' : refused.message).toContain('no answer in time');
  });

  it.each(['http://localhost:1', 'localhost', '', 'https://'])(
    'refuses %j as an address of a provider',
    async (hostUri) => {
      const refused = await client().putManifest({ provider, hostUri }, 7n, MANIFEST);
      expect(refused).toMatchObject({ ok: false, code: 'HostUriInvalid', field: 'hostUri' });
    },
  );

  it('says that nobody listens', async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    expect(await put()).toMatchObject({ ok: false, transient: true, code: 'GatewayUnreachable' });
  });

  it('does not take a silent chain for a missing certificate', async () => {
    const failure: unknown = await put({
      certificates: () => Promise.reject(new ChainUnavailableError('away')),
    }).catch((error: unknown) => error);
    expect(isChainUnavailable(failure)).toBe(true);
    expect(seen).toEqual([]);
  });
});
