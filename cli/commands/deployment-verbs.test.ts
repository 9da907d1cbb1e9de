import { readFileSync } from 'node:fs';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { formatDeploymentId, formatLeaseId } from '../../market/ids.js';
import { parseDecimal } from '../../market/money.js';
import type { CliFailure } from '../failure.js';
import { isCliFailure } from '../failure.js';
import { readSdl } from '../sdl.js';
import type { ReadSdl } from '../sdl.js';
import { refusal, services, TenantWorld } from '../testing/tenant-world.js';
import { close } from './close.js';
import { deposit } from './deposit.js';
import { leases } from './leases.js';
import { status } from './status.js';
import { update } from './update.js';

const DSEQ = 7n;
const sdlOf = async (name: string, edit = (text: string) => text): Promise<ReadSdl> => {
  const sdl = await readSdl(edit(readFileSync(`examples/${name}.yaml`, 'utf8')));
  if (!sdl.ok) throw new Error(JSON.stringify(sdl.reasons));
  return sdl;
};

let world: TenantWorld;

/** A deployment of `training-job` with 10 ACT, leased at 5000 uact a block since the present height. */
const leaseTraining = async (): Promise<void> => {
  const { groups, hash } = await sdlOf('training-job');
  const id = { owner: world.owner, dseq: DSEQ };
  const coin = { denom: 'uact', amount: 10_000_000n };
  world.chain.market.run({ type: 'create-deployment', id, groups, hash, deposit: coin });
  const [order] = world.orders();
  if (order === undefined) throw new Error('no order');
  world.bid(order, world.provider, '5000');
  const bid = { ...order, provider: world.provider, bseq: 0 };
  world.chain.market.run({ type: 'create-lease', id: bid });
};

const commit = (blocks: number): void => {
  for (let i = 0; i < blocks; i += 1) world.chain.commit();
};

const json = (): Record<string, unknown> => JSON.parse(world.stdout) as Record<string, unknown>;

const failing = async (command: Promise<void>): Promise<CliFailure> => {
  const failure: unknown = await command.then(
    () => new Error('it did not fail'),
    (error: unknown) => error,
  );
  if (!isCliFailure(failure)) throw failure;
  return failure;
};

beforeEach(async () => {
  world = await TenantWorld.create();
  world.mode = 'json';
  await leaseTraining();
});

