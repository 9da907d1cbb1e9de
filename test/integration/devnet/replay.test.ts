/** Fidelity 13 on real consensus: one app hash on two nodes, and kill -9 at the worst moments. */
import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import { sendMessage } from '../../../devnet/testing/messages.js';
import { afterTests } from '../../after-tests.js';
import { DevnetHarness, eventually } from './harness.js';

jest.setTimeout(60_000);

describe('fidelity 13: deterministic and durable', () => {
  let harness: DevnetHarness;
  const atEnd = afterTests();
  beforeAll(async () => {
    harness = await DevnetHarness.start();
    atEnd(() => harness.end());
  });

  const send = async (): Promise<bigint> => {
    const [faucet, tenant] = [await harness.key('faucet'), await harness.key('tenant')];
    const tx = await harness.sign(faucet, {
      messages: [sendMessage(faucet.address, tenant.address, 1n)],
    });
    return BigInt((await harness.deliver(tx)).height);
  };

  it('goes on at the same height and app hash after the application was killed between blocks', async () => {
    const { devnet } = harness;
    const height = await send();
    const hash = await harness.appHash(height);
    process.kill(devnet.validator.appPid ?? 0, 'SIGKILL');
    await devnet.validator.appEnded();
    await devnet.restart();
    expect(await harness.appHash(height)).toBe(hash);
    expect(await send()).toBeGreaterThan(height);
  });

  it('replays a block that was executed when the application was killed before its commit', async () => {
    const { devnet } = harness;
    await devnet.kill();
    const target = (await harness.devnet.restart().then(() => harness.height())) + 8n;
    await devnet.kill();
    await devnet.restart({ dieBeforeCommit: Number(target) });
    await devnet.validator.appEnded();
    await devnet.restart();
    await harness.reach(target + 2n);
    expect(await harness.appHash(target)).toMatch(/^[0-9A-F]{64}$/);
    expect(await send()).toBeGreaterThan(target);
  });

  it('gives a full node that syncs from the start the same app hash at every height', async () => {
    const node = await harness.devnet.addFullNode(harness.folder('full'));
    const last = await send();
    await harness.reach(last + 2n, node.rpcUrl);
    const heights = Array.from({ length: Number(last) }, (_, i) => BigInt(i + 1)).filter(
      (h) => h % 5n === 0n || h === last,
    );
    for (const height of heights) {
      expect(await harness.appHash(height, node.rpcUrl)).toBe(await harness.appHash(height));
    }
  });

  it('survives being killed whole, engine and application together', async () => {
    const height = await send();
    await harness.devnet.validator.kill();
    await harness.devnet.restart();
    await eventually('a block after the restart', async () =>
      (await harness.height()) > height ? true : undefined,
    );
    expect(await send()).toBeGreaterThan(height);
  });
});
