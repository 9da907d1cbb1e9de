import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mnemonicFromEntropy } from '../chain/wallet.js';
import { ScriptedRpc } from '../chain/testing/scripted-rpc.js';
import { run } from './app.js';
import type { ExitCode } from './app.js';
import type { Streams } from './terminal.js';

interface Ended {
  readonly exit: ExitCode;
  readonly stdout: string;
  readonly stderr: string;
}

let dir: string;

const text = (stream: PassThrough): string => String((stream.read() as Buffer | null) ?? '');

const berth = async (args: readonly string[], input = ''): Promise<Ended> => {
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
  stdin.end(input);
  const exit = await run(
    args,
    { node: undefined, home: join(dir, 'home') },
    {
      streams: { stdin, stdout, stderr } as unknown as Streams,
      signal: new AbortController().signal,
      interrupt: () => undefined,
      random: (bytes) => randomBytes(bytes),
      env: {},
    },
  );
  return { exit, stdout: text(stdout), stderr: text(stderr) };
};

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'berth-app-'));
});

afterEach(() => rm(dir, { recursive: true }));

describe('berth wallet', () => {
  it('shows a new mnemonic once, on stderr, and only the address on stdout', async () => {
    const { exit, stdout, stderr } = await berth(['wallet', 'create']);
    expect(exit).toBe(0);
    expect(stdout).toMatch(/^akash1[a-z0-9]{38}\n$/);
    const words = /^ {4}((?:[a-z]+ ){23}[a-z]+)$/m.exec(stderr)?.[1];
    const path = join(dir, 'home', 'keys', 'default.key');
    expect((await readFile(path, 'utf8')).trim()).toBe(words);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect((await berth(['wallet', 'address'])).stdout).toBe(stdout);
    expect((await berth(['wallet', 'create'])).exit).toBe(1);
  });

  it('imports from stdin or a file and prints JSON without the words', async () => {
    const words = mnemonicFromEntropy(randomBytes(32));
    const first = await berth(['wallet', 'import', '--output', 'json'], words);
    const { address, path } = JSON.parse(first.stdout) as Record<string, string>;
    expect(address).toMatch(/^akash1/);
    expect(path).toContain(dir);
    await writeFile(join(dir, 'words'), words);
    const second = await berth(['wallet', 'import', '--key', 'copy', '--from', join(dir, 'words')]);
    expect(second.stdout.trim()).toBe(address);
    expect(first.stdout + first.stderr + second.stdout + second.stderr).not.toContain(words);
    const list = await berth(['wallet', 'list', '-o', 'jsonl']);
    expect(
      list.stdout
        .trim()
        .split('\n')
        .map((l) => (JSON.parse(l) as { name: string }).name),
    ).toEqual(['copy', 'default']);
  });

  it.each([
    ['nothing', '', 'there is no mnemonic'],
    ['words that are none', 'correct horse battery staple', 'is not an English BIP-39 mnemonic'],
  ])('refuses %s', async (_name, input, wantText) => {
    const { exit, stdout, stderr } = await berth(['wallet', 'import'], input);
    expect(exit).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toContain(`KeyInvalid: `);
    expect(stderr).toContain(wantText);
    expect(stderr).not.toContain('horse');
  });
});

