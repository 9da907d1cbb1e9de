import { readFileSync } from 'node:fs';
import { beforeEach, describe, expect, it } from '@jest/globals';
import type { CliFailure } from '../failure.js';
import { isCliFailure, refused } from '../failure.js';
import { readSdl } from '../sdl.js';
import { refusal, TenantWorld } from '../testing/tenant-world.js';
import { leaseEvents, leaseLogs } from './lease-streams.js';
import type { LeaseChoice } from './lease-streams.js';

const CHOICE: LeaseChoice = { dseq: 7n, gseq: undefined, services: [], follow: false };
let world: TenantWorld;

const frames = async function* (...all: readonly unknown[]): AsyncGenerator {
  yield* all;
};
const answering = (...all: readonly unknown[]): void => {
  world.streamAnswers.push({ ok: true, value: { frames: frames(...all) } });
};
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
  world.mode = 'text';
  const sdl = await readSdl(readFileSync('examples/training-job.yaml', 'utf8'));
  if (!sdl.ok) throw new Error(JSON.stringify(sdl.reasons));
  const { groups, hash } = sdl;
  const deposit = { denom: 'uact', amount: 10_000_000n };
  const id = { owner: world.owner, dseq: 7n };
  world.chain.market.run({ type: 'create-deployment', id, groups, hash, deposit });
  const [order] = world.orders();
  if (order === undefined) throw new Error('no order');
  world.bid(order, world.provider, '5000');
  const bid = { ...order, provider: world.provider, bseq: 0 };
  world.chain.market.run({ type: 'create-lease', id: bid });
});

describe('berth lease logs', () => {
  it('prints a line for each of the lease, harmless for a terminal', async () => {
    answering({ name: 'train-1', message: 'epoch 1' }, { name: 'train-1', message: 'a\u001b[2Jb' });
    await leaseLogs(world.context(), { ...CHOICE, services: ['train'], follow: true }, 10);
    expect(world.stdout.split('\n')).toEqual([
      'train-1 | epoch 1',
      expect.not.stringContaining('\u001b'),
      '',
    ]);
    expect(world.streamsAsked).toEqual(['logs?follow=true&tail=10&service=train&services=train']);
  });

  it('gives machines the frames, one a line', async () => {
    world.mode = 'jsonl';
    answering({ name: 'train-1', message: 'epoch 1' });
    await leaseLogs(world.context(), CHOICE, undefined);
    expect(world.steps()).toEqual([{ name: 'train-1', message: 'epoch 1' }]);
    expect(world.streamsAsked).toEqual(['logs?follow=false']);
  });

  it('says why there is nothing to read', async () => {
    const missing = await failing(leaseLogs(world.context(), { ...CHOICE, dseq: 8n }, undefined));
    expect(missing.code).toBe('DeploymentMissing');
    const other = await failing(leaseLogs(world.context(), { ...CHOICE, gseq: 2 }, undefined));
    expect([other.code, other.field]).toEqual(['LeaseMissing', 'gseq']);
    world.streamAnswers.push(refusal('PermissionDenied', false));
    expect((await failing(leaseLogs(world.context(), CHOICE, undefined))).code).toBe(
      'PermissionDenied',
    );
  });

  it('keeps what came before the gateway broke off', async () => {
    const broken = async function* (): AsyncGenerator {
      yield { name: 'train-1', message: 'last words' };
      throw refused('ClusterUnavailable', 'the gateway ended the stream');
    };
    world.streamAnswers.push({ ok: true, value: { frames: broken() } });
    const failure = await failing(leaseLogs(world.context(), CHOICE, undefined));
    expect(failure.code).toBe('ClusterUnavailable');
    expect(world.stdout).toBe('train-1 | last words\n');
  });
});

describe('berth lease events', () => {
  it('prints what happened to what', async () => {
    answering({
      ...{ type: 'Warning', reason: 'BackOff', note: 'Back-off restarting failed container' },
      object: { kind: 'Pod', namespace: 'ns', name: 'train-1' },
    });
    await leaseEvents(world.context(), CHOICE);
    expect(world.stdout).toBe(
      'Warning BackOff (Pod train-1): Back-off restarting failed container\n',
    );
    expect(world.streamsAsked).toEqual(['kubeevents?follow=false']);
  });
});
