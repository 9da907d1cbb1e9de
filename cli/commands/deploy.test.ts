import { readFileSync } from 'node:fs';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { parseDecimal } from '../../market/money.js';
import { groupGpus } from '../../market/resources.js';
import type { DeployRequest } from '../deploy/request.js';
import type { CliFailure } from '../failure.js';
import { isCliFailure } from '../failure.js';
import { readSdl } from '../sdl.js';
import type { ReadSdl } from '../sdl.js';
import { refusal, services, TenantWorld } from '../testing/tenant-world.js';
import { deploy } from './deploy.js';

const sdlOf = async (name: string, edit = (text: string) => text): Promise<ReadSdl> => {
  const sdl = await readSdl(edit(readFileSync(`examples/${name}.yaml`, 'utf8')));
  if (!sdl.ok) throw new Error(JSON.stringify(sdl.reasons));
  return sdl;
};

let world: TenantWorld;

const request = async (changes: Partial<DeployRequest> = {}): Promise<DeployRequest> => ({
  file: 'web.yaml',
  sdl: await sdlOf('web-service'),
  deposit: { denom: 'uact', amount: 5_000_000n },
  accept: 'cheapest',
  bidWaitMs: 10_000,
  settleBlocks: 2,
  maxUsdPerHour: undefined,
  timeoutMs: 60_000,
  dseq: undefined,
  keep: false,
  feeReserve: { denom: 'uakt', amount: 15_500n },
  ...changes,
});

const failing = async (changes: Partial<DeployRequest> = {}): Promise<CliFailure> => {
  const wanted = await request(changes);
  const failure: unknown = await deploy(world.context(), wanted).then(
    () => new Error('it did not fail'),
    (error: unknown) => error,
  );
  if (!isCliFailure(failure)) throw failure;
  return failure;
};

const stateOf = async (dseq: bigint): Promise<string | undefined> =>
  (await world.chain.reader.deployment({ owner: world.owner, dseq }))?.state;

const dseqOf = (): bigint => {
  const [first] = world.chain.market.deployments.values();
  return first?.id.dseq ?? 0n;
};

beforeEach(async () => {
  world = await TenantWorld.create();
});

