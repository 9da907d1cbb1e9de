import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { stringify } from 'yaml';
import { FakeClock } from '../testing/fake-clock.js';
import { isKubeAccessError } from './access.js';
import { inClusterAccess, isInCluster } from './in-cluster.js';
import { kubeconfigAccess } from './kubeconfig.js';

const dir = mkdtempSync(join(tmpdir(), 'berth-access-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const base64 = (text: string): string => Buffer.from(text).toString('base64');

interface Parts {
  readonly cluster?: object;
  readonly user?: object;
  readonly context?: object;
}

const write = ({ cluster = {}, user = {}, context = {} }: Parts): string => {
  const path = join(dir, 'config');
  const config = {
    'current-context': 'here',
    contexts: [{ name: 'here', context: { cluster: 'c', user: 'u', ...context } }],
    clusters: [{ name: 'c', cluster: { server: 'https://k8s.example.com:6443/', ...cluster } }],
    users: [{ name: 'u', user }],
  };
  writeFileSync(path, stringify(config));
  return path;
};
const open = (parts: Parts, clock = new FakeClock()): ReturnType<typeof kubeconfigAccess> =>
  kubeconfigAccess({ path: write(parts), clock, env: {} });

const fieldOf = async (work: Promise<unknown>): Promise<string> => {
  try {
    await work;
  } catch (error) {
    if (isKubeAccessError(error)) return error.field;
    throw error;
  }
  return 'no error';
};

describe('kubeconfigAccess', () => {
  it('reads server, namespace, authority and client certificate, inline before file', async () => {
    writeFileSync(join(dir, 'ca.pem'), 'from file');
    const access = await open({
      cluster: { 'certificate-authority': 'ca.pem', 'tls-server-name': 'kubernetes' },
      user: {
        'client-certificate-data': base64('cert'),
        'client-key-data': base64('key'),
        'client-key': 'x',
      },
      context: { namespace: 'berth' },
    });
    expect([access.server, access.namespace]).toEqual(['https://k8s.example.com:6443', 'berth']);
    expect(await access.credentials()).toEqual({
      tls: {
        ca: 'from file',
        cert: 'cert',
        key: 'key',
        serverName: 'kubernetes',
        insecureSkipVerify: undefined,
      },
      headers: {},
    });
  });

  it.each([
    ['a token', { token: 'abc' }, { authorization: 'Bearer abc' }],
    [
      'name and password',
      { username: 'a', password: 'b' },
      { authorization: `Basic ${base64('a:b')}` },
    ],
    [
      'an impersonated user',
      { token: 'abc', as: 'bob' },
      { authorization: 'Bearer abc', 'impersonate-user': 'bob' },
    ],
    ['nothing', {}, {}],
  ])('presents %s', async (_name, user, want) => {
    expect((await (await open({ user })).credentials()).headers).toEqual(want);
  });

  it('reads a token file again after a minute, and keeps the last token when the file is gone', async () => {
    const clock = new FakeClock();
    const path = join(dir, 'token');
    writeFileSync(path, 'one\n');
    const access = await open({ user: { tokenFile: 'token' } }, clock);
    const token = async (): Promise<string | undefined> =>
      (await access.credentials()).headers['authorization'];
    expect(await token()).toBe('Bearer one');
    writeFileSync(path, 'two');
    await clock.advance(59_000);
    expect(await token()).toBe('Bearer one');
    await clock.advance(1_000);
    expect(await token()).toBe('Bearer two');
    rmSync(path);
    await clock.advance(60_000);
    expect(await token()).toBe('Bearer two');
  });

  it.each([
    ['plain http', { cluster: { server: 'http://k8s.example.com' } }, 'kubeconfig cluster server'],
    ['a server that is no URL', { cluster: { server: 'k8s' } }, 'kubeconfig cluster server'],
    [
      'a legacy auth provider',
      { user: { 'auth-provider': { name: 'gcp' } } },
      'kubeconfig user auth-provider',
    ],
    ['impersonated groups', { user: { 'as-groups': ['a'] } }, 'kubeconfig user as-groups'],
    ['a user that is not there', { context: { user: 'nobody' } }, 'kubeconfig users'],
    ['a cluster that is not there', { context: { cluster: 'none' } }, 'kubeconfig clusters'],
    [
      'a server that is a number',
      { cluster: { server: 5 } },
      'kubeconfig clusters.0.cluster.server',
    ],
  ])('refuses %s and names the field', async (_name, parts, want) => {
    expect(await fieldOf(open(parts))).toBe(want);
  });

  it('refuses an unknown context with the known ones, a missing file, and what is no YAML', async () => {
    const clock = new FakeClock();
    const path = write({});
    await expect(kubeconfigAccess({ path, context: 'there', clock, env: {} })).rejects.toThrow(
      'kubeconfig contexts: there is no "there"; there are: here',
    );
    expect(await fieldOf(kubeconfigAccess({ path: join(dir, 'no'), clock, env: {} }))).toBe(
      'kubeconfig',
    );
    writeFileSync(path, '{');
    expect(await fieldOf(kubeconfigAccess({ path, clock, env: {} }))).toBe('kubeconfig');
  });
});

describe('an exec plugin', () => {
  const exec = {
    apiVersion: 'client.authentication.k8s.io/v1',
    command: 'get-token',
    args: ['-x'],
    env: [{ name: 'A', value: '1' }],
  };
  const credential = (status: object): string => JSON.stringify({ kind: 'ExecCredential', status });

  it('is run once for as long as its credential lives, and again when the server refused it', async () => {
    const clock = new FakeClock();
    const runs: unknown[] = [];
    const access = await kubeconfigAccess({
      path: write({ user: { exec } }),
      clock,
      env: { HOME: '/home' },
      runPlugin: async (command, args, env) => {
        runs.push([command, args, env['A'], env['HOME']]);
        const expirationTimestamp = new Date(clock.now() + 60_000).toISOString();
        return credential({ token: `t${runs.length}`, expirationTimestamp });
      },
    });
    const token = async (): Promise<string | undefined> =>
      (await access.credentials()).headers['authorization'];
    expect(await Promise.all([token(), token()])).toEqual(['Bearer t1', 'Bearer t1']);
    expect(runs[0]).toEqual(['get-token', ['-x'], '1', '/home']);
    await clock.advance(60_000);
    expect(await token()).toBe('Bearer t2');
    access.refused();
    expect(await token()).toBe('Bearer t3');
  });

  it('may give a client certificate', async () => {
    const access = await kubeconfigAccess({
      path: write({ user: { exec } }),
      clock: new FakeClock(),
      env: {},
      runPlugin: async () => credential({ clientCertificateData: 'c', clientKeyData: 'k' }),
    });
    expect((await access.credentials()).tls).toMatchObject({ cert: 'c', key: 'k' });
  });

  it('that fails or talks nonsense says so with its hint, and is tried again', async () => {
    const answers = [
      Promise.reject(new Error('exit 1')),
      Promise.resolve('hello'),
      Promise.resolve(credential({ token: 't' })),
    ];
    answers[0]?.catch(() => undefined);
    const access = await kubeconfigAccess({
      path: write({ user: { exec: { ...exec, installHint: 'Install it.' } } }),
      clock: new FakeClock(),
      env: {},
      runPlugin: () => answers.shift() ?? Promise.reject(new Error('no more')),
    });
    await expect(access.credentials()).rejects.toThrow('get-token failed. Install it.');
    await expect(access.credentials()).rejects.toThrow('get-token printed no ExecCredential');
    expect((await access.credentials()).headers).toEqual({ authorization: 'Bearer t' });
  });

  it('is a real program', async () => {
    const script = `process.stdout.write(${JSON.stringify(credential({ token: 'real' }))})`;
    const real = { ...exec, command: process.execPath, args: ['-e', script] };
    expect((await (await open({ user: { exec: real } })).credentials()).headers).toEqual({
      authorization: 'Bearer real',
    });
    const failing = { ...exec, command: process.execPath, args: ['-e', 'process.exit(3)'] };
    expect(await fieldOf((await open({ user: { exec: failing } })).credentials())).toBe(
      'kubeconfig user exec',
    );
  });
});

describe('inClusterAccess', () => {
  const clock = new FakeClock();
  const env = { KUBERNETES_SERVICE_HOST: 'fd00::1', KUBERNETES_SERVICE_PORT: '6443' };

  it("reads the service account's files", async () => {
    for (const [file, text] of [
      ['namespace', 'berth\n'],
      ['ca.crt', 'ca'],
      ['token', 'tok\n'],
    ] as const)
      writeFileSync(join(dir, file), text);
    const access = await inClusterAccess({ env, clock, folder: dir });
    expect([access.server, access.namespace]).toEqual(['https://[fd00::1]:6443', 'berth']);
    expect(await access.credentials()).toEqual({
      tls: { ca: 'ca' },
      headers: { authorization: 'Bearer tok' },
    });
    writeFileSync(join(dir, 'token'), 'new');
    access.refused();
    expect((await access.credentials()).headers).toEqual({ authorization: 'Bearer new' });
  });

  it('says when this is no pod, and when the files are missing', async () => {
    expect([isInCluster({}), isInCluster(env)]).toEqual([false, true]);
    expect(await fieldOf(inClusterAccess({ env: {}, clock, folder: dir }))).toBe(
      'KUBERNETES_SERVICE_HOST',
    );
    expect(await fieldOf(inClusterAccess({ env, clock, folder: join(dir, 'none') }))).toBe(
      'namespace',
    );
  });
});
