import { afterEach, describe, expect, it } from '@jest/globals';
import type { Server } from 'node:http';
import type { ComputeProvider } from '../crds/generated/types.js';
import { COMPUTE_PROVIDERS, SECRETS } from '../kube/resources.js';
import { FakeKube } from '../kube/testing/fake-kube.js';
import { parseConfig } from './config.js';
import { createInternalServer } from './internal-server.js';
import type { Readiness } from './internal-server.js';
import { closeServer, listen } from './listening.js';
import { createLogger } from './log.js';
import { createMetrics } from './metrics.js';
import { readCertificates, readProviderSettings } from './settings.js';
import { reloadCertificates, untilThere } from './startup.js';
import { makeCertificate } from './testing/certificates.js';

const PROVIDER = 'akash1365yvmc4s7awdyj3n2sav7xfx76adc6dnmlx63';
const quiet = createLogger('silent');

describe('the internal port', () => {
  let server: Server | undefined;
  afterEach(async () => {
    server?.closeAllConnections();
    if (server !== undefined) await closeServer(server);
  });

  it('serves metrics that moved, liveness, and readiness with its reason', async () => {
    const metrics = createMetrics();
    let readiness: Readiness = { ready: false, why: 'no certificate yet' };
    server = createInternalServer({
      registry: metrics.registry,
      readiness: async () => readiness,
    });
    const port = await listen(server, { host: '127.0.0.1', port: 0 });
    const get = async (path: string) => {
      const response = await fetch(`http://127.0.0.1:${port}${path}`);
      return { status: response.status, text: await response.text() };
    };
    const record = {
      method: 'GET',
      client: '127.0.0.1',
      owner: undefined,
      fault: undefined,
      seconds: 0.02,
    };
    metrics.request({ ...record, route: '/status', status: 200, code: 'ok' });
    metrics.request({ ...record, route: '/status', status: 401, code: 'TokenExpired' });
    metrics.request({ ...record, route: '/status', status: 400, code: 'TokenMalformed' });
    metrics.request({ ...record, route: '/status', status: 404, code: 'LeaseNotFound' });
    metrics.clientError('weird code!');
    const { text } = await get('/metrics');
    for (const line of [
      'berth_gateway_requests_total{route="/status",status="200",code="ok"} 1',
      'berth_gateway_requests_total{route="/status",status="404",code="LeaseNotFound"} 1',
      'berth_gateway_request_duration_seconds_bucket{le="0.025",route="/status"} 4',
      'berth_gateway_auth_failures_total{code="TokenExpired"} 1',
      'berth_gateway_auth_failures_total{code="TokenMalformed"} 1',
      'berth_gateway_client_errors_total{code="OTHER"} 1',
    ]) {
      expect(text.split('\n')).toContain(line);
    }
    expect(text).not.toContain('berth_gateway_auth_failures_total{code="LeaseNotFound"}');
    expect(await get('/healthz')).toEqual({ status: 200, text: 'ok\n' });
    expect(await get('/readyz')).toEqual({ status: 503, text: 'no certificate yet\n' });
    readiness = { ready: true };
    expect(await get('/readyz?verbose')).toEqual({ status: 200, text: 'ok\n' });
    expect((await get('/')).status).toBe(404);
  });
});

describe('the log', () => {
  it('cuts secrets out, also in nested objects, and keeps the causes of errors', () => {
    const lines: string[] = [];
    const log = createLogger('info', { write: (line: string) => lines.push(line) });
    const err = new Error('outer', { cause: new Error('inner') });
    log.info({ token: 't0p', request: { authorization: 's3cret' }, a: { b: { keyPem: 'k3y' } } });
    log.error({ err }, 'failed');
    const text = lines.join('');
    for (const secret of ['t0p', 's3cret', 'k3y']) expect(text).not.toContain(secret);
    expect(text).toContain('"message":"outer"');
    expect(text).toContain('"message":"inner"');
  });
});

