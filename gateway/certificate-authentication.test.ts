import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CertificateManager } from '@akashnetwork/chain-sdk';
import { X509Certificate } from 'node:crypto';
import { makeCertificate } from './testing/certificates.js';
import type { CertificateOptions } from './testing/certificates.js';
import type { KeyPair } from './tls/https-servers.js';
import { aTenant, knowAccount } from './testing/tenants.js';
import type { Tenant, TenantCertificate } from './testing/tenants.js';
import { HOSTNAME, PROVIDER, aPair, runGateway } from './testing/running-gateway.js';
import type { RunningGateway } from './testing/running-gateway.js';
import { send } from './testing/tls-client.js';
import type { Answer } from './testing/tls-client.js';

const MTLS_NAME = `mtls.${HOSTNAME}`;
const RECHECK_MS = 5000;

let publicPair: KeyPair;
let running: RunningGateway;
let alice: Tenant;

beforeAll(async () => {
  publicPair = aPair(HOSTNAME);
  running = await runGateway({ publicPair, recheckMs: RECHECK_MS });
  alice = await aTenant('alice');
  knowAccount(running.world, alice);
});

afterAll(async () => {
  await running.gateway.stop();
});

const ask = (options: {
  readonly certificate?: Pick<TenantCertificate, 'cert' | 'key'>;
  readonly serverName?: string;
  readonly token?: string;
}): Promise<Answer> =>
  send({
    port: running.gateway.port,
    path: '/lease/7/1/1/status',
    serverName: options.serverName ?? MTLS_NAME,
    ...(options.certificate === undefined
      ? {}
      : { pair: { cert: options.certificate.cert, key: options.certificate.key } }),
    headers: options.token === undefined ? {} : { Authorization: `Bearer ${options.token}` },
  });

describe('the certificate that is shown', () => {
  it.each([
    ['the public one for the public hostname', HOSTNAME, HOSTNAME],
    ['the on-chain one for the mtls name', MTLS_NAME, PROVIDER],
    ['the on-chain one for any other name', 'elsewhere.example.com', PROVIDER],
  ])('is %s', async (_name, serverName, commonName) => {
    const answer = await send({ port: running.gateway.port, path: '/address', serverName });
    expect(answer.serverCommonName).toBe(commonName);
    expect(answer.status).toBe(200);
  });

  it('is the on-chain one for every name when there is no public one', async () => {
    const bare = await runGateway();
    const answer = await send({ port: bare.gateway.port, path: '/address', serverName: HOSTNAME });
    await bare.gateway.stop();
    expect(answer.serverCommonName).toBe(PROVIDER);
  });

  it('is the renewed one after a reload', async () => {
    const bare = await runGateway({ publicPair });
    bare.gateway.useCertificates({
      publicPair: aPair('renewed.example.com'),
      providerPair: aPair('akash1renewed'),
    });
    const port = bare.gateway.port;
    const open = await send({ port, path: '/address', serverName: HOSTNAME });
    const own = await send({ port, path: '/address', serverName: MTLS_NAME });
    await bare.gateway.stop();
    expect([open.serverCommonName, own.serverCommonName]).toEqual([
      'renewed.example.com',
      'akash1renewed',
    ]);
  });
});

