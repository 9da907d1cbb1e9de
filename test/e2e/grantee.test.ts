/**
 * A provider whose own key stays cold: a hot key is made, granted its rights offline, serves an order, and is taken back; and
 * what somebody gets who steals the hot key (docs/security.md). The cold key is in the folder of `berth` alone.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { connectChain } from '../../chain/client.js';
import type { ChainClient } from '../../chain/client.js';
import type { ChainMessage, Signer, TxOutcome } from '../../chain/ports.js';
import { signOne } from '../../chain/sign-one.js';
import { encodeMessage } from '../../chain/tx/messages.js';
import { signedElsewhere } from '../../chain/tx/offline.js';
import { signTx } from '../../chain/tx/sign.js';
import { signerFromFile } from '../../chain/wallet.js';
import { run } from '../../cli/app.js';
import { Home } from '../../cli/home.js';
import type { Process } from '../../cli/wiring.js';
import { DEVNET_ACCOUNTS } from '../../devnet/accounts.js';
import { formatLeaseId, formatOrderId } from '../../market/ids.js';
import type { LeaseId } from '../../market/ids.js';
import { Decimal } from '../../market/money.js';
import { waitFor } from '../peers/wait.js';
import { startStack } from '../stack/stack.js';
import type { Stack } from '../stack/stack.js';
import { expectAllGone, expectCondition, expectPhase } from './expectations.js';
import { exampleSdl, Tenant } from './tenant.js';

jest.setTimeout(900_000);

let dir: string;
let stack: Stack;
let tenant: Tenant;
let client: ChainClient;
let hot: Signer;
let provider: string;

/** One command line of `berth`, in this process; what it prints, and the exit code. */
const berth = async (
  ...argv: readonly string[]
): Promise<{ code: number; out: string; err: string }> => {
  const text = { out: '', err: '' };
  const into = (key: 'out' | 'err'): NodeJS.WriteStream =>
    new Writable({
      write: (chunk: Buffer, _encoding, done) => {
        text[key] += chunk.toString();
        done();
      },
    }) as unknown as NodeJS.WriteStream;
  const streams = { stdin: process.stdin, stdout: into('out'), stderr: into('err') };
  const ours: Process = {
    ...{ streams, signal: new AbortController().signal, interrupt: () => undefined, env: {} },
    random: (bytes) => crypto.getRandomValues(new Uint8Array(bytes)),
  };
  const code = await run(
    [...argv, '--home', join(dir, 'cold')],
    { node: undefined, home: undefined },
    ours,
  );
  return { code, ...text };
};
const onChain = (...argv: readonly string[]) => berth(...argv, '--node', stack.chain.rpcUrl);
const done = async (
  result: Promise<{ code: number; out: string; err: string }>,
): Promise<string> => {
  const { code, out, err } = await result;
  expect({ code, err: code === 0 ? '' : err }).toEqual({ code: 0, err: '' });
  return out.trim();
};

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'berth-grantee-'));
  const hotFile = join(dir, 'hot.key');
  await done(berth('provider', 'keys', 'new', '--out', hotFile));
  hot = await signerFromFile(hotFile);
  stack = await startStack({
    ...{ dir: join(dir, 'stack'), blockTimeMs: 200, signerPolicy: { maxMessages: 50 } },
    hotKey: readFileSync(hotFile, 'utf8'),
    provider: {
      grantee: { address: hot.address, fees: 'provider', warnDays: 14 },
      withdrawalPeriodSeconds: 2,
    },
  });
  provider = stack.chain.account('provider').address;
  await new Home(join(dir, 'cold')).add('cold', DEVNET_ACCOUNTS.provider.mnemonic);
  client = connectChain({ endpoints: [stack.chain.rpcUrl], chainId: stack.chain.chainId });
  tenant = await Tenant.of(stack);
});
afterAll(async () => {
  client.close();
  tenant.close();
  await stack.stop();
  if (process.env['BERTH_KEEP_RUN'] === undefined) rmSync(dir, { recursive: true, force: true });
  else console.log(`kept: ${dir}`);
});

