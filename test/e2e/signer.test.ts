/** The key in a process of its own: an order is served through it, and a stolen pod gets from it what docs/security.md says. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { ChainMessage } from '../../chain/ports.js';
import { kubectl } from '../../hack/apply-chart.js';
import { CONFIG_MAPS } from '../../kube/resources.js';
import { isReasonError } from '../../market/reasons.js';
import { connectSigner } from '../../chain/remote-signer.js';
import type { RemoteSignerOptions } from '../../chain/remote-signer.js';
import { parseState } from '../../signer/state/signer-state.js';
import type { SignerState } from '../../signer/state/signer-state.js';
import { signBytesOf } from '../../signer/testing/a-transaction.js';
import { waitFor } from '../peers/wait.js';
import { startStack } from '../stack/stack.js';
import type { Stack } from '../stack/stack.js';
import type { SignerProcess } from '../stack/signer-process.js';
import { expectAllGone, expectCondition, expectPhase } from './expectations.js';
import { exampleSdl, Tenant } from './tenant.js';

jest.setTimeout(180_000);

let dir: string;
let stack: Stack;
let signer: SignerProcess;
let tenant: Tenant;
beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'berth-signer-'));
  stack = await startStack({ dir, blockTimeMs: 200, signerPolicy: { maxMessages: 50 } });
  if (stack.signer === undefined) throw new Error('the stack has no signer');
  signer = stack.signer;
  tenant = await Tenant.of(stack);
  await expectCondition(stack, 'Bidding', 'Bidding');
});
afterAll(async () => {
  tenant.close();
  await stack.stop();
  if (process.env['BERTH_KEEP_RUN'] === undefined) rmSync(dir, { recursive: true, force: true });
  else console.log(`kept: ${dir}`);
});

const counters = async (): Promise<SignerState> => {
  const map = await stack.api.get(CONFIG_MAPS, signer.counters);
  const state = parseState(map?.data?.['state.json'] ?? '');
  if (state === undefined) throw new Error('the counters are unreadable');
  return state;
};

/** What a thief has who runs in the operator's pod: its certificate and its token. */
const stolen = (change: Partial<RemoteSignerOptions> = {}): RemoteSignerOptions => ({
  ...(signer.operatorConfig as unknown as RemoteSignerOptions),
  timeoutMs: 5_000,
  ...change,
});

const tokenOf = async (account: string, audience: string): Promise<string> => {
  const [namespace = '', name = ''] = account.split('/');
  const file = join(dir, `${name}-${audience}.token`);
  const args = ['create', 'token', name, '--namespace', namespace, '--audience', audience];
  writeFileSync(file, await kubectl(stack.cluster.kubeconfigPath, args));
  return file;
};

const withdrawal = async (): Promise<Uint8Array> =>
  signBytesOf(
    [
      {
        type: 'withdraw-lease',
        id: {
          ...{ owner: tenant.address, dseq: 1n, gseq: 1, oseq: 1, bseq: 0 },
          provider: stack.chain.account('provider').address,
        },
      },
    ],
    { chainId: stack.chain.chainId },
  );

describe('the signer', () => {
  it('signs what an order needs, and counts it; the operator holds no key', async () => {
    const sdl = await exampleSdl('training-job');
    const order = await tenant.openOrder(sdl, 4001n);
    const bid = await tenant.waitForBid(order);
    await tenant.acceptBid(bid.id);
    await expectPhase(stack, bid.id, 'AwaitingManifest');
    await tenant.closeDeployment(order);
    await expectAllGone(stack, bid.id);
    const spent = (await counters()).spent.map((s) => s.spend);
    const deposits = spent.reduce((sum, s) => sum + s.depositsUact + s.depositsUakt, 0n);
    expect(deposits).toBeGreaterThan(0n);
    expect(spent.reduce((sum, s) => sum + s.feesUakt, 0n)).toBeGreaterThan(0n);
  });

  it('the gateway’s token, or one made for another audience, opens nothing, certificate or not', async () => {
    const gateway = await tokenOf(`${stack.namespace}/berth-gateway`, 'berth-signer');
    const other = await tokenOf(`${stack.namespace}-operator/berth-operator`, 'vault');
    for (const tokenFile of [gateway, other]) {
      const refusal: unknown = await connectSigner(stolen({ tokenFile }), () => 1).catch(
        (error: unknown) => error,
      );
      expect(isReasonError(refusal) ? refusal.reason.code : refusal).toBe('SignCallerUnknown');
    }
  });

  it('a thief in the operator’s pod sends no money, grants nothing and moves no host', async () => {
    const thief = await connectSigner(stolen(), () => 0);
    const provider = stack.chain.account('provider').address;
    const plan = { chainId: stack.chain.chainId };
    const wishes: readonly ChainMessage[] = [
      { type: 'send', from: provider, to: tenant.address, amount: [{ denom: 'uakt', amount: 1n }] },
      {
        type: 'update-provider',
        provider: {
          owner: provider,
          hostUri: 'https://evil.example.com:8443',
          attributes: [],
          info: { email: '', website: '' },
        },
      },
    ];
    const before = await counters();
    const answers = await thief.signBatch(
      await Promise.all(wishes.map((w) => signBytesOf([w], plan))),
    );
    expect(answers.map((a) => (isReasonError(a) ? a.reason.code : 'signed'))).toEqual([
      'SignTypeForbidden',
      'SignHostChange',
    ]);
    expect((await counters()).spent).toEqual(before.spent);
  });

  it('a leadership that was never won is not believed, and the leader goes on', async () => {
    const usurper = await connectSigner(stolen(), () => 1_000);
    const [answer] = await usurper.signBatch([await withdrawal()]);
    expect(isReasonError(answer) ? answer.reason.code : 'signed').toBe('SignTokenUnknown');
    const order = await tenant.openOrder(await exampleSdl('training-job'), 4002n);
    await tenant.waitForBid(order);
  });

  it('once another leads, the one before is refused, and says why', async () => {
    await stack.operator.terminate();
    const order = await tenant.openOrder(await exampleSdl('inference-server'), 4003n);
    await tenant.waitForBid(order);
    const old = await connectSigner(stolen(), () => 0);
    const [answer] = await old.signBatch([await withdrawal()]);
    expect(isReasonError(answer) ? answer.reason.code : 'signed').toBe('SignTokenOld');
  });

  it('counters that were deleted count as spent, and the metric says so', async () => {
    const { token } = await counters();
    await stack.api.delete(CONFIG_MAPS, signer.counters);
    const thief = await connectSigner(stolen(), () => token);
    const create: ChainMessage = {
      type: 'create-certificate',
      owner: stack.chain.account('provider').address,
      certPem: 'c',
      pubkeyPem: 'p',
    };
    const [answer] = await thief.signBatch([
      await signBytesOf([create], { chainId: stack.chain.chainId }),
    ]);
    expect(isReasonError(answer) ? answer.reason.code : 'signed').toBe('SignFeesSpent');
    await waitFor(
      'the metric of lost counters',
      async () => {
        const text = await (await fetch(`${signer.metrics}/metrics`)).text();
        return /^berth_signer_counters_lost_timestamp_seconds [1-9]/m.test(text) || undefined;
      },
      { timeoutMs: 5_000 },
    );
  });
});
