import { describe, expect, it } from '@jest/globals';
import { isConfigError, parseConfig } from './config.js';
import { gatewayLimits, leaseWait } from './limit-settings.js';

const PROVIDER = 'akash1365yvmc4s7awdyj3n2sav7xfx76adc6dnmlx63';

const refusal = (
  text: string,
): { readonly message: string; readonly fields: readonly string[] } => {
  try {
    parseConfig(text, 'gateway.yaml');
  } catch (error) {
    if (isConfigError(error)) return error;
    throw error;
  }
  throw new Error('the configuration was accepted');
};

describe('the configuration', () => {
  it('of the chart is accepted, and the rest has defaults', () => {
    const config = parseConfig(
      [
        'namespace: berth',
        'computeProvider: provider',
        'certificateSecret: berth-gateway-certificate',
        'http:',
        '  host: 0.0.0.0',
        '  port: 9091',
        'logLevel: info',
      ].join('\n'),
      'gateway.yaml',
    );
    expect(config).toMatchObject({
      namespace: 'berth',
      listen: { host: '0.0.0.0', port: 8443 },
      http: { host: '0.0.0.0', port: 9091 },
      tokens: { maxLifetimeSeconds: 900, skewSeconds: 30 },
      certificates: { recheckSeconds: 10 },
      manifest: { waitSeconds: 30 },
      limits: { maxBodyBytes: 1_048_576 },
    });
  });

  it('may be empty inside a pod', () => {
    expect(parseConfig('', 'gateway.yaml').computeProvider).toBe('provider');
  });

  it('may name provider, chain and certificate files itself', () => {
    const config = parseConfig(
      `
kubeconfig: /tmp/kubeconfig
provider: { address: ${PROVIDER}, hostname: provider.example.com }
chain: { endpoints: ['http://127.0.0.1:26657'] }
tls:
  provider: { certFile: a.pem, keyFile: b.pem }
  public: { certFile: c.pem, keyFile: d.pem }
`,
      'gateway.yaml',
    );
    expect(config.provider).toEqual({
      address: PROVIDER,
      hostname: 'provider.example.com',
      staticHosts: true,
    });
  });

  it('may name the screening service', () => {
    const { grpc, screening } = parseConfig(
      'screening: { url: "http://operator:9091", tokenFile: /run/token }',
      'gateway.yaml',
    );
    expect(grpc).toEqual({ host: '0.0.0.0', port: 8444 });
    expect(screening).toEqual({ url: 'http://operator:9091', tokenFile: '/run/token' });
  });

  it('turns its seconds into milliseconds', () => {
    const config = parseConfig('manifest: { waitSeconds: 1.5 }', 'gateway.yaml');
    expect(leaseWait(config)).toEqual({ timeoutMs: 1500, pollMs: 1000, maxWaiting: 256 });
    expect(gatewayLimits(config).timeouts).toEqual({
      handshakeMs: 10_000,
      headersMs: 10_000,
      requestMs: 60_000,
      keepAliveMs: 30_000,
      checkMs: 1000,
    });
  });

  it.each<readonly [string, string, readonly string[], RegExp]>([
    ['no YAML', 'a: [', ['(file)'], /is not YAML/],
    ['a list', '- a', ['(file)'], /object/],
    ['an unknown key', 'listn: {}', ['listn'], /listn/],
    ['an unknown key further down', 'limits: { maxBody: 1 }', ['limits.maxBody'], /maxBody/],
    ['a port that is none', 'listen: { port: 70000 }', ['listen.port'], /65535/],
    [
      'an address that is none',
      'provider: { address: me, hostname: a.b }',
      ['provider.address'],
      /bech32/,
    ],
    [
      'a hostname in upper case',
      `provider: { address: ${PROVIDER}, hostname: Provider.example.com }`,
      ['provider.hostname'],
      /lower-case host name/,
    ],
    [
      'a screening service without a token',
      'screening: { url: "http://a" }',
      ['screening.tokenFile'],
      /./,
    ],
    ['no endpoint', 'chain: { endpoints: [] }', ['chain.endpoints'], /./],
    ['an endpoint that is no URL', 'chain: { endpoints: [nope] }', ['chain.endpoints.0'], /URL/],
    ['a key without certificate', 'tls: { public: { keyFile: k } }', ['tls.public.certFile'], /./],
    [
      'two faults at once',
      'http: { port: x }\nlogLevel: loud',
      ['http.port', 'logLevel'],
      /http\.port: .*\n.*logLevel: /,
    ],
  ])('with %s is refused, naming the field', (_name, text, fields, message) => {
    const error = refusal(text);
    expect(error.fields).toEqual(fields);
    expect(error.message).toMatch(message);
    expect(error.message).toContain('gateway.yaml');
  });
});
