import { request } from 'node:https';
import type { RequestOptions } from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { Reason } from '../../market/reasons.js';
import { createAuthority } from '../testing/certificates.js';
import type { Authority, Issued } from '../testing/certificates.js';
import { createSignerServer } from './server.js';
import type { SignAnswer, SignBatch } from './sign-batch.js';

let ours: Authority;
let server: Issued;
let client: Issued;
let stranger: Issued;
const closing: (() => void)[] = [];

beforeAll(async () => {
  ours = await createAuthority('ours');
  server = await ours.issue('signer');
  client = await ours.issue('operator');
  stranger = await (await createAuthority('theirs')).issue('operator');
});

afterEach(() => {
  for (const close of closing.splice(0)) close();
});

interface Given {
  readonly batches: SignBatch[];
  readonly faults: unknown[];
  readonly port: number;
}

const listening = async (
  answers: readonly SignAnswer[] | Error,
  callerFault: (bearer: string | undefined) => Promise<Reason | undefined>,
): Promise<Given> => {
  const batches: SignBatch[] = [];
  const faults: unknown[] = [];
  const made = createSignerServer(
    {
      batches: {
        sign: async (batch) => {
          batches.push(batch);
          if (answers instanceof Error) throw answers;
          return answers;
        },
      },
      key: { address: 'akash1key', publicKey: Uint8Array.of(2, 3) },
      callerFault,
      onAnswered: () => undefined,
      onFault: (error) => faults.push(error),
    },
    { ...server, ca: ours.cert },
  );
  await new Promise<void>((resolve) => {
    made.listen(0, '127.0.0.1', resolve);
  });
  closing.push(() => {
    made.close();
    made.closeAllConnections();
  });
  return { batches, faults, port: (made.address() as AddressInfo).port };
};

const ask = async (
  port: number,
  path: string,
  body: string | undefined,
  tls: RequestOptions = client,
): Promise<{ readonly status: number; readonly body: unknown }> =>
  new Promise((resolve, reject) => {
    const req = request(
      {
        host: '127.0.0.1',
        port,
        path,
        method: body === undefined ? 'GET' : 'POST',
        headers: { authorization: 'Bearer good' },
        ca: ours.cert,
        agent: false,
        ...tls,
      },
      (response) => {
        let text = '';
        response.on('data', (chunk: Buffer) => {
          text += chunk.toString();
        });
        response.on('end', () => {
          resolve({ status: response.statusCode ?? 0, body: JSON.parse(text) as unknown });
        });
      },
    );
    req.on('error', reject);
    req.end(body);
  });

const onlyGood = async (bearer: string | undefined): Promise<Reason | undefined> =>
  bearer === 'good' ? undefined : { code: 'SignCallerUnknown', message: 'Not you.' };

describe('the door', () => {
  test('without a certificate, or with another authority’s, no request is even read', async () => {
    const { port, batches } = await listening([], onlyGood);
    await expect(ask(port, '/v1/key', undefined, {})).rejects.toThrow();
    await expect(ask(port, '/v1/key', undefined, stranger)).rejects.toThrow();
    expect(batches).toEqual([]);
  });

  test('with the certificate and a wrong token the refusal names the reason', async () => {
    const { port, batches } = await listening([], onlyGood);
    const headers = { authorization: 'Bearer stolen' };
    const answer = await ask(port, '/v1/sign', '{"token":1,"signBytes":[]}', {
      ...client,
      headers,
    });
    expect(answer).toEqual({
      status: 403,
      body: { code: 'SignCallerUnknown', message: 'Not you.' },
    });
    expect(batches).toEqual([]);
  });
});

describe('a proven caller', () => {
  test('reads the key’s account and public key', async () => {
    const { port } = await listening([], onlyGood);
    expect(await ask(port, '/v1/key', undefined)).toEqual({
      status: 200,
      body: { address: 'akash1key', publicKey: 'AgM=' },
    });
  });

  test('gets one answer per request, in order', async () => {
    const refused = { code: 'SignFeesSpent', message: 'Spent.' };
    const { port, batches } = await listening(
      [{ signature: Uint8Array.of(1) }, { refused }],
      onlyGood,
    );
    const answer = await ask(port, '/v1/sign', '{"token":3,"signBytes":["AA==","AQ=="]}');
    expect(answer).toEqual({
      status: 200,
      body: { answers: [{ signature: 'AQ==' }, { refused }] },
    });
    expect(batches).toEqual([{ token: 3, signBytes: [Uint8Array.of(0), Uint8Array.of(1)] }]);
  });

  test.each([
    ['no JSON', 'sign', ''],
    ['a token that is no number', '{"token":"1","signBytes":[]}', 'token'],
    ['sign bytes that are not base64', '{"token":1,"signBytes":["?"]}', 'signBytes.0'],
    ['a field nobody knows', '{"token":1,"signBytes":[],"force":true}', ''],
  ])('is told what is wrong with %s', async (_, body, field) => {
    const { port } = await listening([], onlyGood);
    const answer = await ask(port, '/v1/sign', body);
    expect(answer).toMatchObject({ status: 400, body: { code: 'BadRequest' } });
    expect((answer.body as { message: string }).message.startsWith(`${field}: `)).toBe(true);
  });

  test('is told that the signer is out of order, and no more than that', async () => {
    const { port, faults } = await listening(new Error('key 0707'), onlyGood);
    const answer = await ask(port, '/v1/sign', '{"token":3,"signBytes":[]}');
    expect(answer).toMatchObject({ status: 503, body: { code: 'SignerUnavailable' } });
    expect(JSON.stringify(answer)).not.toContain('0707');
    expect(faults).toHaveLength(1);
  });

  test('finds no other path', async () => {
    const { port } = await listening([], onlyGood);
    expect(await ask(port, '/v1/export', undefined)).toMatchObject({ status: 404 });
  });
});