describe('a client certificate', () => {
  it('that is on chain and valid speaks for its owner', async () => {
    const certificate = alice.certificate(running.world);
    const answer = await ask({ certificate });
    // Past authentication: the lease is what does not exist.
    expect(answer.json).toMatchObject({ code: 'LeaseNotFound' });
    expect(answer.text).toContain(alice.address);
  });

  it('is not asked for under the public hostname', async () => {
    const certificate = alice.certificate(running.world);
    const answer = await ask({ certificate, serverName: HOSTNAME });
    expect(answer.json).toMatchObject({ code: 'AuthenticationRequired' });
  });

  it('together with a token is ambiguous', async () => {
    const certificate = alice.certificate(running.world);
    const answer = await ask({ certificate, token: await alice.token() });
    expect(answer.status).toBe(400);
    expect(answer.json).toMatchObject({ code: 'AmbiguousCredentials' });
  });

  it('that was never published is unknown', async () => {
    const answer = await ask({ certificate: makeCertificate({ commonName: alice.address }) });
    expect(answer.status).toBe(401);
    expect(answer.json).toMatchObject({ code: 'CertificateUnknown' });
  });

  it('with a published serial but other content is unknown', async () => {
    const { serial, record } = alice.certificate(running.world);
    const other = alice.certificate(running.world);
    running.world.certificates.set(`${alice.address}/${other.serial}`, { ...record, serial });
    expect((await ask({ certificate: other })).json).toMatchObject({ code: 'CertificateUnknown' });
  });

  it.each<readonly [string, string, Partial<CertificateOptions>]>([
    ['whose name is no address', 'subject.CN', { commonName: 'admin' }],
    ['issued by somebody else', 'issuer.CN', { issuer: 'akash1somebody' }],
    ['that is an authority', 'basicConstraints', { authority: true }],
    ['signed with another hash', 'signatureAlgorithm', { hash: 'sha384' }],
    ['for servers only', 'extendedKeyUsage', { usages: ['serverAuth'] }],
    ['signed with another key', 'signature', { foreignKey: true }],
  ])('%s is invalid, published or not: %s', async (_name, field, options) => {
    const answer = await ask({ certificate: alice.certificate(running.world, options) });
    expect(answer.status).toBe(401);
    expect(answer.json).toMatchObject({ code: 'CertificateInvalid', field });
  });

  it('of the official SDK is accepted', async () => {
    const pem = await new CertificateManager().generatePEM(alice.address);
    const serial = BigInt(`0x${new X509Certificate(pem.cert).serialNumber}`).toString();
    running.world.certificates.set(`${alice.address}/${serial}`, {
      owner: alice.address,
      serial,
      state: 'valid',
      cert: pem.cert,
      pubkey: pem.publicKey,
    });
    const answer = await ask({ certificate: { cert: pem.cert, key: pem.privateKey } });
    expect(answer.json).toMatchObject({ code: 'LeaseNotFound' });
  }, 60_000);

  it.each<readonly [string, string, Partial<CertificateOptions>]>([
    ['before its dates', 'notBefore', { notBefore: new Date(Date.now() + 60_000) }],
    ['after its dates', 'notAfter', { notAfter: new Date(Date.now() - 1000) }],
  ])('%s is not accepted, although the chain calls it valid', async (_name, field, options) => {
    const answer = await ask({ certificate: alice.certificate(running.world, options) });
    expect(answer.status).toBe(401);
    expect(answer.json).toMatchObject({ code: 'CertificateExpired', field });
  });

  it('that is revoked stops working once the recheck is due, and stays refused', async () => {
    const certificate = alice.certificate(running.world);
    const id = `${alice.address}/${certificate.serial}`;
    expect((await ask({ certificate })).json).toMatchObject({ code: 'LeaseNotFound' });
    running.world.certificates.set(id, { ...certificate.record, state: 'revoked' });
    running.skipMs(RECHECK_MS + 1);
    const refused = await ask({ certificate });
    expect(refused.status).toBe(401);
    expect(refused.json).toMatchObject({ code: 'CertificateRevoked' });
    expect((await ask({ certificate })).json).toMatchObject({ code: 'CertificateRevoked' });
  });

  it('cannot be judged while the chain is dead: 503, not 401', async () => {
    const certificate = alice.certificate(running.world);
    running.world.chainUp = false;
    const answer = await ask({ certificate });
    running.world.chainUp = true;
    expect(answer.status).toBe(503);
    expect(answer.json).toMatchObject({ code: 'ChainUnavailable' });
  });
});