const gasPrice = { denom: 'uakt', amount: new Decimal('0.025') };
const uakt = async (address: string): Promise<bigint> =>
  (await client.reader.balances(address)).find((b) => b.denom === 'uakt')?.amount ?? 0n;

/** Opens an order, waits for the bid of the hot key and takes it. */
const lease = async (dseq: bigint): Promise<LeaseId> => {
  const order = await tenant.openOrder(await exampleSdl('training-job'), dseq);
  const bid = await tenant.waitForBid(order);
  await tenant.acceptBid(bid.id);
  await expectPhase(stack, bid.id, 'AwaitingManifest');
  return bid.id;
};

describe('a hot key', () => {
  it('does nothing before it is granted anything, and the ComputeProvider says what it lacks', async () => {
    await expectCondition(stack, 'Granted', 'GrantMissing');
    await expectCondition(stack, 'Bidding', 'GrantMissing');
    expect(await client.reader.account(hot.address)).toBeUndefined();
  });

  it('is granted its rights by a key that never sees the network', async () => {
    const file = join(dir, 'grant.json');
    const asked = await done(
      onChain(
        ...['provider', 'keys', 'grant', '--grantee', hot.address, '--provider', provider],
        ...['--fees-per-day', '20000000', '--unsigned', file, '-o', 'json'],
      ),
    );
    const { chainId, accountNumber, sequence } = JSON.parse(asked) as Record<string, string>;
    const signed = await done(
      berth(
        ...['provider', 'keys', 'sign', file, '--key', 'cold', '--yes'],
        ...['--chain-id', chainId ?? '', '--account-number', String(accountNumber)],
        ...['--sequence', String(sequence)],
      ),
    );
    const signedFile = join(dir, 'signed.txt');
    writeFileSync(signedFile, signed);
    expect(await done(onChain('provider', 'keys', 'submit', signedFile))).toContain('in block');
    await expectCondition(stack, 'Granted', 'Granted');
    await expectCondition(stack, 'Bidding', 'Bidding');
    const shown = await done(
      onChain('provider', 'keys', 'show', '--grantee', hot.address, '--provider', provider),
    );
    expect(shown).toContain('create-bid');
    expect(shown).toContain('20000000uakt every 86400 seconds');
  });

  it('registers, bids, withdraws and is paid for, with not a coin of its own', async () => {
    const before = await uakt(provider);
    const id = await lease(5001n);
    await waitFor(
      'a withdrawal',
      async () =>
        ((await client.reader.lease(id))?.payment?.withdrawn.amount ?? 0n) > 0n || undefined,
      { timeoutMs: 60_000 },
    );
    await tenant.closeDeployment({ owner: id.owner, dseq: id.dseq, gseq: id.gseq, oseq: id.oseq });
    await expectAllGone(stack, id);
    expect(await client.reader.provider(provider)).toBeDefined();
    expect(await client.reader.balances(hot.address)).toEqual([]);
    expect(await uakt(provider)).toBeLessThan(before);
    const { out } = await onChain(
      ...[
        'provider',
        'keys',
        'show',
        '--grantee',
        hot.address,
        '--provider',
        provider,
        '-o',
        'json',
      ],
    );
    const { allowance } = JSON.parse(out) as { readonly allowance: { readonly leftUakt: string } };
    expect(BigInt(allowance.leftUakt)).toBeLessThan(50_000_000n);
  });
});

