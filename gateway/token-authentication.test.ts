import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { formatLeaseId } from '../market/ids.js';
import type { LeaseId } from '../market/ids.js';
import { aLease } from './testing/fake-world.js';
import { forge, withHighS } from './testing/forge.js';
import { aTenant, knowAccount } from './testing/tenants.js';
import type { Tenant, TokenOptions } from './testing/tenants.js';
import { PROVIDER, runGateway } from './testing/running-gateway.js';
import type { RunningGateway } from './testing/running-gateway.js';
import { send } from './testing/tls-client.js';
import type { Answer } from './testing/tls-client.js';

const OTHER_PROVIDER = 'akash1qufa3xzrf34qvwyejkhvnc4psf49fftaw0asmh';
const HEADER = { alg: 'ES256K', typ: 'JWT' };

let running: RunningGateway;
let alice: Tenant;
let mallory: Tenant;
let keyless: Tenant;
let stranger: Tenant;

const leaseOf = (tenant: Tenant): LeaseId => ({
  owner: tenant.address,
  dseq: 7n,
  gseq: 1,
  oseq: 1,
  provider: PROVIDER,
  bseq: 0,
});

beforeAll(async () => {
  running = await runGateway();
  const { world } = running;
  [alice, mallory, keyless, stranger] = await Promise.all([
    aTenant('alice'),
    aTenant('mallory'),
    aTenant('keyless'),
    aTenant('stranger'),
  ]);
  knowAccount(world, alice);
  knowAccount(world, mallory);
  knowAccount(world, keyless, { withKey: false });
  const lease = leaseOf(alice);
  world.leases.set(formatLeaseId(lease), aLease(lease));
  const replicas = {
    observedGeneration: 1,
    replicas: 1,
    updatedReplicas: 1,
    readyReplicas: 1,
    availableReplicas: 1,
    hosts: [],
  };
  world.workloads.set(formatLeaseId(lease), {
    services: [
      { name: 'web', ...replicas },
      { name: 'db', ...replicas },
    ],
    forwardedPorts: [],
    leasedIps: [],
  });
});

afterAll(async () => {
  await running.gateway.stop();
});

const get = (path: string, token?: string): Promise<Answer> =>
  send({
    port: running.gateway.port,
    path,
    headers: token === undefined ? {} : { Authorization: `Bearer ${token}` },
  });
const status = (token?: string): Promise<Answer> => get('/lease/7/1/1/status', token);

const nowSeconds = (): number => Math.floor(Date.now() / 1000);
const claimsOf = (tenant: Tenant, changes: object = {}): object => ({
  iss: tenant.address,
  iat: nowSeconds(),
  nbf: nowSeconds(),
  exp: nowSeconds() + 900,
  version: 'v1',
  leases: { access: 'full' },
  ...changes,
});
const granular = (permission: object): TokenOptions => ({
  claims: {
    leases: { access: 'granular', permissions: [{ provider: PROVIDER, ...permission } as never] },
  },
});
// The published SDK insists on naming services.
const onDeployment = (deployment: object): TokenOptions =>
  granular({ access: 'granular', deployments: [{ services: ['web', 'db'], ...deployment }] });