describe('wrong use', () => {
  it.each([
    [['deploy'], 'UsageInvalid', "missing required argument 'file'"],
    [['fly'], 'UsageInvalid', "unknown command 'fly'"],
    [['leases', '--al'], 'UsageInvalid', "unknown option '--al'"],
    [['leases', '--output', 'xml'], 'OutputInvalid', 'got "xml"'],
    [['leases', '--node', 'ftp://x'], 'NodeInvalid', 'got "ftp://x"'],
    [['leases', '--gas-price', '1'], 'GasPriceInvalid', 'got "1"'],
    [['leases', '--key', 'Nobody'], 'KeyNameInvalid', 'got "Nobody"'],
    [['leases'], 'KeyMissing', 'no key "default"'],
    [['sdl', 'check', '/nonexistent.yaml'], 'FileUnreadable', 'ENOENT'],
    [['deploy', 'examples/web-service.yaml', '--deposit', '5'], 'AmountInvalid', 'deposit: '],
    [['deploy', 'examples/web-service.yaml', '--deposit', '5usd'], 'DenomUnknown', 'got usd'],
    [['deploy', 'examples/web-service.yaml', '--deposit', '0uact'], 'AmountInvalid', 'zero'],
    [['deploy', 'examples/web-service.yaml', '--accept', 'best'], 'AcceptInvalid', 'got "best"'],
    [['deploy', 'examples/web-service.yaml', '--bid-wait', 'long'], 'DurationInvalid', 'bid-wait'],
    [['deploy', 'examples/web-service.yaml', '--settle', '-1'], 'BlocksInvalid', 'got "-1"'],
    [
      ['deploy', 'examples/web-service.yaml', '--max-usd-per-hour', '1e9'],
      'AmountInvalid',
      'max-usd-per-hour',
    ],
    [['deploy', 'examples/web-service.yaml', '--dseq', '0'], 'IdInvalid', 'must not be 0'],
  ])('%j is %s', async (args, wantCode, wantText) => {
    const { exit, stdout, stderr } = await berth(args);
    expect({ exit, stdout }).toEqual({ exit: 2, stdout: '' });
    expect(stderr).toContain(`${wantCode}: `);
    expect(stderr).toContain(wantText);
  });

  it('prints the error as JSON on stdout when JSON was asked for', async () => {
    const pretty = await berth(['status', 'x', '--output', 'json']);
    expect(pretty.exit).toBe(2);
    expect(JSON.parse(pretty.stdout)).toMatchObject({
      error: { code: 'KeyMissing', field: 'key' },
    });
    const line = await berth(['fly', '-o', 'jsonl']);
    expect(line.stdout.trim().split('\n')).toHaveLength(1);
    expect(JSON.parse(line.stdout)).toMatchObject({ error: { code: 'UsageInvalid' } });
    expect(line.stderr).toBe('');
  });

  it('asks nothing without a terminal: a bid must be named beforehand', async () => {
    await berth(['wallet', 'create']);
    const args = ['deploy', 'examples/web-service.yaml', '--node', 'http://127.0.0.1:9'];
    expect(await berth(args)).toMatchObject({
      exit: 2,
      stderr: expect.stringContaining('AcceptMissing'),
    });
  });

  it('needs a node only where the chain is asked', async () => {
    await berth(['wallet', 'create']);
    const { exit, stderr } = await berth(['wallet', 'balance']);
    expect(exit).toBe(2);
    expect(stderr).toContain('NodeMissing: no chain node is given');
    expect(stderr).toContain('BERTH_NODE');
  });

  it('says that the chain does not answer, in one line', async () => {
    await berth(['wallet', 'create']);
    const { exit, stderr } = await berth(['leases', '--node', 'http://127.0.0.1:9']);
    expect(exit).toBe(1);
    expect(stderr).toMatch(/^ChainUnavailable: the chain did not answer: /);
  });

  it('helps when asked, and that is no failure', async () => {
    const { exit, stdout } = await berth(['deploy', '--help']);
    expect(exit).toBe(0);
    expect(stdout).toContain('--max-usd-per-hour');
    expect(stdout).toContain('--node <url>');
  });
});

describe('berth sdl check', () => {
  it('says what an SDL asks for', async () => {
    const { exit, stdout } = await berth(['sdl', 'check', 'examples/training-job.yaml']);
    expect(exit).toBe(0);
    expect(stdout).toContain('8 x h100 80Gi sxm');
    expect(stdout).toContain('datacenter pays at most 50000 uact/block\n');
    expect(stdout).toMatch(/manifest [0-9a-f]{64}\n$/);
  });

  it('reads stdin, and prices by the hour when there is a chain to measure', async () => {
    const rpc = await ScriptedRpc.start();
    try {
      for (let i = 0; i < 10; i += 1) rpc.addBlock();
      const sdl = await readFile('examples/training-job.yaml', 'utf8');
      const args = ['sdl', 'check', '-', '--output', 'json', '--node', rpc.url];
      expect(JSON.parse((await berth(args, sdl)).stdout)).toMatchObject({
        groups: [
          {
            name: 'datacenter',
            maxPrice: '50000uact',
            // 50000 uact a block, blocks of one second
            maxUsdPerHour: '180',
            gpus: [{ model: 'h100', count: 8 }],
          },
        ],
      });
    } finally {
      await rpc.stop();
    }
  });

  it('names every mistake with its line', async () => {
    const sdl = (await readFile('examples/web-service.yaml', 'utf8'))
      .replace('count: 2', 'count: two')
      .replace('image: nginx:1.29', 'imagee: nginx:1.29');
    const { exit, stderr } = await berth(['sdl', 'check', '-'], sdl);
    expect(exit).toBe(2);
    const lineOf = (text: string): number => sdl.slice(0, sdl.indexOf(text)).split('\n').length;
    const count = `\\(line ${lineOf('count: two')}\\)`;
    expect(stderr).toMatch(new RegExp(`^SdlInvalid: standard input: .*count.*${count}$`, 'm'));
    expect(stderr).toMatch(
      new RegExp(`^SdlInvalid: .*imagee.*\\(line ${lineOf('imagee')}\\)$`, 'm'),
    );
  });
});