describe('berth status', () => {
  it('brings the escrow up to date and tells how long it lasts', async () => {
    commit(100);
    world.statusAnswers.push(services({ train: 1 }));
    await status(world.context(), DSEQ);
    expect(json()).toMatchObject({
      dseq: '7',
      state: 'active',
      escrow: {
        state: 'open',
        left: ['9500000uact'],
        rate: '5000uact',
        // 1900 blocks of a second after the head, which is 101 blocks after the start
        runsOutAt: new Date(1_800_000_000_000 + (100 + 1_900) * 1_000).toISOString(),
      },
      groups: [{ gseq: 1, name: 'datacenter', state: 'open' }],
      leases: [
        {
          group: 'datacenter',
          provider: world.provider,
          state: 'active',
          price: '5000uact',
          usdPerHour: '18',
          services: [{ name: 'train', available: 1, uris: ['train.example.com'] }],
        },
      ],
    });
  });

  it('shows what the provider warns of', async () => {
    world.mode = 'text';
    const answer = services({ train: 1 });
    if (!answer.ok) throw new Error('no answer');
    const warnings = [{ code: 'EscrowRunningOut', message: 'Deposit\u001b[2J more.' }];
    world.statusAnswers.push({ ok: true, value: { ...answer.value, warnings } });
    await status(world.context(), DSEQ);
    expect(world.stdout).toMatch(/warning {4}EscrowRunningOut: Deposit.* more\./);
    expect(world.stdout).not.toContain('\u001b');
  });

  it('tells the gateway’s reason where its services would stand', async () => {
    world.mode = 'text';
    world.statusAnswers.push(refusal('ManifestNotReceived', true));
    await status(world.context(), DSEQ);
    expect(world.stdout).toContain('ManifestNotReceived: the gateway said ManifestNotReceived');
    expect(world.stdout).toContain('lasts 33m20s at $18.00/hour (5000 uact/block)');
    expect(world.stdout).not.toContain('running');
  });

  it('shows why a lease has ended and asks its gateway nothing', async () => {
    const [lease] = world.chain.market.leases.values();
    if (lease === undefined) throw new Error('no lease');
    world.chain.market.run({ type: 'close-bid', id: lease.id, reason: 'decommission' });
    await status(world.context(), DSEQ);
    const [shown] = json()['leases'] as readonly Record<string, unknown>[];
    expect(shown).toMatchObject({ state: 'closed', reason: 'lease_closed_reason_decommission' });
    expect(shown).not.toHaveProperty('services');
    expect(json()['escrow']).toMatchObject({ rate: '0uact', runsOutAt: null });
  });

  it('does not let a provider write control characters to the terminal', async () => {
    world.mode = 'text';
    const evil = { owner: world.provider, hostUri: 'https://x\u001b[2J', attributes: [] };
    world.chain.market.providers.set(world.provider, {
      ...evil,
      info: { email: '', website: '' },
    });
    world.statusAnswers.push({
      ok: false,
      transient: false,
      code: 'X',
      message: 'a\u001b]0;b\u0007',
    });
    await status(world.context(), DSEQ);
    expect(world.stdout).not.toContain('\u001b');
    expect(world.stdout).not.toContain('\u0007');
  });

  it('can tell of a price so small that the money outlasts the calendar', async () => {
    const [lease] = world.chain.market.leases.values();
    if (lease?.payment === undefined) throw new Error('no lease');
    const rate = { denom: 'uact', amount: parseDecimal('0.000000000000000001') };
    const key = formatLeaseId(lease.id);
    world.chain.market.leases.set(key, { ...lease, payment: { ...lease.payment, rate } });
    await status(world.context(), DSEQ);
    expect(json()['escrow']).toMatchObject({ runsOutAt: expect.stringMatching(/^3\d{3}-/) });
  });

  it('names a deployment that is not there', async () => {
    expect(await failing(status(world.context(), 8n))).toMatchObject({
      code: 'DeploymentMissing',
      field: 'dseq',
      exit: 1,
    });
  });
});

describe('berth leases', () => {
  it('lists the live ones with GPUs and price', async () => {
    commit(90);
    world.mode = 'text';
    await leases(world.context(), false);
    const [header, row] = world.stdout.split('\n');
    expect(header).toMatch(/^DSEQ {3}GROUP +PROVIDER +STATE +GPUS +USD\/HOUR +PER BLOCK +AGE$/);
    expect(row).toMatch(
      /^7 +datacenter +akash1\S+ +active +8 x h100 80Gi sxm +\$18\.00 +5000 uact +1m30s$/,
    );
  });

  it('lists those that have ended only with --all', async () => {
    world.chain.market.run({ type: 'close-deployment', id: { owner: world.owner, dseq: DSEQ } });
    await leases(world.context(), false);
    expect(JSON.parse(world.stdout)).toEqual([]);
    world.stdout = '';
    world.mode = 'jsonl';
    await leases(world.context(), true);
    expect(world.steps()).toMatchObject([{ dseq: '7', state: 'closed', gpus: [{ count: 8 }] }]);
  });
});

