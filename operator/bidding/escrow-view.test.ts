import { describe, expect, it } from '@jest/globals';
import type { Block, MarketEvent } from '../../market/events.js';
import { bidIdOf } from '../../market/ids.js';
import { Decimal } from '../../market/money.js';
import type { Deployment, EscrowAccount, Lease } from '../../market/records.js';
import { EscrowView } from './escrow-view.js';

const OWNER = 'akash1qufa3xzrf34qvwyejkhvnc4psf49fftaw0asmh';
const ID = { owner: OWNER, dseq: 7n };
const ORDER = { ...ID, gseq: 1, oseq: 1 };
const OTHERS = bidIdOf({ ...ID, gseq: 2, oseq: 1 }, 'akash1other');
const PATH = `${OWNER}/7`;

const anAccount = (uact: string, settledAt = 10n): EscrowAccount => ({
  state: 'open',
  settledAt,
  funds: [{ denom: 'uact', amount: new Decimal(uact) }],
  transferred: [],
});
const aDeployment = (escrow: EscrowAccount): Deployment => ({
  ...{ id: ID, state: 'active', hash: new Uint8Array(), createdAt: 1n, groups: [], escrow },
});
const aLease = (perBlock: string): Lease => ({
  ...{ id: OTHERS, state: 'active', createdAt: 1n, closedOn: 0n, reason: '' },
  price: { denom: 'uact', amount: new Decimal(perBlock) },
});
const CREATED: MarketEvent = { type: 'order-created', id: ORDER, escrow: anAccount('500') };

const setup = () => {
  const chain: {
    deployment: Deployment | undefined;
    leases: readonly Lease[];
    questions: number;
    onQuestion: () => void;
    down: boolean;
  } = {
    ...{ deployment: aDeployment(anAccount('900')), leases: [], questions: 0, down: false },
    onQuestion: () => undefined,
  };
  const time = { ms: 0, height: 10n };
  const learnt: string[] = [];
  const view = new EscrowView({
    reader: {
      deployment: async () => {
        chain.questions += 1;
        const { deployment } = chain;
        chain.onQuestion();
        if (chain.down) throw new Error('no answer');
        return deployment;
      },
      leasesOfOwner: async () => chain.leases,
    },
    height: () => time.height,
    clock: { monotonic: () => time.ms },
    maxAgeMs: 1000,
    onLearnt: (keys) => learnt.push(...keys),
  });
  const block = (...events: readonly MarketEvent[]): void => {
    const seen: Block = { height: time.height, timeMs: 0, hash: '', events };
    view.onBlock(seen);
  };
  const uact = (): string | undefined => view.accountOf(ORDER)?.funds[0]?.amount.toFixed();
  return { chain, time, learnt, view, block, uact };
};

describe('the escrow account of an open order', () => {
  it('is known from the block that opened it, and nobody is asked', () => {
    const { block, uact, view, chain } = setup();
    block(CREATED);
    expect(uact()).toBe('500');
    expect([view.wants, chain.questions]).toEqual([false, 0]);
  });

  it('is unknown at first where no block told it, and known once it was asked for', async () => {
    const { uact, view, learnt } = setup();
    expect(uact()).toBeUndefined();
    expect(view.wants).toBe(true);
    await view.read();
    expect(uact()).toBe('900');
    expect(learnt).toEqual([PATH]);
    expect(view.wants).toBe(false);
  });

  it('has what leases drew since the settlement taken off, down to nothing', async () => {
    const { uact, view, chain, time } = setup();
    chain.leases = [aLease('2.5')];
    uact();
    await view.read();
    time.height = 110n;
    expect(uact()).toBe('650');
    time.height = 1_000n;
    expect(uact()).toBe('0');
  });

  it('counts as it was after a deposit, until it is read again', async () => {
    const { block, uact, view } = setup();
    block(CREATED);
    block({ type: 'deployment-deposited', id: ID });
    expect([uact(), view.wants]).toEqual(['500', true]);
    await view.read();
    expect([uact(), view.wants]).toEqual(['900', false]);
  });

  it.each<readonly [string, MarketEvent]>([
    ['began', { type: 'lease-created', id: OTHERS, price: aLease('1').price }],
    ['ended', { type: 'lease-closed', id: OTHERS, reason: '' }],
  ])('is unknown once a lease of the deployment %s, whoever has it', async (_name, event) => {
    const { block, uact, view } = setup();
    block(CREATED);
    block(event);
    expect(uact()).toBeUndefined();
    await view.read();
    expect(uact()).toBe('900');
  });

  it('is not taken from an answer that something overtook', async () => {
    const { block, uact, view, chain } = setup();
    uact();
    chain.onQuestion = () => {
      block({ type: 'lease-created', id: OTHERS, price: aLease('1').price });
      chain.onQuestion = () => undefined;
    };
    await expect(view.read()).rejects.toThrow(/cannot be read yet/);
    expect(uact()).toBeUndefined();
    await view.read();
    expect(uact()).toBe('900');
  });

  it('is asked for again when it is old, and counts meanwhile', async () => {
    const { block, uact, view, time } = setup();
    block(CREATED);
    time.ms = 1001;
    expect([uact(), view.wants]).toEqual(['500', true]);
    await view.read();
    expect(uact()).toBe('900');
  });

  it('stays wanted while the chain does not answer, or does not have it yet', async () => {
    const { uact, view, chain } = setup();
    uact();
    chain.down = true;
    await expect(view.read()).rejects.toThrow('no answer');
    chain.down = false;
    chain.deployment = undefined;
    await expect(view.read()).rejects.toThrow(/cannot be read yet/);
    expect([uact(), view.wants]).toEqual([undefined, true]);
  });

  it('is forgotten when no order of the deployment is open', () => {
    const { block, uact, view } = setup();
    block(CREATED);
    view.retain([ORDER]);
    expect(uact()).toBe('500');
    view.retain([]);
    expect(uact()).toBeUndefined();
  });
});
