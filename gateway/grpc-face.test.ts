/** The gRPC face over real TLS and HTTP/2, asked by two clients that are not ours: grpc-js and the SDK's (Connect). */
import { createProviderSDK } from '@akashnetwork/chain-sdk';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { status } from '@grpc/grpc-js';
import { connect } from 'node:tls';
import { fromGroupSpec } from '../chain/decode/group-spec.js';
import { Decimal } from '../market/money.js';
import type { GroupSpec } from '../market/resources.js';
import type { ScreeningQuestion } from './ports.js';
import { Problem } from './problem.js';
import { grpcClient, refusalOf } from './testing/grpc-client.js';
import type { GrpcClient, GrpcClientOptions } from './testing/grpc-client.js';
import { HOSTNAME, PROVIDER, aPair, runGateway } from './testing/running-gateway.js';
import type { RunOptions, RunningGateway } from './testing/running-gateway.js';
import { aTenant, knowAccount } from './testing/tenants.js';
import { send } from './testing/tls-client.js';
import type { Tenant } from './testing/tenants.js';
import type { KeyPair } from './tls/https-servers.js';

const GROUP: GroupSpec = {
  name: 'datacenter',
  requirements: {
    signedBy: { allOf: [], anyOf: [] },
    attributes: [{ key: 'region', value: 'us-west' }],
  },
  units: [
    {
      resources: {
        id: 1,
        cpu: { milliCpu: 4000n, attributes: [] },
        memory: { quantityBytes: 8n * 2n ** 30n, attributes: [] },
        storage: [{ name: 'default', quantityBytes: 2n ** 30n, attributes: [] }],
        gpu: { units: 2n, attributes: [{ key: 'vendor/nvidia/model/h100', value: 'true' }] },
        endpoints: [{ kind: 'SHARED_HTTP', sequenceNumber: 0 }],
      },
      count: 3,
      price: { denom: 'uact', amount: new Decimal('10000.5') },
    },
  ],
};
const OFFERS = GROUP.units.map(({ resources, count }) => ({ resources, count }));
const PRICE = { denom: 'uact', amount: new Decimal('5966.865834') };
const GIB = 2n ** 30n;

let publicPair: KeyPair;
let running: RunningGateway;
let alice: Tenant;
const clients: GrpcClient[] = [];
const others: RunningGateway[] = [];

beforeAll(async () => {
  publicPair = aPair(HOSTNAME);
  running = await runGateway({ publicPair });
  alice = await aTenant('alice');
  knowAccount(running.world, alice);
});
afterAll(async () => {
  for (const client of clients) client.close();
  await Promise.all([running, ...others].map(({ gateway }) => gateway.stop()));
});

const client = (options: Partial<GrpcClientOptions> = {}): GrpcClient => {
  const made = grpcClient({ port: running.gateway.grpcPort, ...options });
  clients.push(made);
  return made;
};
const another = async (options: RunOptions): Promise<RunningGateway> => {
  const made = await runGateway(options);
  others.push(made);
  return made;
};
/** Answers the next screenings with a bid; returns what was asked. */
const bids = (): readonly ScreeningQuestion[] => {
  const asked: ScreeningQuestion[] = [];
  running.world.screen = async (question) => {
    asked.push(question);
    return { reasons: [], price: PRICE, offers: OFFERS };
  };
  return asked;
};