describe('a good token', () => {
  it.each<readonly [string, TokenOptions]>([
    ['signed plainly, full access', {}],
    ['signed by a wallet (ADR-36)', { algorithm: 'ES256KADR36' }],
    ['scoped to status', { claims: { leases: { access: 'scoped', scope: ['status'] } } }],
    ['full access at this provider', granular({ access: 'full' })],
    ['scoped at this provider', granular({ access: 'scoped', scope: ['logs', 'status'] })],
    ['for this deployment', onDeployment({ dseq: 7, scope: ['status'] })],
    ['for this very lease', onDeployment({ dseq: 7, gseq: 1, oseq: 1, scope: ['status'] })],
  ])('%s shows the whole lease', async (_name, options) => {
    const answer = await status(await alice.token(options));
    expect(answer.status).toBe(200);
    expect(Object.keys((answer.json as { services: object }).services)).toEqual(['web', 'db']);
  });

  it('limited to a service shows that service and no other', async () => {
    const token = await alice.token(
      onDeployment({ dseq: 7, scope: ['status'], services: ['web'] }),
    );
    const all = await status(token);
    expect(Object.keys((all.json as { services: object }).services)).toEqual(['web']);
    expect((await get('/lease/7/1/1/service/web/status', token)).status).toBe(200);
    const db = await get('/lease/7/1/1/service/db/status', token);
    expect(db.json).toMatchObject({ code: 'PermissionDenied', field: 'services' });
  });

  it('asks the chain for the key once, however often it is used', async () => {
    const token = await alice.token();
    await status(token);
    const before = running.world.chainReads;
    await status(token);
    expect(running.world.chainReads).toBe(before);
  });
});

