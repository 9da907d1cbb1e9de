import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:https';
import type { Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { isReasonError } from '../market/reasons.js';
import { generateCertificate } from './certificate.js';
import { signerFromPrivateKey } from './wallet.js';
import { connectSigner, isSignerUnavailable } from './remote-signer.js';
import type { RemoteSignerOptions } from './remote-signer.js';

interface Told {
  readonly method: string | undefined;
  readonly path: string | undefined;
  readonly authorization: string | undefined;
  readonly body: string;
}

let dir: string;
let server: Server;
let told: Told[];
let answer: (told: Told) => { readonly status: number; readonly text: string };
let options: RemoteSignerOptions;

const KEY = { status: 200, text: '{"address":"akash1key","publicKey":"AgM="}' };

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'berth-remote-'));
  const { certPem, keyPem } = await generateCertificate({
    address: signerFromPrivateKey(new Uint8Array(32).fill(3)).address,
    hosts: ['localhost'],
    serial: 1n,
    notBefore: new Date(Date.now() - 60_000),
    notAfter: new Date(Date.now() + 3_600_000),
  });
  for (const [name, text] of [
    ['ca', certPem],
    ['key', keyPem],
    ['token', 'projected\n'],
  ] as const) {
    await writeFile(join(dir, name), text);
  }
  told = [];
  answer = ({ path }) => (path === '/v1/key' ? KEY : { status: 500, text: '{}' });
  server = createServer({ cert: certPem, key: keyPem }, (request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => {
      body += chunk.toString();
    });
    request.on('end', () => {
      const heard = {
        method: request.method,
        path: request.url,
        authorization: request.headers.authorization,
        body,
      };
      told.push(heard);
      const { status, text } = answer(heard);
      response.writeHead(status).end(text);
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  options = {
    url: `https://localhost:${(server.address() as AddressInfo).port}`,
    caFile: join(dir, 'ca'),
    certFile: join(dir, 'ca'),
    keyFile: join(dir, 'key'),
    tokenFile: join(dir, 'token'),
    timeoutMs: 2_000,
  };
});
afterEach(async () => {
  server.closeAllConnections();
  server.close();
  await rm(dir, { recursive: true });
});

describe('a key in another process', () => {
  test('is asked under the present leadership, and answers document by document', async () => {
    let token = 4;
    const signer = await connectSigner(options, () => token);
    expect([signer.address, [...signer.publicKey]]).toEqual(['akash1key', [2, 3]]);
    answer = () => ({
      status: 200,
      text: '{"answers":[{"signature":"AQ=="},{"refused":{"code":"SignFeesSpent","message":"Spent."}}]}',
    });
    token = 5;
    const [first, second] = await signer.signBatch([Uint8Array.of(1), Uint8Array.of(2)]);
    expect(first).toEqual(Uint8Array.of(1));
    expect(isReasonError(second) ? second.reason.code : '').toBe('SignFeesSpent');
    expect(told.at(-1)).toEqual({
      method: 'POST',
      path: '/v1/sign',
      authorization: 'Bearer projected',
      body: '{"token":5,"signBytes":["AQ==","Ag=="]}',
    });
  });

  test('that refuses the caller is quoted', async () => {
    answer = () => ({ status: 403, text: '{"code":"SignCallerUnknown","message":"Not you."}' });
    await expect(connectSigner(options, () => 1)).rejects.toThrow('SignCallerUnknown: Not you.');
  });

  test.each([
    ['an answer that is no JSON', { status: 200, text: 'hello' }, 'does not answer'],
    ['an answer of another form', { status: 200, text: '{"address":1}' }, 'not in its own words'],
    ['an outage', { status: 503, text: '{"code":"X","message":"try again."}' }, '503: try again.'],
  ])('%s is an outage and no signature', async (_, given, words) => {
    answer = () => given;
    const error: unknown = await connectSigner(options, () => 1).catch((e: unknown) => e);
    expect(isSignerUnavailable(error)).toBe(true);
    expect(String(error)).toContain(words);
  });

  test('whose certificate is another authority’s is not asked at all', async () => {
    const other = await generateCertificate({
      address: signerFromPrivateKey(new Uint8Array(32).fill(4)).address,
      hosts: ['localhost'],
      serial: 2n,
      notBefore: new Date(Date.now() - 60_000),
      notAfter: new Date(Date.now() + 3_600_000),
    });
    await writeFile(join(dir, 'ca2'), other.certPem);
    const wrong = connectSigner({ ...options, caFile: join(dir, 'ca2') }, () => 1);
    await expect(wrong).rejects.toThrow('does not answer');
    expect(told).toEqual([]);
  });

  test('is asked over one connection for as long as the certificates stay the same', async () => {
    const signer = await connectSigner(options, () => 1);
    answer = () => ({ status: 200, text: '{"answers":[{"signature":"AQ=="}]}' });
    let connections = 0;
    server.on('secureConnection', () => {
      connections += 1;
    });
    for (let i = 0; i < 5; i += 1) await signer.signBatch([Uint8Array.of(1)]);
    expect(connections).toBe(0);
    const renewed = `${await readFile(options.caFile, 'utf8')}\n`;
    await writeFile(options.caFile, renewed);
    await signer.signBatch([Uint8Array.of(1)]);
    expect(connections).toBe(1);
  });

  test('that closed a kept connection is asked again', async () => {
    const signer = await connectSigner(options, () => 1);
    answer = () => ({ status: 200, text: '{"answers":[{"signature":"AQ=="}]}' });
    server.closeAllConnections();
    expect(await signer.signBatch([Uint8Array.of(1)])).toEqual([Uint8Array.of(1)]);
  });

  test('that gives fewer answers than it was asked for has given none', async () => {
    const signer = await connectSigner(options, () => 1);
    answer = () => ({ status: 200, text: '{"answers":[]}' });
    await expect(signer.signBatch([Uint8Array.of(1)])).rejects.toThrow('0 answers for 1 documents');
  });

  test('that is not there says where it was looked for', async () => {
    server.close();
    server.closeAllConnections();
    await expect(connectSigner(options, () => 1)).rejects.toThrow(`the signer at ${options.url}`);
  });
});