describe('BidScreening', () => {
  it('passes group and hostnames on unchanged and answers with price and offer', async () => {
    const asked = bids();
    const result = await client().screen(GROUP, ['a.example.com']);
    expect(asked).toEqual([{ group: GROUP, owner: '', hostnames: ['a.example.com'] }]);
    expect(result).toMatchObject({
      ok: true,
      answer: {
        passed: true,
        reasons: [],
        price: { denom: 'uact', amount: '5966.865834' },
        resourceOffer: { count: 3, resources: fromGroupSpec(GROUP).resources[0]?.resource },
      },
    });
  });

  it('without a bid names every reason with its code and field, and no price', async () => {
    running.world.screen = async () => ({
      reasons: [
        { code: 'InsufficientGpus', message: 'no node has 9 free GPUs', field: 'units.0.gpu' },
        { code: 'OrderTooOld', message: 'too late' },
      ],
      price: undefined,
      offers: [],
    });
    expect(await client().screen(GROUP)).toEqual({
      ok: true,
      answer: {
        passed: false,
        reasons: [
          'InsufficientGpus: no node has 9 free GPUs (units.0.gpu)',
          'OrderTooOld: too late',
        ],
        resourceOffer: undefined,
        price: undefined,
      },
    });
  });

  it('is asked for the tenant whom a token proves', async () => {
    const asked = bids();
    await client({ token: await alice.token() }).screen(GROUP);
    expect(asked.map(({ owner }) => owner)).toEqual([alice.address]);
  });

  it('is asked for the tenant whom a client certificate proves', async () => {
    const asked = bids();
    await client({ pair: alice.certificate(running.world) }).screen(GROUP);
    expect(asked.map(({ owner }) => owner)).toEqual([alice.address]);
  });

  it("answers the SDK's own client, too", async () => {
    bids();
    const { cert, key } = alice.certificate(running.world);
    const sdk = createProviderSDK({
      baseUrl: `https://localhost:${running.gateway.grpcPort}`,
      authentication: { type: 'mtls', cert, key },
    });
    const answer = await sdk.akash.provider.v1.bidScreening({
      groupSpec: fromGroupSpec(GROUP),
      hostnames: [],
    });
    expect(answer).toMatchObject({ passed: true, price: { amount: '5966.865834' } });
    const { cluster } = await sdk.akash.provider.v1.getStatus({});
    expect(cluster?.leases?.active).toBe(0);
  });

  it.each<readonly [string, number, string, () => Promise<unknown>]>([
    [
      'with a token that is none',
      status.INVALID_ARGUMENT,
      'TokenMalformed',
      () => client({ token: 'x' }).screen(GROUP),
    ],
    [
      'with a certificate that the chain does not know',
      status.UNAUTHENTICATED,
      'CertificateUnknown',
      () =>
        client({
          pair: (({ certPem, keyPem }) => ({ cert: certPem, key: keyPem }))(aPair(alice.address)),
        }).screen(GROUP),
    ],
    [
      'without a group',
      status.INVALID_ARGUMENT,
      'MalformedRequest',
      () => client().screen(undefined),
    ],
    [
      'with more units than any deployment has',
      status.INVALID_ARGUMENT,
      'MalformedRequest',
      () =>
        client().screen({ ...GROUP, units: Array.from({ length: 101 }, () => GROUP.units).flat() }),
    ],
  ])('%s is refused', async (_name, code, berthCode, call) => {
    const result = await call();
    expect(result).toMatchObject({ ok: false, status: code, code: berthCode });
    expect((result as { details: string }).details).toMatch(new RegExp(`^${berthCode}: .+`));
  });

  it('with both a certificate and a token is ambiguous', async () => {
    const both = client({ pair: alice.certificate(running.world), token: await alice.token() });
    expect(await both.screen(GROUP)).toMatchObject({ ok: false, code: 'AmbiguousCredentials' });
  });

  it('is UNAVAILABLE with the reason while nobody leads', async () => {
    running.world.screen = async () => {
      throw new Problem('ScreeningUnavailable', 'the operator cannot answer now: NotLeading: …', {
        retryAfterSeconds: 5,
      });
    };
    expect(await client().screen(GROUP)).toEqual({
      ok: false,
      status: status.UNAVAILABLE,
      details: 'ScreeningUnavailable: the operator cannot answer now: NotLeading: …',
      code: 'ScreeningUnavailable',
      retryAfter: '5',
    });
  });

  it('that fails for a fault of ours tells nothing of it, and the log has it', async () => {
    running.world.screen = async () => {
      throw new Error('the secret of the house');
    };
    const result = await client().screen(GROUP);
    expect(result).toMatchObject({ ok: false, status: status.INTERNAL, code: 'InternalError' });
    expect(JSON.stringify(result)).not.toContain('secret');
    expect(running.logged()).toContain('the secret of the house');
  });

  it("is given up, and its question with it, when the client's deadline passes", async () => {
    const given: AbortSignal[] = [];
    running.world.screen = (_question, signal) =>
      new Promise((resolve) => {
        given.push(signal);
        signal.addEventListener('abort', () => {
          resolve({ reasons: [], price: undefined, offers: [] });
        });
      });
    const result = await client({ deadlineMs: 200 }).screen(GROUP);
    expect(result).toMatchObject({ ok: false, status: status.DEADLINE_EXCEEDED });
    expect(given).toHaveLength(1);
  });
});