describe('a bad token', () => {
  const soon = (seconds: number) => nowSeconds() + seconds;
  const bad: readonly (readonly [string, number, string, string | undefined, () => unknown])[] = [
    ['no JWT', 400, 'TokenMalformed', undefined, () => 'rubbish'],
    ['two parts', 400, 'TokenMalformed', undefined, () => 'e30.e30'],
    [
      'claims that are no JSON',
      400,
      'TokenMalformed',
      '',
      () => forge(alice.privateKey, HEADER, '{'),
    ],
    [
      'alg none',
      401,
      'TokenInvalid',
      'alg',
      () => forge(alice.privateKey, { alg: 'none' }, claimsOf(alice)),
    ],
    [
      'alg HS256',
      401,
      'TokenInvalid',
      'alg',
      () => forge(alice.privateKey, { alg: 'HS256' }, claimsOf(alice)),
    ],
    [
      'a version to come',
      400,
      'TokenMalformed',
      'version',
      () => forge(alice.privateKey, HEADER, claimsOf(alice, { version: 'v2' })),
    ],
    [
      'an unknown claim',
      400,
      'TokenMalformed',
      '',
      () => forge(alice.privateKey, HEADER, claimsOf(alice, { aud: PROVIDER })),
    ],
    [
      'an issuer with a wrong checksum',
      400,
      'TokenMalformed',
      'iss',
      () =>
        forge(alice.privateKey, HEADER, claimsOf(alice, { iss: `${alice.address.slice(0, -1)}b` })),
    ],
    [
      'an unknown scope',
      400,
      'TokenMalformed',
      'leases.scope.0',
      () =>
        forge(
          alice.privateKey,
          HEADER,
          claimsOf(alice, { leases: { access: 'scoped', scope: ['root'] } }),
        ),
    ],
    [
      'no expiry',
      400,
      'TokenMalformed',
      'exp',
      () => forge(alice.privateKey, HEADER, claimsOf(alice, { exp: undefined })),
    ],
    [
      'expired beyond the skew',
      401,
      'TokenExpired',
      'exp',
      () => forge(alice.privateKey, HEADER, claimsOf(alice, { iat: soon(-600), exp: soon(-31) })),
    ],
    [
      'not valid yet beyond the skew',
      401,
      'TokenNotYetValid',
      'nbf',
      () => forge(alice.privateKey, HEADER, claimsOf(alice, { nbf: soon(40) })),
    ],
    [
      'issued in the future',
      401,
      'TokenNotYetValid',
      'iat',
      () => forge(alice.privateKey, HEADER, claimsOf(alice, { iat: soon(40), exp: soon(100) })),
    ],
    [
      'an expiry before its issue',
      401,
      'TokenInvalid',
      'exp',
      () => forge(alice.privateKey, HEADER, claimsOf(alice, { exp: soon(-1) })),
    ],
    [
      'a life longer than the cap',
      401,
      'TokenLifetimeTooLong',
      'exp',
      () => forge(alice.privateKey, HEADER, claimsOf(alice, { exp: soon(901 + 60) })),
    ],
    ['an issuer the chain does not know', 401, 'AccountUnknown', 'iss', () => stranger.token()],
    [
      'an issuer without public key on chain',
      401,
      'AccountHasNoPublicKey',
      'iss',
      () => keyless.token(),
    ],
    [
      "another's signature",
      401,
      'TokenSignatureInvalid',
      'iss',
      () => forge(mallory.privateKey, HEADER, claimsOf(alice)),
    ],
    [
      'a high-S signature',
      401,
      'TokenSignatureInvalid',
      'iss',
      () => forge(alice.privateKey, HEADER, claimsOf(alice), withHighS),
    ],
    [
      'a short signature',
      401,
      'TokenSignatureInvalid',
      'iss',
      () => forge(alice.privateKey, HEADER, claimsOf(alice), (s) => s.subarray(1)),
    ],
    [
      'a plain signature under the wallet algorithm',
      401,
      'TokenSignatureInvalid',
      'iss',
      () => forge(alice.privateKey, { alg: 'ES256KADR36' }, claimsOf(alice)),
    ],
    [
      'a scope that does not include status',
      401,
      'PermissionDenied',
      'leases',
      () => alice.token({ claims: { leases: { access: 'scoped', scope: ['logs'] } } }),
    ],
    [
      'permissions for another provider',
      401,
      'PermissionDenied',
      'leases',
      () => alice.token(granular({ provider: OTHER_PROVIDER, access: 'full' })),
    ],
    [
      'permissions for another deployment',
      401,
      'PermissionDenied',
      'leases',
      () => alice.token(onDeployment({ dseq: 8, scope: ['status'] })),
    ],
    [
      'permissions for another order of the group',
      401,
      'PermissionDenied',
      'leases',
      () => alice.token(onDeployment({ dseq: 7, gseq: 1, oseq: 2, scope: ['status'] })),
    ],
    [
      'another scope on this deployment',
      401,
      'PermissionDenied',
      'leases',
      () => alice.token(onDeployment({ dseq: 7, scope: ['shell'] })),
    ],
  ];

  it.each(bad)('with %s is refused with %d %s', async (_name, wantStatus, code, field, make) => {
    const token = String(await make());
    const answer = await status(token);
    expect(answer.json).toMatchObject({
      code,
      message: expect.stringMatching(/\w+/) as unknown,
      ...(field === undefined || field === '' ? {} : { field }),
    });
    expect(answer.status).toBe(wantStatus);
    expect(answer.headers['www-authenticate']).toBe(wantStatus === 401 ? 'Bearer' : undefined);
    expect(running.logged()).not.toContain(token.slice(-40));
  });

  it('fails on public routes too, as with the Akash provider', async () => {
    expect((await get('/address', 'rubbish')).json).toMatchObject({ code: 'TokenMalformed' });
  });

  it('another tenant finds nothing under the same numbers', async () => {
    const answer = await status(await mallory.token());
    expect(answer.status).toBe(404);
    expect(answer.json).toMatchObject({ code: 'LeaseNotFound' });
    expect(answer.text).not.toContain(alice.address);
  });

  it('no credentials are told what is needed', async () => {
    const answer = await status();
    expect(answer.status).toBe(401);
    expect(answer.json).toMatchObject({ code: 'AuthenticationRequired' });
  });

  it('a header that is no bearer header is malformed', async () => {
    const answer = await send({
      port: running.gateway.port,
      path: '/address',
      headers: { Authorization: 'Basic YWxpY2U6cHc=' },
    });
    expect(answer.status).toBe(400);
    expect(answer.json).toMatchObject({ code: 'MalformedRequest', field: 'Authorization' });
  });

  it('when the chain is dead the answer is 503, not 401', async () => {
    running.world.chainUp = false;
    const answer = await status(await stranger.token());
    running.world.chainUp = true;
    expect(answer.status).toBe(503);
    expect(answer.json).toMatchObject({ code: 'ChainUnavailable' });
    expect(answer.headers['retry-after']).toBe('5');
  });
});