/** With the hot key in hand and nothing of Berth in the way. */
describe('whoever steals the hot key', () => {
  const asGrantee = (message: ChainMessage): Promise<TxOutcome> =>
    client
      .laneFor(hot, { gasPrice, pollMs: 50, grantee: { granter: provider, granterPays: true } })
      .submit([message]);
  const asItself = (message: ChainMessage): Promise<TxOutcome> =>
    client.laneFor(hot, { gasPrice, pollMs: 50 }).submit([message]);
  const refusal = (outcome: TxOutcome): string =>
    outcome.status === 'expired' ? 'expired' : `${outcome.codespace}/${outcome.code}`;
  const steal = (from: string): ChainMessage => ({
    ...{ type: 'send', from, to: hot.address, amount: [{ denom: 'uakt', amount: 1n }] },
  });

  it('cannot move the provider’s money', async () => {
    const before = await uakt(hot.address);
    expect(refusal(await asGrantee(steal(provider)))).toBe('authz/2');
    expect(await uakt(hot.address)).toBe(before);
  });

  it('cannot give its rights to another, nor more rights to itself', async () => {
    const expiresAtSeconds = Math.floor((await client.reader.head()).timeMs / 1000) + 86_400;
    const more: ChainMessage = {
      ...{ type: 'grant', granter: provider, grantee: tenant.address, message: 'create-bid' },
      expiresAtSeconds,
    };
    expect(refusal(await asGrantee(more))).toBe('authz/2');
    const fees: ChainMessage = {
      ...{ type: 'grant-fees', granter: provider, grantee: tenant.address },
      terms: { limitUakt: 1_000_000n, expiresAtSeconds },
    };
    expect(refusal(await asGrantee(fees))).toBe('authz/2');
  });

  it('cannot have its own messages paid by the provider', async () => {
    const account = await client.reader.account(hot.address);
    const bytes = await signTx(
      { publicKey: hot.publicKey, sign: (doc) => signOne(hot, doc) },
      {
        ...{ body: { messages: [encodeMessage(steal(hot.address))] }, gasLimit: 200_000n },
        ...{ chainId: stack.chain.chainId, accountNumber: account?.accountNumber ?? 0n },
        ...{ sequence: account?.sequence ?? 0n, fee: [{ denom: 'uakt', amount: 5_000n }] },
        feeGranter: provider,
      },
    );
    const lane = client.laneFor(hot, { gasPrice, pollMs: 50 });
    expect(refusal(await lane.broadcast(signedElsewhere(bytes)))).toBe('feegrant/7');
  });

  it('cannot pay for anything itself', async () => {
    expect(refusal(await asItself(steal(hot.address)))).toBe('sdk/5');
  });

  it('can close the provider’s leases, and burn its fees as far as the allowance goes', async () => {
    const id = await lease(5002n);
    const outcome = await asGrantee({ type: 'close-bid', id, reason: 'unstable' });
    expect(refusal(outcome)).toBe('/0');
    expect((await client.reader.lease(id))?.state).toBe('closed');
    const { gasPrice: _, ...dear } = {
      gasPrice,
      ...{ pollMs: 50, grantee: { granter: provider, granterPays: true } },
    };
    const greedy = client.laneFor(hot, {
      ...dear,
      gasPrice: { denom: 'uakt', amount: new Decimal('1000') },
    });
    const burn = await greedy.submit([{ type: 'withdraw-lease', id }]);
    expect(refusal(burn)).toBe('feegrant/2');
  });
});

describe('a hot key that is taken back', () => {
  it('bids no more, and the ComputeProvider says why', async () => {
    const taken = await done(
      onChain('provider', 'keys', 'revoke', '--grantee', hot.address, '--key', 'cold', '--yes'),
    );
    expect(taken).toContain('in block');
    await expectCondition(stack, 'Bidding', 'GrantMissing');
    const order = await tenant.openOrder(await exampleSdl('training-job'), 5003n);
    const { height } = await client.reader.head();
    await waitFor(
      'ten blocks',
      async () => (await client.reader.head()).height > height + 10n || undefined,
      { timeoutMs: 30_000 },
    );
    expect((await client.reader.bidsOnOrder(order)).map((b) => formatLeaseId(b.id))).toEqual([]);
    expect(formatOrderId(order)).toContain('5003');
    expect(await client.reader.grants(provider, hot.address)).toEqual([]);
    expect(await client.reader.feeAllowance(provider, hot.address)).toBeUndefined();
  });
});
