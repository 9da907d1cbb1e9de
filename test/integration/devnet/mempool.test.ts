/** Fidelity 1, 3, 4 and 12 on real consensus: what the mempool takes, and what CometBFT itself limits. */
import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import WebSocket from 'ws';
import {
  execMessage,
  grantMessage,
  allowanceMessage,
  sendMessage,
} from '../../../devnet/testing/messages.js';
import type { TestKey } from '../../../devnet/testing/sign.js';
import { afterTests } from '../../after-tests.js';
import { DevnetHarness, rpc } from './harness.js';

jest.setTimeout(60_000);

const SUBSCRIPTIONS_A_CLIENT = 5;
const recorded = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../recorded/unordered-checks.json'), 'utf8'),
) as Readonly<Record<string, { readonly rpc_error?: string }>>;

describe('the mempool and the RPC', () => {
  let harness: DevnetHarness;
  let faucet: TestKey;
  let tenant: TestKey;
  const atEnd = afterTests();
  beforeAll(async () => {
    harness = await DevnetHarness.start();
    atEnd(() => harness.end());
    faucet = await harness.key('faucet');
    tenant = await harness.key('tenant');
  });

  const send = (amount = 1n) => [sendMessage(faucet.address, tenant.address, amount)];

  it('fidelity 1: takes what fails in the block', async () => {
    const answer = await harness.broadcast(
      await harness.sign(faucet, { messages: send(10n ** 15n) }),
    );
    expect(answer.code).toBe(0);
    const { tx_result: result } = await harness.included(answer.hash);
    expect([result.codespace, result.code]).toEqual(['sdk', 5]);
  });

  it('fidelity 3: sequences run ahead of the block, and wait through rechecks', async () => {
    const start = BigInt((await harness.account(faucet.address)).sequence.toString());
    const hashes: string[] = [];
    for (let i = 0n; i < 5n; i += 1n) {
      const answer = await harness.broadcast(
        await harness.sign(faucet, { messages: send(), sequence: start + i }),
      );
      expect([answer.code, answer.log]).toEqual([0, '']);
      hashes.push(answer.hash);
    }
    const gap = await harness.broadcast(
      await harness.sign(faucet, { messages: send(), sequence: start + 9n }),
    );
    expect([gap.codespace, gap.code]).toEqual(['sdk', 32]);
    expect(gap.log).toMatch(
      /^account sequence mismatch, expected \d+, got \d+: incorrect account sequence$/,
    );
    for (const hash of hashes) expect((await harness.included(hash)).tx_result.code).toBe(0);
  });

  it('fidelity 4 and 12: the same unordered bytes again are in the cache already', async () => {
    const { sync_info: info } = await rpc<{ sync_info: { latest_block_time: string } }>(
      harness.devnet.rpcUrl,
      'status',
    );
    const seconds = BigInt(Math.floor(Date.parse(info.latest_block_time) / 1000)) + 30n;
    const tx = await harness.sign(faucet, {
      messages: send(),
      unordered: true,
      timeoutTimestamp: { seconds, nanos: 1 },
    });
    const first = await harness.broadcast(tx);
    expect([first.code, first.log]).toEqual([0, '']);
    await expect(harness.broadcast(tx)).rejects.toThrow(
      recorded['same_bytes_again']?.rpc_error ?? 'missing',
    );
    expect((await harness.included(first.hash)).tx_result.code).toBe(0);
  });

  it('fidelity 5: a fee too low and too little gas', async () => {
    const low = await harness.broadcast(await harness.sign(faucet, { messages: send(), fee: 1n }));
    expect([low.codespace, low.code]).toEqual(['sdk', 13]);
    const { tx_result: result } = await harness.deliver(
      await harness.sign(faucet, { messages: send(), gas: 55_000n }),
    );
    expect([result.codespace, result.code]).toEqual(['sdk', 11]);
    expect(Number(result.gas_used)).toBeGreaterThan(55_000);
  });

  it('fidelity 5: a hot key sends in the name of a cold one that also pays the fee', async () => {
    const [cold, hot] = [await harness.key('provider'), await harness.key('auditor')];
    const grants = [
      grantMessage(cold.address, hot.address, '/cosmos.bank.v1beta1.MsgSend'),
      allowanceMessage(cold.address, hot.address, 1_000_000n),
    ];
    expect(
      (await harness.deliver(await harness.sign(cold, { messages: grants, gas: 300_000n })))
        .tx_result.code,
    ).toBe(0);
    const inner = [sendMessage(cold.address, tenant.address, 7n)];
    const tx = await harness.sign(hot, {
      messages: [execMessage(hot.address, inner)],
      granter: cold.address,
    });
    const { tx_result: result } = await harness.deliver(tx);
    expect([result.code, result.log]).toEqual([0, '']);
  });

  it('fidelity 12: five subscriptions a client, and bodies up to a million bytes, are CometBFT’s own limits', async () => {
    const socket = new WebSocket(`${harness.devnet.rpcUrl.replace('http', 'ws')}/websocket`);
    const answers: { readonly id: number; readonly error?: { readonly data: string } }[] = [];
    await new Promise<void>((resolve, reject) => {
      socket.once('error', reject);
      socket.once('open', () => {
        for (let id = 1; id <= SUBSCRIPTIONS_A_CLIENT + 1; id += 1) {
          const params = { query: `tm.event='Tx' AND tx.height=${1_000_000 + id}` };
          socket.send(JSON.stringify({ jsonrpc: '2.0', id, method: 'subscribe', params }));
        }
      });
      socket.on('message', (data: Buffer) => {
        answers.push(JSON.parse(data.toString('utf8')) as (typeof answers)[number]);
        if (answers.length === SUBSCRIPTIONS_A_CLIENT + 1) resolve();
      });
    });
    socket.close();
    expect(answers.filter(({ error }) => error === undefined)).toHaveLength(SUBSCRIPTIONS_A_CLIENT);
    expect(answers.find(({ error }) => error !== undefined)?.error?.data).toContain(
      'max_subscriptions_per_client',
    );
    const tx = Buffer.alloc(800_000).toString('base64');
    await expect(rpc(harness.devnet.rpcUrl, 'broadcast_tx_sync', { tx })).rejects.toThrow(
      /body too large|too large/,
    );
  });
});