describe('deploy, when all goes well', () => {
  it('takes the cheapest bid and tells each step as a line of JSON', async () => {
    world.bidsBy(world.provider, '8');
    world.bidsBy(world.other, '7.5');
    world.statusAnswers.push(services({}), services({ web: 1 }), services({ web: 2 }));
    const wanted = await request();
    await deploy(world.context(), wanted);
    const steps = world.steps();
    expect(steps.map((s) => s['step'])).toEqual([
      'deployment-created',
      'bid',
      'bid',
      'lease-created',
      'manifest-sent',
      'service',
      'service',
      'service',
      'ready',
    ]);
    expect(steps[0]).toMatchObject({
      dseq: '1',
      height: '2',
      txHash: expect.stringMatching(/^[0-9A-F]{64}$/),
      hash: Buffer.from(wanted.sdl.hash).toString('hex'),
    });
    expect(steps.filter((s) => s['step'] === 'bid')).toContainEqual(
      expect.objectContaining({
        provider: world.other,
        // 7.5 uact a block, 3600 blocks an hour
        usdPerHour: '0.027',
        price: '7.5uact',
        gpus: [],
      }),
    );
    expect(steps[3]).toMatchObject({ provider: world.other, gseq: 1, oseq: 1, price: '7.5uact' });
    expect(steps[4]).toEqual({ step: 'manifest-sent', provider: world.other, attempts: 1 });
    expect(steps.slice(5, 8).map((s) => [s['ready'], s['total']])).toEqual([
      [0, 2],
      [1, 2],
      [2, 2],
    ]);
    expect(steps[8]).toMatchObject({
      dseq: '1',
      services: [{ name: 'web', uris: ['web.example.com'], ports: [], ips: [] }],
    });
    expect(world.manifests).toEqual([
      { provider: world.other, json: new TextDecoder().decode(wanted.sdl.manifest) },
    ]);
  });

  it('prints one JSON document with --output json, and nothing else on stdout', async () => {
    world.mode = 'json';
    world.bidsBy(world.provider, '8');
    world.statusAnswers.push(services({ web: 2 }));
    await deploy(world.context(), await request());
    expect(JSON.parse(world.stdout)).toMatchObject({
      dseq: '1',
      owner: world.owner,
      leases: [{ group: 'anywhere', gseq: 1, oseq: 1, provider: world.provider }],
      services: [{ name: 'web' }],
    });
  });

  it('counts the GPUs that are offered by model', async () => {
    world.bidsBy(world.provider, '5000');
    world.statusAnswers.push(services({ train: 1 }));
    const sdl = await sdlOf('training-job');
    expect(sdl.groups.reduce((n, g) => n + groupGpus(g), 0n)).toBe(8n);
    await deploy(world.context(), await request({ sdl }));
    expect(world.steps().find((s) => s['step'] === 'bid')).toMatchObject({
      usdPerHour: '18',
      gpus: [{ vendor: 'nvidia', model: 'h100', ram: '80Gi', interface: 'sxm', count: 8 }],
    });
  });

  it('waits some blocks for a better bid, and not for ever', async () => {
    world.bidsBy(world.provider, '8');
    let pauses = 0;
    const before = world.onPause;
    world.onPause = async () => {
      await before();
      pauses += 1;
      // The fake pauses half a block each: this is one block after the first bid.
      if (pauses === 3) for (const o of world.orders()) world.bid(o, world.other, '1');
    };
    world.statusAnswers.push(services({ web: 2 }));
    await deploy(world.context(), await request({ settleBlocks: 2 }));
    expect(world.steps().find((s) => s['step'] === 'lease-created')).toMatchObject({
      provider: world.other,
    });
  });

  it('takes a named provider as soon as it bids, though another is cheaper', async () => {
    world.bidsBy(world.other, '1');
    world.bidsBy(world.provider, '8');
    world.statusAnswers.push(services({ web: 2 }));
    await deploy(world.context(), await request({ accept: world.provider }));
    expect([...world.chain.market.leases.values()].map((l) => l.id.provider)).toEqual([
      world.provider,
    ]);
  });

  it('sends the manifest again while the gateway is away', async () => {
    world.bidsBy(world.provider, '8');
    world.manifestAnswers.push(refusal('ChainUnavailable', true), refusal('LeaseNotFound', true));
    world.statusAnswers.push(services({ web: 2 }));
    await deploy(world.context(), await request());
    expect(world.steps()).toContainEqual({
      step: 'manifest-sent',
      provider: world.provider,
      attempts: 3,
    });
  });

  it('chooses a free sequence when the latest height is taken', async () => {
    world.bidsBy(world.provider, '8');
    world.statusAnswers.push(services({ web: 2 }));
    const { groups, hash } = await sdlOf('web-service');
    const id = { owner: world.owner, dseq: 1n };
    const deposit = { denom: 'uact', amount: 1n };
    world.chain.market.run({ type: 'create-deployment', id, groups, hash, deposit });
    await deploy(world.context(), await request());
    expect(world.steps()[0]).toMatchObject({ step: 'deployment-created', dseq: '2' });
  });
});

describe('deploy, asking a person', () => {
  beforeEach(() => {
    world.canAsk = true;
    world.mode = 'text';
    world.bidsBy(world.provider, '8');
    world.bidsBy(world.other, '7');
    world.statusAnswers.push(services({ web: 2 }));
  });

  it('takes the number that was typed, after an answer that made no sense', async () => {
    world.answers.push('y', '9', 'two', '2');
    await deploy(world.context(), await request({ accept: undefined }));
    expect([...world.chain.market.leases.values()][0]?.id.provider).toBe(world.provider);
    expect(world.said.join('\n')).toContain('Please give a number from 1 to 2.');
    expect(world.stdout).toContain('Deployment 1 is ready.');
    expect(world.stdout).toContain('http://web.example.com');
  });

  it('creates nothing without a yes', async () => {
    world.answers.push('');
    expect(await failing({ accept: undefined })).toMatchObject({ code: 'GivenUp', exit: 1 });
    expect(world.sent()).toEqual([]);
  });

  it('closes the deployment when none of the bids is taken', async () => {
    world.answers.push('yes', 'q');
    const failure = await failing({ accept: undefined });
    expect(failure.code).toBe('GivenUp');
    expect(failure.next).toContain('the deposit is back');
    expect(world.sent()).toEqual(['create-deployment', 'close-deployment']);
  });
});

