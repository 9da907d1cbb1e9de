import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { anOrder } from '../../bidengine/testing/order-builder.js';
import { formatBookLine } from '../../history/order-book-lines.js';
import type { BookLine } from '../../history/order-book-lines.js';
import { bidIdOf } from '../../market/ids.js';
import { Decimal } from '../../market/money.js';
import { run } from '../app.js';
import type { Process } from '../wiring.js';

const ROOT = join(import.meta.dirname, '../..');
const FLAT = join(ROOT, 'examples/pricing/flat.yaml');
const CURVE = join(ROOT, 'examples/pricing/curve.yaml');
const CLUSTER = join(ROOT, 'hack/cluster/nodes.yaml');
const RIVAL = 'akash1755j742uefcjur6qy6ylgkne80xsqn4dcs360u';

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'berth-backtest-'));
});
afterAll(() => rm(dir, { recursive: true }));

const berth = async (...args: readonly string[]) => {
  let [stdout, stderr] = ['', ''];
  const streams = {
    stdin: process.stdin,
    stdout: { write: (text: string) => (stdout += text) },
    stderr: { write: (text: string) => (stderr += text), isTTY: false },
  };
  const code = await run(['backtest', ...args], { node: undefined, home: dir }, {
    ...{ streams, signal: new AbortController().signal, interrupt: () => undefined, env: {} },
    random: () => new Uint8Array(),
  } as unknown as Process);
  return { code, stdout, stderr };
};

/** An order of eight H100 that a rival won at `price`, block 14 to 614. */
const leased = (dseq: number, price: string): readonly BookLine[] => {
  const { id, spec } = anOrder(BigInt(dseq)).withGpu('nvidia', 'h100', 8).withPrice('90000').obj();
  const at = (height: number) => ({ height: BigInt(height), timeMs: height * 6_000 });
  const amount = { denom: 'uact', amount: new Decimal(price) };
  return [
    { type: 'order', at: at(10), id, spec },
    { type: 'bid', at: at(11), id: bidIdOf(id, RIVAL), price: amount },
    { type: 'lease', at: at(14), id: bidIdOf(id, RIVAL), price: amount },
    { type: 'lease-closed', at: at(614), id: bidIdOf(id, RIVAL), reason: 'lease_closed_owner' },
  ];
};

const history = async (...lines: readonly BookLine[]): Promise<string> => {
  const path = join(dir, 'book.jsonl.gz');
  const all: readonly BookLine[] = [
    { type: 'head', chainId: 'akashnet-2', from: 10n },
    ...lines,
    { type: 'through', at: { height: 1_010n, timeMs: 6_060_000 } },
  ];
  await writeFile(path, gzipSync(all.map((line) => `${formatBookLine(line)}\n`).join('')));
  return path;
};

describe('berth backtest', () => {
  it('replays a recording: what is won at which price, lost by how much, and what hindsight would have got', async () => {
    // 2.30 USD an hour for each of 8 GPUs is 30666.666667 uact per block of six seconds.
    const path = await history(...leased(1, '40000'), ...leased(2, '20000'));
    const { code, stdout } = await berth(
      ...['--policy', FLAT, '--cluster', CLUSTER, '--history', path, '-o', 'json'],
    );
    expect(code).toBe(0);
    const report = JSON.parse(stdout) as Record<string, unknown>;
    expect(report).toMatchObject({
      ...{ origin: 'recorded', blockTimeMs: 6000, orders: 2, gpus: 32, winnable: 2, eligible: 2 },
      boundUsd: '36.000000',
    });
    expect(report['policies']).toMatchObject([
      {
        ...{ name: 'flat', bids: 2, won: 1, lost: 1, lostByPrice: 1, rejected: 0 },
        ...{ earnedUsd: '18.400000', regret: '0.4904', winRate: '0.5', utilisation: '0.15' },
        lostByPriceUact: '10666.666668',
      },
    ]);
  });

  it('compares two price books, with reasons, and never calls a recording synthetic', async () => {
    const path = await history(...leased(1, '40000'));
    const svg = join(dir, 'plot.svg');
    const { code, stdout } = await berth(
      ...['--policy', FLAT, '--policy', CURVE, '--cluster', CLUSTER, '--history', path],
      ...['--choice', 'undercut', '--svg', svg],
    );
    expect(code).toBe(0);
    expect(stdout).toMatch(/^ +flat +curve$/m);
    expect(stdout).toContain('rule "undercut"');
    expect(stdout + (await readFile(svg, 'utf8'))).not.toContain('SYNTHETIC');
  });

  it('says SYNTHETIC of everything that was made up, and shows what hangs on the assumptions', async () => {
    const { code, stdout } = await berth(
      ...[
        '--policy',
        FLAT,
        '--cluster',
        CLUSTER,
        '--synthetic',
        '3',
        '--days',
        '1',
        '--sensitivity',
      ],
    );
    expect(code).toBe(0);
    expect(stdout).toMatch(/^SYNTHETIC demand \(seed 3\): 1 days/);
    expect(stdout.match(/it is no evidence of what either would earn/g)).toHaveLength(2);
    expect(stdout).toMatch(/^rivals at 80 % /m);
  });

  it.each([
    ['no source', ['--policy', FLAT, '--cluster', CLUSTER], 'SourceMissing'],
    [
      'two sources',
      ['--policy', FLAT, '--cluster', CLUSTER, '--history', 'x', '--synthetic', '1'],
      'SourceMissing',
    ],
    ['no policy', ['--cluster', CLUSTER, '--synthetic', '1'], 'OptionMissing'],
    ['no cluster', ['--policy', FLAT, '--synthetic', '1'], 'OptionMissing'],
    [
      'a policy that is none',
      ['--policy', CLUSTER, '--cluster', CLUSTER, '--synthetic', '1'],
      'PolicyInvalid',
    ],
    [
      'a cluster that is none',
      ['--policy', FLAT, '--cluster', FLAT, '--synthetic', '1'],
      'ClusterInvalid',
    ],
    [
      'a history that is not there',
      ['--policy', FLAT, '--cluster', CLUSTER, '--history', 'none'],
      'FileUnreadable',
    ],
    [
      'a history that is none',
      ['--policy', FLAT, '--cluster', CLUSTER, '--history', FLAT],
      'HistoryInvalid',
    ],
    [
      'a number that is none',
      ['--policy', FLAT, '--cluster', CLUSTER, '--synthetic', 'x'],
      'NumberInvalid',
    ],
  ])('refuses %s', async (_, args, code) => {
    const { code: exit, stderr } = await berth(...args);
    expect([exit, stderr.split(':')[0]]).toEqual([2, code]);
  });
});
