import { describe, expect, it } from '@jest/globals';
import { ConfigError, parseConfig, readConfig } from './config.js';

describe('parseConfig', () => {
  it('needs only the key file', () => {
    const config = parseConfig('keyFile: /key\n', 'test.yaml');
    expect(config.namespace).toBe('berth-system');
    expect(config.timings.recountMs).toBe(15_000);
    expect(config.leaderElection.enabled).toBe(true);
  });

  it.each([
    ['a missing key file', 'namespace: a\n', 'keyFile'],
    [
      'a key in two places',
      'keyFile: /k\nsigner: {url: "https://s:1", caFile: /a, certFile: /b, keyFile: /c, tokenFile: /d}\n',
      'keyFile: set either',
    ],
    [
      'a signer without TLS',
      'signer: {url: "http://s:1", caFile: /a, certFile: /b, keyFile: /c, tokenFile: /d}\n',
      'signer.url',
    ],
    ['an unknown key', 'keyFile: /k\nkeyfile: /k\n', 'keyfile'],
    [
      'a gas price without its unit',
      'keyFile: /k\ngasPrice: "0.025"\n',
      'gasPrice: must be an amount of uakt',
    ],
    ['a nested number out of range', 'keyFile: /k\nhttp: {port: 70000}\n', 'http.port'],
    ['broken YAML', 'keyFile: [\n', 'not valid YAML'],
  ])('refuses %s and says where', (_name, text, want) => {
    expect(() => parseConfig(text, 'test.yaml')).toThrow(ConfigError);
    expect(() => parseConfig(text, 'test.yaml')).toThrow(want);
  });

  it('names the file it could not read', () => {
    expect(() => readConfig('/nonexistent/berth.yaml')).toThrow('/nonexistent/berth.yaml');
  });
});