describe('GetStatus and StreamStatus', () => {
  it('tell what GET /status tells', async () => {
    const amounts = { milliCpu: 2500n, gpus: 2n, memoryBytes: GIB, ephemeralBytes: 0n };
    running.world.snapshot = {
      activeLeases: [amounts, amounts],
      openBids: [amounts],
      nodes: [
        {
          name: 'h100-1',
          allocatable: { ...amounts, gpus: 8n },
          available: { ...amounts, gpus: 6n, milliCpu: 500n },
        },
      ],
      manifests: 1,
    };
    const result = await client().getStatus();
    if (!result.ok) throw new Error(result.details);
    const { cluster, bidEngine, manifest, publicHostnames, timestamp } = result.answer;
    expect(cluster?.leases?.active).toBe(2);
    expect(bidEngine?.orders).toBe(1);
    expect(manifest?.deployments).toBe(1);
    expect(publicHostnames).toEqual([HOSTNAME]);
    expect(Math.abs((timestamp?.getTime() ?? 0) - Date.now())).toBeLessThan(60_000);
    expect(cluster?.inventory?.reservations?.active).toMatchObject({
      count: 2,
      resources: { cpu: { string: '5000m' }, gpu: { string: '4' } },
    });
    const [node] = cluster?.inventory?.cluster?.nodes ?? [];
    expect(node).toMatchObject({
      name: 'h100-1',
      resources: {
        gpu: { quantity: { allocatable: { string: '8' }, allocated: { string: '2' } } },
        cpu: { quantity: { allocatable: { string: '2500m' }, allocated: { string: '2000m' } } },
      },
    });
  });

  it('are UNAVAILABLE while the API server does not answer', async () => {
    running.world.clusterUp = false;
    const result = await client().getStatus();
    running.world.clusterUp = true;
    expect(result).toMatchObject({ status: status.UNAVAILABLE, code: 'ClusterUnavailable' });
  });

  it('as a stream go on until the client ends it', async () => {
    const stream = client().streamStatus();
    const seen: number[] = [];
    for await (const next of stream as AsyncIterable<{ cluster: unknown }>) {
      seen.push(1);
      expect(next.cluster).toBeDefined();
      if (seen.length === 3) break;
    }
    expect(seen).toHaveLength(3);
  });

  it('as a stream end with the reason when the gateway stops', async () => {
    const stopping = await another({});
    const stream = grpcClient({ port: stopping.gateway.grpcPort }).streamStatus();
    const ended = new Promise((resolve) => {
      stream.once('error', (error) => {
        resolve(refusalOf(error as Parameters<typeof refusalOf>[0]));
      });
    });
    await new Promise((resolve) => stream.once('data', resolve));
    await stopping.gateway.stop();
    expect(await ended).toMatchObject({ status: status.UNAVAILABLE, code: 'ShuttingDown' });
  });
});

