import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { run } from './app.js';
import type { ExitCode } from './app.js';
import type { Streams } from './terminal.js';

interface Ended {
  readonly exit: ExitCode;
  readonly stdout: string;
  readonly stderr: string;
}

let dir: string;
let server: Server | undefined;
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
      random: (bytes) => new Uint8Array(bytes),
      env: {},
    },
  );
  return { exit, stdout: text(stdout), stderr: text(stderr) };
};
const file = async (name: string, content: string): Promise<string> => {
  const path = join(dir, name);
  await writeFile(path, content);
  return path;
};

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'berth-pricing-'));
});
afterEach(async () => {
  server?.close();
  server = undefined;
  await rm(dir, { recursive: true });
});

const BOOK = `apiVersion: berth.dev/v1alpha1
kind: PricingPolicy
metadata:
  name: standard
spec:
  rates:
    cpuUsdPerHour: "0.01"
    storageGibUsdPerHour:
      "*": "0"
    gpus:
      - model: h100
        usdPerHour: "2.5"
      - model: rtx4090
        usdPerHour: 0.4
`;
const GOOD = BOOK.replace('0.4', '"0.4"');
const CLUSTER = `nodes:
  - { name: h100, count: 1, cpu: "64", memory: 512Gi, ephemeralStorage: 1Ti,
      gpu: { product: NVIDIA-H100-80GB-HBM3, count: 8, memoryMiB: 81559 } }
`;

describe('berth pricing lint', () => {
  it.each([
    [
      'a number that is no text',
      BOOK,
      14,
      'rates.gpus[1].usdPerHour',
      'must be a decimal in quotes',
    ],
    ['a misspelt field', GOOD.replace('gpus:', 'gpu:'), 10, 'rates.gpu', 'is unknown'],
    [
      'a missing table',
      'kind: PricingPolicy\nspec:\n  priority: 1\n',
      2,
      'rates',
      'must be an object',
    ],
    ['another kind', 'kind: Pod\n', 1, 'kind', 'is a "Pod", no PricingPolicy'],
    ['no YAML', 'a: [', 1, '', 'Flow sequence'],
    [
      'the second of two documents',
      `${GOOD}---\n${BOOK}`,
      29,
      'rates.gpus[1].usdPerHour',
      'must be',
    ],
  ])('names field and line of %s', async (_name, content, line, field, problem) => {
    const path = await file('book.yaml', content);
    const { exit, stdout } = await berth(['pricing', 'lint', path, '-o', 'json']);
    expect(exit).toBe(2);
    const { error } = JSON.parse(stdout) as {
      error: { code: string; field?: string; message: string };
    };
    expect([error.code, error.field]).toEqual(['PolicyInvalid', field]);
    expect(error.message.startsWith(`${path}:${line}: `)).toBe(true);
    expect(error.message).toContain(problem);
  });

  it('passes a good book and tells what is seldom meant', async () => {
    const { exit, stdout, stderr } = await berth([
      'pricing',
      'lint',
      await file('book.yaml', GOOD),
    ]);
    expect([exit, stdout]).toEqual([0, 'standard: priority 0, for every order, 2 GPU rates\n']);
    expect(stderr).toContain('no rate for model "*"');
  });
});

describe('berth pricing convert', () => {
  it('prints a book that lint passes, with what proves it', async () => {
    const settings =
      '# prices\nexport PRICE_TARGET_CPU="1.5"\nPRICE_TARGET_GPU_MAPPINGS=h100=1500,a100.80Gi=900\n';
    const { exit, stdout, stderr } = await berth(
      ['pricing', 'convert', '-', '--name', 'mine'],
      settings,
    );
    expect(exit).toBe(0);
    expect(stderr).toMatch(/999 sample orders priced both ways: [1-9]\d+ bids, all equal/);
    expect(parse(stdout)).toMatchObject({
      kind: 'PricingPolicy',
      metadata: { name: 'mine' },
      spec: { monthlyRates: { cpuUsdPerMonth: '1.5' } },
    });
    expect((await berth(['pricing', 'lint', '-'], stdout)).exit).toBe(0);
  });

  it('names a setting that cannot be read', async () => {
    const { exit, stderr } = await berth(['pricing', 'convert', '-'], 'PRICE_TARGET_IP=five\n');
    expect(exit).toBe(2);
    expect(stderr).toMatch(/^PriceTargetInvalid: PRICE_TARGET_IP: must be US dollars/);
  });
});