describe('deploy, when it does not work', () => {
  it.each([
    [[], 'has nothing, and needs 5000000uact for the deposit'],
    [[{ denom: 'uact', amount: 4_999_999n }], 'has 4999999uact, and needs 5000000uact'],
    [[{ denom: 'uact', amount: 9_000_000n }], 'needs 15500uakt for fees'],
  ])('sends nothing without funds: %j', async (balances, wantText) => {
    world.chain.market.balances.set(world.owner, balances);
    const failure = await failing();
    expect(failure).toMatchObject({ code: 'InsufficientFunds', exit: 1, field: 'deposit' });
    expect(failure.message).toContain(wantText);
    expect(world.sent()).toEqual([]);
  });

  it('gets the deposit back when nobody bids, and says how many could have', async () => {
    world.register(world.other, [{ key: 'region', value: 'eu' }]);
    const sdl = await sdlOf('web-service', (text) =>
      text.replace(
        '    anywhere:\n      pricing',
        '    anywhere:\n      attributes:\n        region: eu\n      pricing',
      ),
    );
    const failure = await failing({ sdl });
    expect(failure.code).toBe('NoBids');
    expect(failure.message).toBe('no provider bid within 10s');
    expect(failure.next).toContain(
      'Of 2 registered providers, 1 could serve group anywhere by their records on chain (1 without the attributes region=eu)',
    );
    expect(failure.next).toContain('was closed in block');
    expect(world.sent()).toEqual(['create-deployment', 'close-deployment']);
    expect(world.steps().at(-1)).toMatchObject({ step: 'deployment-closed', dseq: '1' });
  });

  it('leaves the deployment open with --keep, and says how to go on', async () => {
    const failure = await failing({ keep: true });
    expect(failure.code).toBe('NoBids');
    expect(failure.next).toContain('berth deploy web.yaml --dseq 1');
    expect(failure.next).toContain('berth close 1');
    expect(await stateOf(1n)).toBe('active');
  });

  it('takes no bid above the limit', async () => {
    world.bidsBy(world.provider, '8');
    const failure = await failing({ maxUsdPerHour: parseDecimal('0.02') });
    expect(failure).toMatchObject({ code: 'BidsTooDear', field: 'max-usd-per-hour' });
    expect(failure.message).toContain('$0.0288/hour, more than the $0.0200/hour you allow');
    expect(world.sent()).not.toContain('create-lease');
  });

  it('says that the named provider did not bid when others did', async () => {
    world.bidsBy(world.other, '8');
    expect(await failing({ accept: world.provider })).toMatchObject({
      code: 'ProviderDidNotBid',
      field: 'accept',
    });
  });

  it('closes the deployment when the user stops while waiting', async () => {
    world.onPause = () => {
      world.stop.abort();
    };
    const failure = await failing();
    expect(failure.code).toBe('Interrupted');
    expect(failure.next).toContain('the deposit is back');
    expect(await stateOf(dseqOf())).toBe('closed');
  });

  it('waits through an outage of the chain', async () => {
    world.bidsBy(world.provider, '8');
    const before = world.onPause;
    let pauses = 0;
    world.onPause = async () => {
      pauses += 1;
      world.chain.dead = pauses > 0 && pauses < 5;
      await before();
    };
    world.statusAnswers.push(services({ web: 2 }));
    await deploy(world.context(), await request());
    expect(world.said.filter((line) => line.startsWith('The chain does not answer'))).toHaveLength(
      1,
    );
    expect(world.steps().at(-1)).toMatchObject({ step: 'ready' });
  });

  it('looks again when the bid is withdrawn before it is taken', async () => {
    world.bidsBy(world.provider, '8');
    world.bidsBy(world.other, '9');
    world.statusAnswers.push(services({ web: 2 }));
    const ctx = world.context();
    let refusals = 0;
    const withdrawn = {
      ...ctx,
      lane: {
        ...ctx.lane,
        submit: ((messages, options) => {
          const [first] = messages;
          if (first?.type === 'create-lease' && refusals === 0) {
            refusals += 1;
            world.chain.market.run({ type: 'close-bid', id: first.id, reason: 'unspecified' });
          }
          return ctx.lane.submit(messages, options);
        }) satisfies typeof ctx.lane.submit,
      },
    };
    await deploy(withdrawn, await request());
    expect(refusals).toBe(1);
    expect([...world.chain.market.leases.values()].map((l) => l.id.provider)).toEqual([
      world.other,
    ]);
  });

  it.each([
    ['ManifestInvalid', 'a refusal that waiting does not mend'],
    ['GatewayCertificateUnknown', 'a server that is not the provider'],
  ])('names %s after %s, and what is still running', async (code) => {
    world.bidsBy(world.provider, '8');
    world.manifestAnswers.push(refusal(code, false));
    const failure = await failing();
    expect(failure.code).toBe(code);
    expect(failure.next).toContain('Go on: berth deploy web.yaml --dseq 1');
    expect(failure.next).toContain('berth close 1');
    expect(await stateOf(1n)).toBe('active');
  });

  it('gives up on services that do not become ready, naming them and the last problem', async () => {
    world.bidsBy(world.provider, '8');
    world.statusAnswers.push(services({ web: 1 }), refusal('ClusterUnavailable', true));
    const failure = await failing({ timeoutMs: 5_000 });
    expect(failure.code).toBe('NotReady');
    expect(failure.message).toBe(
      'not ready within 5s: web 1/2; the gateway said ClusterUnavailable',
    );
  });

  it('says that the lease has ended instead of waiting on', async () => {
    world.bidsBy(world.provider, '8');
    world.statusAnswers.push(services({ web: 0 }));
    const before = world.onPause;
    world.onPause = async () => {
      await before();
      for (const lease of world.chain.market.leases.values()) {
        world.chain.market.run({ type: 'close-bid', id: lease.id, reason: 'unstable' });
      }
    };
    const failure = await failing();
    expect(failure.code).toBe('LeaseEnded');
    expect(failure.message).toContain('closed, lease_closed_reason_unstable');
  });
});