describe('the certificate that gRPC shows', () => {
  const shownFor = (port: number, servername: string): Promise<string | undefined> =>
    new Promise((resolve, reject) => {
      const socket = connect(
        { port, servername, rejectUnauthorized: false, ALPNProtocols: ['h2'] },
        () => {
          resolve(socket.getPeerCertificate().subject.CN as string | undefined);
          socket.destroy();
        },
      );
      socket.once('error', reject);
    });

  it('is chosen as for HTTPS, and a renewed one is shown after a reload', async () => {
    const own = await another({ publicPair });
    const port = own.gateway.grpcPort;
    expect(await shownFor(port, HOSTNAME)).toBe(HOSTNAME);
    expect(await shownFor(port, `mtls.${HOSTNAME}`)).toBe(PROVIDER);
    own.gateway.useCertificates({
      publicPair: aPair('renewed.example.com'),
      providerPair: aPair('akash1renewed'),
    });
    expect(await shownFor(port, HOSTNAME)).toBe('renewed.example.com');
    expect(await shownFor(port, `mtls.${HOSTNAME}`)).toBe('akash1renewed');
  });
});

describe('limits of gRPC', () => {
  it('a message longer than 128 KiB is not read', async () => {
    const result = await client().raw(
      '/akash.provider.v1.ProviderRPC/BidScreening',
      new Uint8Array(128 * 1024 + 1),
    );
    expect(result).toMatchObject({ ok: false, status: status.RESOURCE_EXHAUSTED });
  });

  it('bytes that are no request are refused', async () => {
    const result = await client().raw(
      '/akash.provider.v1.ProviderRPC/BidScreening',
      new Uint8Array([0x0a, 0xff, 0xff]),
    );
    expect(result.ok).toBe(false);
  });

  it('methods that are not served say so', async () => {
    const result = await client().raw(
      '/akash.provider.lease.v1.LeaseRPC/ServiceLogs',
      new Uint8Array(),
    );
    expect(result).toMatchObject({ ok: false, status: status.UNIMPLEMENTED });
  });

  it('calls are counted by address, together with those over HTTPS', async () => {
    const small = await another({
      limits: { perAddress: { burst: 3, perSecond: 0.001, maxKeys: 10 } },
    });
    const one = client({ port: small.gateway.grpcPort });
    expect(await send({ port: small.gateway.port, path: '/address' })).toMatchObject({
      status: 200,
    });
    const results = [];
    for (let i = 0; i < 3; i += 1) results.push(await one.getStatus());
    expect(results.map((r) => r.ok)).toEqual([true, true, false]);
    expect(results[2]).toMatchObject({
      status: status.RESOURCE_EXHAUSTED,
      code: 'TooManyRequests',
    });
    expect(await small.metrics.registry.metrics()).toMatch(
      /berth_gateway_requests_total\{route="\/akash.provider.v1.ProviderRPC\/GetStatus",status="429",code="TooManyRequests"\} 1/,
    );
  });

  it('screenings of all clients together are bounded', async () => {
    const small = await another({
      limits: { screenings: { burst: 1, perSecond: 0.001, maxKeys: 1 } },
    });
    const port = small.gateway.grpcPort;
    expect(await client({ port }).screen(GROUP)).toMatchObject({ ok: true });
    expect(await client({ port }).screen(GROUP)).toMatchObject({
      status: status.UNAVAILABLE,
      code: 'Overloaded',
    });
    expect(await client({ port }).getStatus()).toMatchObject({ ok: true });
  });

  it('a call that sends no message is ended', async () => {
    const strict = await another({
      limits: {
        timeouts: {
          handshakeMs: 2000,
          headersMs: 100,
          requestMs: 100,
          keepAliveMs: 60_000,
          checkMs: 50,
        },
      },
    });
    const result = await client({ port: strict.gateway.grpcPort }).silent(
      '/akash.provider.v1.ProviderRPC/BidScreening',
    );
    expect(result).toMatchObject({ ok: false, code: 'MalformedRequest' });
  });

  it('a client that speaks no HTTP/2 is shown the door', async () => {
    const { grpcPort: port } = running.gateway;
    const socket = connect({ port, servername: HOSTNAME, rejectUnauthorized: false });
    await new Promise((resolve) => socket.once('close', resolve));
    expect(await running.metrics.registry.metrics()).toMatch(
      /berth_gateway_client_errors_total\{code="(NO_H2|[A-Z_]*ALPN[A-Z_]*)"\} 1/,
    );
  });
});