describe('berth explain without an operator', () => {
  const ask = async (...args: readonly string[]): Promise<Ended> =>
    berth([
      ...['explain', ...args, '--policy', await file('book.yaml', GOOD)],
      ...['--cluster', await file('nodes.yaml', CLUSTER)],
    ]);

  it('prices a hypothetical order and tells where it would go', async () => {
    const { exit, stdout } = await ask(
      '--gpu',
      '2xh100/80Gi/sxm',
      '--cpu',
      '4',
      '--memory',
      '16Gi',
    );
    expect(exit).toBe(0);
    expect(stdout).toContain('hypothetical order: would bid, 5.04 USD per hour');
    expect(stdout).toMatch(/on h100\S* \(2 GPUs\)/);
  });

  it('tells every reason against one', async () => {
    const { stdout } = await ask('--gpu', '9xh100', '--cpu', '100');
    expect(stdout).toContain('hypothetical order: no bid');
    expect(stdout).toContain('InsufficientGpus: needs 9 h100 on one node');
    expect(stdout).toContain('InsufficientCpu: needs 100 vCPU on one node');
  });

  it('explains the examples', async () => {
    const { exit, stdout } = await ask('examples/web-service.yaml', '-o', 'json');
    expect(exit).toBe(0);
    const { explanations } = JSON.parse(stdout) as { explanations: Record<string, unknown>[] };
    expect(explanations).toMatchObject([{ asked: 'examples/web-service.yaml', result: 'bid' }]);
  });

  it.each([
    ['--gpu', 'h100', 'GpuInvalid'],
    ['--memory', '16GB', 'SizeInvalid'],
    ['--cpu', 'all', 'NumberInvalid'],
    ['--count', '0', 'NumberInvalid'],
  ])('refuses %s %s', async (option, value, code) => {
    const { exit, stderr } = await ask(option, value);
    expect([exit, stderr.split(':')[0]]).toEqual([2, code]);
  });

  it('an order on chain needs the operator', async () => {
    const { stderr } = await ask('akash1qufa3xzrf34qvwyejkhvnc4psf49fftaw0asmh/1/1/1');
    expect(stderr).toMatch(/^OperatorMissing: /);
  });
});

describe('berth explain at the operator', () => {
  const ORDER = 'akash1qufa3xzrf34qvwyejkhvnc4psf49fftaw0asmh/1/1/1';
  const answering = async (status: number, body: unknown) => {
    const asked: { authorization: string | undefined; body: unknown }[] = [];
    const listening = createServer((request, response) => {
      let given = '';
      request.on('data', (chunk: Buffer) => (given += chunk.toString()));
      request.on('end', () => {
        asked.push({
          authorization: request.headers.authorization,
          body: JSON.parse(given) as unknown,
        });
        response.writeHead(status).end(JSON.stringify(body));
      });
    });
    server = listening;
    await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve));
    const { port } = listening.address() as AddressInfo;
    const token = await file('token', 'secret\n');
    const args = ['--operator', `http://127.0.0.1:${port}`, '--operator-token-file', token];
    return { asked, ask: (what: string) => berth(['explain', what, ...args]) };
  };

  it('asks about the order with the token and prints the reasons', async () => {
    const { asked, ask } = await answering(200, {
      explanations: [
        {
          ...{ order: ORDER, result: 'skip', checks: [], placement: [], quote: null, policies: [] },
          reasons: [{ code: 'TenantDenied', message: 'policy standard denies \u001b[31mhim' }],
        },
      ],
    });
    const { exit, stdout } = await ask(ORDER);
    expect(exit).toBe(0);
    expect(stdout).toContain('TenantDenied: policy standard denies ');
    expect(stdout).not.toContain('\u001b');
    expect(asked).toEqual([{ authorization: 'Bearer secret', body: { order: ORDER } }]);
  });

  it.each([
    [503, { error: { code: 'NotLeading', message: 'another leads' } }, 'NotLeading: another leads'],
    [200, { explanations: 'none' }, 'OperatorAnswerUnreadable: '],
  ])('tells a refusal of %d', async (status, body, want) => {
    const { exit, stderr } = await (await answering(status, body)).ask(ORDER);
    expect(exit).toBe(1);
    expect(stderr.startsWith(want)).toBe(true);
  });

  it('nobody there', async () => {
    const { ask } = await answering(200, {});
    server?.close();
    const { exit, stderr } = await ask(ORDER);
    expect([exit, stderr.split(':')[0]]).toEqual([1, 'OperatorUnreachable']);
  });
});