describe('deploy --dseq of a deployment that exists', () => {
  it('goes on where it stands: bids, then lease and manifest', async () => {
    await failing({ keep: true });
    world.stdout = '';
    world.bidsBy(world.provider, '8');
    world.statusAnswers.push(services({ web: 2 }));
    await deploy(world.context(), await request({ dseq: 1n }));
    expect(world.steps().map((s) => s['step'])).toEqual([
      'deployment-resumed',
      'bid',
      'lease-created',
      'manifest-sent',
      'service',
      'ready',
    ]);
    expect(world.sent()).toEqual(['create-deployment', 'create-lease']);
  });

  it('only sends the manifest when the lease is there already', async () => {
    world.bidsBy(world.provider, '8');
    world.manifestAnswers.push(refusal('ManifestInvalid', false));
    await failing();
    world.stdout = '';
    world.statusAnswers.push(services({ web: 2 }));
    await deploy(world.context(), await request({ dseq: 1n }));
    expect(world.steps().map((s) => s['step'])).toEqual([
      'deployment-resumed',
      'manifest-sent',
      'service',
      'ready',
    ]);
  });

  it('does not close what an earlier run made', async () => {
    await failing({ keep: true });
    expect((await failing({ dseq: 1n })).next).toContain('still open');
    expect(await stateOf(1n)).toBe('active');
  });

  it('refuses another SDL, and one that is closed', async () => {
    await failing({ keep: true });
    const other = await sdlOf('web-service', (text) => text.replace('nginx:1.29', 'nginx:1.28'));
    expect(await failing({ dseq: 1n, sdl: other })).toMatchObject({
      code: 'DeploymentDiffers',
      exit: 2,
      next: 'To change what it runs: berth update 1 web.yaml',
    });
    world.chain.market.run({ type: 'close-deployment', id: { owner: world.owner, dseq: 1n } });
    expect(await failing({ dseq: 1n })).toMatchObject({ code: 'DeploymentClosed', field: 'dseq' });
  });
});
