import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { z } from 'zod';
import { armor, Decrypter } from 'age-encryption';
import { signerFromFile, signerFromPrivateKey, signerFromText } from '../../../chain/wallet.js';
import { TYPE_URLS } from '../../../chain/tx/type-urls.js';
import { unsignedTxJson } from '../../../chain/tx/offline.js';
import type { OfflineMessage } from '../../../chain/tx/offline.js';
import { Decimal } from '../../../market/money.js';
import { isCliFailure } from '../../failure.js';
import { TenantWorld } from '../../testing/tenant-world.js';
import { newKey } from './new.js';
import { signFile } from './offline.js';
import { planGrants, planRevocation, sentenceOf } from './plan.js';
import { send } from './send.js';
import { showKeys } from './show.js';

const HOT = 'akash1z2une2l5n0l0pzalc0e8p7uqtu033n2pmhu9j3';
const random = (n: number): Uint8Array => Uint8Array.from({ length: n }, (_, i) => i);
const cold = signerFromPrivateKey(random(32).map((b) => b + 1));
const AT = 1_900_000_000;

let dir: string;
let world: TenantWorld;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'berth-keys-'));
  world = await TenantWorld.create();
});
afterEach(async () => rm(dir, { recursive: true }));

const codeOf = async (run: Promise<unknown>): Promise<string> => {
  try {
    await run;
  } catch (error) {
    if (isCliFailure(error)) return error.code;
    throw error;
  }
  return 'done';
};

describe('keys new', () => {
  const plain = { passphrase: undefined, secret: undefined };

  it('writes a key for its owner alone and shows it nowhere', async () => {
    const out = join(dir, 'hot.key');
    await newKey(world.context(), { ...plain, out }, random);
    expect((await stat(out)).mode & 0o777).toBe(0o600);
    const { address } = await signerFromFile(out);
    expect(world.stdout).toContain(address);
    const words = (await readFile(out, 'utf8')).trim();
    expect(words.split(' ')).toHaveLength(24);
    expect(world.stdout + world.said.join()).not.toContain(words);
  });

  it('encrypts it so that any age tool reads it back', async () => {
    const out = join(dir, 'hot.age');
    await newKey(world.context(), { ...plain, out, passphrase: 'a b c' }, random);
    const decrypter = new Decrypter();
    decrypter.addPassphrase('a b c');
    const sealed = armor.decode((await readFile(out, 'utf8')).trim());
    const { address } = await signerFromText(await decrypter.decrypt(sealed, 'text'), out);
    expect(world.stdout).toContain(address);
  }, 30_000);

  it('writes a Secret for kubectl apply', async () => {
    const out = join(dir, 'hot.yaml');
    const secret = { name: 'berth-key', namespace: 'berth-signer' };
    await newKey(world.context(), { ...plain, out, secret }, random);
    const shape = z.object({
      kind: z.literal('Secret'),
      metadata: z.object({ name: z.string(), namespace: z.string() }),
      stringData: z.object({ key: z.string() }),
    });
    expect(shape.parse(parse(await readFile(out, 'utf8'))).metadata).toEqual(secret);
  });

  it('never overwrites', async () => {
    const out = join(dir, 'hot.key');
    await writeFile(out, 'mine');
    expect(await codeOf(newKey(world.context(), { ...plain, out }, random))).toBe('KeyExists');
    expect(await readFile(out, 'utf8')).toBe('mine');
  });
});

describe('the plan', () => {
  const pair = { granter: cold.address, grantee: HOT };
  const terms = {
    messages: ['create-bid', 'close-bid'] as const,
    expiresAtSeconds: AT,
    fees: { limitUakt: 5n, period: undefined },
  };
  const allowance = {
    ...{ ...pair, leftUakt: 1n, period: undefined, expiresAtMs: undefined },
    onlyTypeUrls: undefined,
  };
  const types = (messages: readonly OfflineMessage[]): readonly string[] =>
    messages.map((m) => m.type);

  it('replaces an allowance that there is, in the same transaction', () => {
    expect(types(planGrants(pair, terms, undefined))).toEqual(['grant', 'grant', 'grant-fees']);
    expect(types(planGrants(pair, terms, allowance))).toEqual([
      ...['grant', 'grant', 'revoke-fees', 'grant-fees'],
    ]);
    expect(types(planGrants(pair, { ...terms, fees: undefined }, allowance))).toEqual([
      ...['grant', 'grant'],
    ]);
  });

  it('takes back everything that is there, also what was granted by other means', () => {
    const typeUrl = '/cosmos.bank.v1beta1.MsgSend';
    const other = { ...pair, typeUrl, unbounded: true, expiresAtMs: undefined };
    expect(planRevocation(pair, [other], allowance)).toEqual([
      { type: 'revoke-grant', ...pair, typeUrl },
      { type: 'revoke-fees', ...pair },
    ]);
  });

  it('is told in sentences with both accounts, the amount and the end', () => {
    const [first, , last] = planGrants(
      pair,
      { ...terms, fees: { limitUakt: 5n, period: { seconds: 86_400, limitUakt: 2n } } },
      undefined,
    ).map(sentenceOf);
    expect(first).toBe(`${HOT} may send create-bid for ${cold.address} until 2030-03-17T17:46 UTC`);
    expect(last).toBe(
      `${cold.address} pays up to 5uakt of fees, at most 2uakt every 86400 seconds for what ${HOT} sends by these rights, until 2030-03-17T17:46 UTC`,
    );
  });

  it('is signed only after a yes', async () => {
    let ctx = world.context();
    const sending = {
      ...{ from: cold.address, messages: planGrants(pair, terms, undefined) },
      ...{
        gasPrice: { denom: 'uakt', amount: new Decimal('0.025') },
        unsigned: undefined,
        lane: ctx.lane,
      },
      ...{ yes: false, patience: ctx.patience, what: 'granting' },
    };
    expect(await codeOf(send(ctx, sending))).toBe('ConsentMissing');
    world.canAsk = true;
    world.mode = 'text';
    ctx = world.context();
    world.answers.push('no');
    expect(await codeOf(send(ctx, sending))).toBe('GivenUp');
    expect(world.sent()).toEqual([]);
    world.answers.push('y');
    await send(ctx, sending);
    expect(world.sent()).toEqual(['grant', 'grant', 'grant-fees']);
    world.stdout = '';
    await showKeys(ctx, pair);
    expect(world.stdout).toMatch(/create-bid +2030-03-17T17:46 UTC/);
    expect(world.stdout).toContain('not granted: start-reclaim');
    expect(world.stdout).toContain('fees: 5uakt left, for /cosmos.authz.v1beta1.MsgExec');
  });
});

describe('keys sign', () => {
  const place = { chainId: 'some-1', accountNumber: 1n, sequence: 2n };
  const file = (granter: string): string =>
    JSON.stringify(
      unsignedTxJson({
        messages: [
          { type: 'revoke-grant', granter, grantee: HOT, typeUrl: TYPE_URLS['create-bid'] },
        ],
        gasLimit: 100_000n,
        fee: { denom: 'uakt', amount: 2_500n },
      }),
    );

  it('signs for its own account only, and nothing but grants', async () => {
    const ctx = world.context();
    expect(await codeOf(signFile(ctx, cold, file(cold.address), place, true))).toBe('done');
    expect(await codeOf(signFile(ctx, cold, file(HOT), place, true))).toBe('TransactionInvalid');
    expect(await codeOf(signFile(ctx, cold, '{}', place, true))).toBe('TransactionInvalid');
  });
});