describe('berth close', () => {
  it('ends deployment and lease and tells what comes back', async () => {
    commit(99);
    await close(world.context(), DSEQ);
    expect(json()).toMatchObject({ dseq: '7', leasesEnded: 1, escrowLeft: ['9505000uact'] });
    const key = formatDeploymentId({ owner: world.owner, dseq: DSEQ });
    expect(world.chain.market.deployments.get(key)?.state).toBe('closed');
    expect(await failing(close(world.context(), DSEQ))).toMatchObject({ code: 'DeploymentClosed' });
  });

  it('asks at a terminal, and a no changes nothing', async () => {
    world.canAsk = true;
    world.answers.push('n');
    expect(await failing(close(world.context(), DSEQ))).toMatchObject({ code: 'GivenUp' });
    expect(world.questions).toEqual([
      'Close deployment 7? Its lease ends, and its data goes. [y/N] ',
    ]);
    expect(world.sent()).toEqual([]);
  });

  it('passes on the chain’s refusal with its code', async () => {
    world.chain.override = (hash) => ({
      ...{ status: 'rejected', hash, code: 13, codespace: 'sdk', log: 'insufficient fee' },
    });
    expect(await failing(close(world.context(), DSEQ))).toMatchObject({
      code: 'FeeTooLow',
      field: 'sdk/13',
      next: 'Offer more with --gas-price.',
    });
  });

  it('says that an expired transaction can be sent again', async () => {
    world.chain.override = (hash) => ({ status: 'expired', hash });
    const failure = await failing(close(world.context(), DSEQ));
    expect(failure).toMatchObject({ code: 'TxExpired' });
    expect(failure.next).toContain('never land');
  });
});

describe('berth update', () => {
  const request = async (edit: (text: string) => string, name = 'training-job') => ({
    dseq: DSEQ,
    file: 'train.yaml',
    sdl: await sdlOf(name, edit),
    timeoutMs: 10_000,
  });
  const newImage = (text: string): string => text.replace('2.9.1-cuda12.8', '2.10.0-cuda12.8');

  it('puts the new hash on chain, then the manifest at the provider', async () => {
    const wanted = await request(newImage);
    await update(world.context(), wanted);
    const hash = Buffer.from(wanted.sdl.hash).toString('hex');
    expect(json()).toMatchObject({ dseq: '7', hash, providers: [world.provider] });
    expect(world.sent()).toEqual(['update-deployment']);
    expect(world.manifests[0]?.json).toContain('2.10.0-cuda12.8');
  });

  it('only sends the manifest again when the chain has its hash', async () => {
    await update(world.context(), await request((text) => text));
    expect(world.sent()).toEqual([]);
    expect(world.manifests).toHaveLength(1);
    expect(json()).toMatchObject({ height: null, txHash: null });
  });

  it('refuses other resources before it costs anything', async () => {
    const wanted = await request((text) => text.replace('units: 64', 'units: 32'));
    const failure = await failing(update(world.context(), wanted));
    expect(failure).toMatchObject({ code: 'ResourcesDiffer', exit: 1 });
    expect(failure.message).toContain('must equal the cpu of unit 1');
    expect(world.sent()).toEqual([]);
  });

  it('says how to go on when the provider does not take it', async () => {
    world.manifestAnswers.push(refusal('ManifestInvalid', false));
    const failure = await failing(update(world.context(), await request(newImage)));
    expect(failure.code).toBe('ManifestInvalid');
    expect(failure.next).toContain('Send it again: berth update 7 train.yaml');
  });
});

describe('berth deposit', () => {
  const coin = { denom: 'uact', amount: 2_000_000n };

  it('sends the amount to the deployment', async () => {
    await deposit(world.context(), DSEQ, coin);
    expect(world.chain.submissions[0]?.messages).toEqual([
      {
        type: 'deposit-deployment',
        id: { owner: world.owner, dseq: DSEQ },
        signer: world.owner,
        amount: coin,
      },
    ]);
    expect(json()).toMatchObject({ dseq: '7', deposited: '2000000uact' });
  });

  it('refuses more than there is', async () => {
    const tooMuch = { denom: 'uakt', amount: 10_000_001n };
    const failure = await failing(deposit(world.context(), DSEQ, tooMuch));
    expect(failure).toMatchObject({ code: 'InsufficientFunds', field: 'amount' });
    expect(failure.message).toContain('has 10000000uakt, less than 10000001uakt');
    expect(world.sent()).toEqual([]);
  });
});