describe('what the gateway needs from the cluster', () => {
  const provider = {
    apiVersion: 'berth.dev/v1alpha1',
    kind: 'ComputeProvider',
    metadata: { name: 'provider' },
    spec: {
      address: PROVIDER,
      chain: {
        chainId: 'akashnet-2',
        endpoints: [{ url: 'wss://rpc.example.com', trusted: false }],
      },
      hostUri: 'https://provider.example.com:8443',
      ingress: { domain: 'ingress.example.com', staticHosts: false },
    },
  } as unknown as ComputeProvider;
  const secret = (data: Readonly<Record<string, string>>) => ({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'berth-gateway-certificate', namespace: 'berth-system' },
    data: Object.fromEntries(
      Object.entries(data).map(([key, text]) => [key, Buffer.from(text).toString('base64')]),
    ),
  });

  it('is the provider, from its object where the configuration does not say', async () => {
    const kube = new FakeKube();
    await kube.apply(COMPUTE_PROVIDERS, provider);
    const fromObject = {
      address: PROVIDER,
      hostname: 'provider.example.com',
      staticHosts: false,
      chainId: 'akashnet-2',
      endpoints: [{ url: 'wss://rpc.example.com', trusted: false }],
    };
    expect(await readProviderSettings(parseConfig('', 'x'), kube)).toEqual(fromObject);
    const own = parseConfig('chain: { endpoints: ["http://127.0.0.1:1"] }', 'x');
    expect(await readProviderSettings(own, kube)).toEqual({
      ...fromObject,
      chainId: undefined,
      endpoints: [{ url: 'http://127.0.0.1:1', trusted: false }],
    });
  });

  it('is missed by name', async () => {
    const kube = new FakeKube();
    const config = parseConfig('', 'x');
    await expect(readProviderSettings(config, kube)).rejects.toThrow(
      'there is no ComputeProvider "provider" yet',
    );
    await expect(readCertificates(config, kube)).rejects.toThrow(
      'Secret berth-system/berth-gateway-certificate holds no certificate yet (tls.crt, tls.key)',
    );
    const files = parseConfig('tls: { provider: { certFile: /nope, keyFile: /nope } }', 'x');
    await expect(readCertificates(files, kube)).rejects.toThrow('cannot read /nope');
  });

  it('is the certificate of the Secret that the operator keeps', async () => {
    const kube = new FakeKube();
    const { cert, key } = makeCertificate({ commonName: PROVIDER });
    await kube.apply(SECRETS, secret({ 'tls.crt': cert, 'tls.key': key, 'tls.pub': 'PUB' }));
    expect(await readCertificates(parseConfig('', 'x'), kube)).toEqual({
      providerPair: { certPem: cert, keyPem: key },
      publicPair: undefined,
    });
  });

  it.each<readonly [string, () => Readonly<Record<string, string>>, RegExp]>([
    [
      'no certificate',
      () => ({ 'tls.crt': 'CERT', 'tls.key': 'KEY' }),
      /is not a certificate with an unencrypted key in PEM/,
    ],
    [
      "another certificate's key",
      () => ({
        'tls.crt': makeCertificate({ commonName: 'a' }).cert,
        'tls.key': makeCertificate({ commonName: 'b' }).key,
      }),
      /the key does not belong to the certificate/,
    ],
  ])('is not taken when its Secret holds %s', async (_name, data, message) => {
    const kube = new FakeKube();
    await kube.apply(SECRETS, secret(data()));
    await expect(readCertificates(parseConfig('', 'x'), kube)).rejects.toThrow(message);
    await expect(readCertificates(parseConfig('', 'x'), kube)).rejects.toThrow(
      /^Secret berth-system\/berth-gateway-certificate/,
    );
  });

  it('is waited for, with the reason in the readiness probe, until it is there or we stop', async () => {
    const stop = new AbortController();
    const reasons: string[] = [];
    const waiting = untilThere<string>(
      () => Promise.reject(new Error('not yet')),
      { log: quiet, signal: stop.signal },
      (why) => {
        reasons.push(why);
        stop.abort();
      },
    );
    expect(await waiting).toBeUndefined();
    expect(reasons).toEqual(['not yet']);
  });

  it('is taken up when it is renewed, and an unreadable one changes nothing', async () => {
    const stop = new AbortController();
    const used: string[] = [];
    const answers = ['a', new Error('unreadable'), 'a', 'b', 'b'];
    await reloadCertificates<string>({
      log: quiet,
      signal: stop.signal,
      everyMs: 1,
      first: 'a',
      use: (value) => {
        used.push(value);
      },
      read: async () => {
        const answer = answers.shift();
        if (answers.length === 0) stop.abort();
        if (typeof answer !== 'string') throw answer ?? new Error('none left');
        return answer;
      },
    });
    expect(used).toEqual(['b']);
  });
});
