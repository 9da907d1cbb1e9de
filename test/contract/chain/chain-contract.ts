/**
 * What every chain behind the ports of chain/ports.ts must do: one story of a provider, a rival and a tenant, told to the
 * fake and to a real node alike, so that the fake cannot drift.
 */
import { beforeAll, describe, expect, it } from '@jest/globals';
import { generateCertificate } from '../../../chain/certificate.js';
import type {
  BlockFeed,
  ChainMessage,
  ChainReader,
  TxLane,
  TxOutcome,
} from '../../../chain/ports.js';
import { until } from '../../../chain/testing/until.js';
import type { Block, MarketEvent } from '../../../market/events.js';
import { bidIdOf, formatBidId, formatOrderId } from '../../../market/ids.js';
import type { BidId, DeploymentId, OrderId } from '../../../market/ids.js';
import { Decimal } from '../../../market/money.js';
import type { DecCoin } from '../../../market/money.js';
import { afterTests } from '../../after-tests.js';
import { aGroup, providerAttributes } from './a-group.js';

/** A chain to tell the story to. */
export interface ContractChain {
  readonly reader: ChainReader;
  readonly feed: BlockFeed;
  readonly provider: TxLane;
  readonly rival: TxLane;
  readonly tenant: TxLane;
  /** An address that the chain has never seen. */
  readonly stranger: string;
  stop(): Promise<void>;
}

const uact = (amount: string): DecCoin => ({ denom: 'uact', amount: new Decimal(amount) });
const deposit = (amount: bigint): { denom: string; amount: bigint } => ({ denom: 'uact', amount });
const HOUR_MS = 3_600_000;
/** More than an epoch has where burns are executed at its end. */
const EPOCH_BLOCKS = 20;

/** How a transaction ended, in a word. */
const verdict = (outcome: TxOutcome): string =>
  outcome.status === 'expired'
    ? 'expired'
    : `${outcome.status} ${outcome.code === 0 ? 'ok' : `${outcome.codespace}/${outcome.code} ${outcome.log}`}`;

/** @param limitMs how long a step may take on this chain */
export const describeChain = (
  name: string,
  start: () => Promise<ContractChain>,
  limitMs: number,
): void => {
  describe(name, () => {
    let chain: ContractChain;
    const blocks: Block[] = [];
    const stop = new AbortController();
    let id: DeploymentId;
    let order: OrderId;
    let bid: BidId;
    let rivalBid: BidId;
    const hash = new Uint8Array(32).fill(7);

    const done = async (lane: TxLane, message: ChainMessage): Promise<void> => {
      expect(verdict(await lane.submit([message]))).toBe('included ok');
    };
    const event = (want: MarketEvent['type'], path: string): Promise<void> =>
      until(
        `the event ${want} of ${path}`,
        () =>
          blocks.some((b) => b.events.some((e) => e.type === want && pathOf(e).startsWith(path))),
        limitMs,
      );
    const createBid = (bidId: BidId, amount: string): ChainMessage => ({
      type: 'create-bid',
      id: bidId,
      price: uact(amount),
      deposit: deposit(500_000n),
      resourcesOffer: aGroup().units.map(({ resources, count }) => ({ resources, count })),
    });

    const atEnd = afterTests(60_000);
    beforeAll(async () => {
      chain = await start();
      atEnd(() => chain.stop());
      const feeding = chain.feed.run(stop.signal, (block) => {
        blocks.push(block);
      });
      atEnd(async () => {
        stop.abort();
        await feeding;
      });
      await until('the first block', () => blocks.length > 0, limitMs);
      id = { owner: chain.tenant.address, dseq: (await chain.reader.head()).height };
      order = { ...id, gseq: 1, oseq: 1 };
      bid = bidIdOf(order, chain.provider.address);
      rivalBid = bidIdOf(order, chain.rival.address);
    }, 60_000);

    it(
      'its head moves on',
      async () => {
        const before = await chain.reader.head();
        await until('a block', () => (blocks.at(-1)?.height ?? 0n) > before.height + 1n, limitMs);
        const after = await chain.reader.head();
        expect(after.chainId).toBe(before.chainId);
        expect(after.height).toBeGreaterThan(before.height);
        expect(after.timeMs).toBeGreaterThan(before.timeMs);
        expect(chain.feed.stalenessMs()).toBeLessThan(limitMs);
      },
      3 * limitMs,
    );

    it(
      'what does not exist is undefined or empty, never an error',
      async () => {
        const { reader, stranger } = chain;
        const nowhere = { ...order, dseq: 2n ** 64n - 1n };
        const noBid = bidIdOf(nowhere, stranger);
        expect(await reader.order(nowhere)).toBeUndefined();
        expect(await reader.group(nowhere)).toBeUndefined();
        expect(await reader.deployment(nowhere)).toBeUndefined();
        expect(await reader.bid(noBid)).toBeUndefined();
        expect(await reader.lease(noBid)).toBeUndefined();
        expect(await reader.provider(stranger)).toBeUndefined();
        expect(await reader.account(stranger)).toBeUndefined();
        expect(await reader.balances(stranger)).toEqual([]);
        expect(await reader.auditedAttributes(stranger)).toEqual([]);
        expect(await reader.certificates(stranger)).toEqual([]);
        expect(await reader.bidsOf(stranger)).toEqual([]);
        expect(await reader.bidsOnOrder(nowhere)).toEqual([]);
        expect(await reader.leasesOf(stranger, ['active', 'reclaiming'])).toEqual([]);
        expect(await reader.deploymentsOf(stranger)).toEqual([]);
      },
      3 * limitMs,
    );

    it(
      'a provider registers, and may change its record',
      async () => {
        for (const lane of [chain.provider, chain.rival]) {
          const provider = {
            owner: lane.address,
            hostUri: 'https://provider.example:8443',
            attributes: providerAttributes,
            info: { email: 'ops@provider.example', website: 'https://provider.example' },
          };
          const known = await chain.reader.provider(lane.address);
          await done(lane, {
            type: known === undefined ? 'create-provider' : 'update-provider',
            provider,
          });
          expect(await chain.reader.provider(lane.address)).toEqual(provider);
          const moved = { ...provider, hostUri: 'https://other.example:8443' };
          await done(lane, { type: 'update-provider', provider: moved });
          expect(await chain.reader.provider(lane.address)).toEqual(moved);
        }
        await event('provider-updated', chain.rival.address);
      },
      3 * limitMs,
    );

    it(
      'a right and a fee allowance are given, found and taken back',
      async () => {
        const [granter, grantee] = [chain.provider.address, chain.rival.address];
        const at = Math.floor((await chain.reader.head()).timeMs / 1000) + 3_600;
        const pair = { granter, grantee };
        expect(await chain.reader.grants(granter, grantee)).toEqual([]);
        expect(await chain.reader.feeAllowance(granter, grantee)).toBeUndefined();
        await done(chain.provider, {
          ...{ type: 'grant', ...pair, message: 'create-bid', expiresAtSeconds: at },
        });
        const period = { seconds: 86_400, limitUakt: 700_000n };
        const terms = { limitUakt: 5_000_000n, period, expiresAtSeconds: at };
        await done(chain.provider, { type: 'grant-fees', ...pair, terms });
        const typeUrl = '/akash.market.v1beta5.MsgCreateBid';
        expect(await chain.reader.grants(granter, grantee)).toEqual([
          { ...pair, typeUrl, unbounded: true, expiresAtMs: at * 1000 },
        ]);
        expect(await chain.reader.feeAllowance(granter, grantee)).toMatchObject({
          ...{ ...pair, leftUakt: 5_000_000n, period, expiresAtMs: at * 1000 },
          onlyTypeUrls: ['/cosmos.authz.v1beta1.MsgExec'],
        });
        await done(chain.provider, { type: 'revoke-grant', ...pair, typeUrl });
        await done(chain.provider, { type: 'revoke-fees', ...pair });
        expect(await chain.reader.grants(granter, grantee)).toEqual([]);
        expect(await chain.reader.feeAllowance(granter, grantee)).toBeUndefined();
      },
      5 * limitMs,
    );

    it(
      'a certificate is published, found and revoked',
      async () => {
        const owner = chain.tenant.address;
        const now = (await chain.reader.head()).timeMs;
        const pems = await generateCertificate({
          address: owner,
          hosts: [],
          serial: BigInt(Math.floor(now)) * 1_000_000n,
          notBefore: new Date(now - HOUR_MS),
          notAfter: new Date(now + 24 * HOUR_MS),
        });
        await done(chain.tenant, { type: 'create-certificate', owner, ...pems });
        const mine = (await chain.reader.certificates(owner)).find((c) => c.cert === pems.certPem);
        expect(mine).toMatchObject({ state: 'valid', pubkey: pems.pubkeyPem, owner });
        const serial = mine?.serial ?? '';
        expect(await chain.reader.certificates(owner, serial)).toEqual([mine]);
        await done(chain.tenant, { type: 'revoke-certificate', owner, serial });
        expect(await chain.reader.certificates(owner, serial)).toEqual([
          { ...mine, state: 'revoked' },
        ]);
      },
      3 * limitMs,
    );

    it(
      'a deployment opens an order, in the listing and as an event',
      async () => {
        await done(chain.tenant, {
          type: 'create-deployment',
          id,
          groups: [aGroup()],
          hash,
          deposit: deposit(5_000_000n),
        });
        await event('order-created', formatOrderId(order));
        const deployment = await chain.reader.deployment(id);
        expect(deployment).toMatchObject({ id, state: 'active' });
        expect([...(deployment?.hash ?? [])]).toEqual([...hash]);
        expect(deployment?.escrow.state).toBe('open');
        expect(deployment?.escrow.funds.map((f) => `${f.amount.toString()}${f.denom}`)).toEqual([
          '5000000uact',
        ]);
        expect(await chain.reader.group({ ...id, gseq: 1 })).toMatchObject({ state: 'open' });
        const found = await chain.reader.order(order);
        expect(found).toMatchObject({ id: order, state: 'open' });
        expect(JSON.stringify(found?.spec, big)).toBe(JSON.stringify(aGroup(), big));
        expect(paths(await chain.reader.openOrders())).toContain(formatOrderId(order));
        expect((await chain.reader.deploymentsOf(id.owner)).map((d) => d.id)).toContainEqual(id);
      },
      3 * limitMs,
    );

    it(
      'two providers bid; a second bid of one fails in its block',
      async () => {
        await done(chain.provider, createBid(bid, '1200.5'));
        await done(chain.rival, createBid(rivalBid, '1300'));
        await event('bid-created', formatBidId(bid));
        const found = await chain.reader.bid(bid);
        expect(found).toMatchObject({ id: bid, state: 'open' });
        expect(found?.price.amount.toString()).toBe('1200.5');
        expect(found?.resourcesOffer).toHaveLength(1);
        expect(found?.resourcesOffer[0]?.resources.gpu.units).toBe(8n);
        expect(paths(await chain.reader.bidsOnOrder(order)).toSorted()).toEqual([
          formatOrderId(order),
          formatOrderId(order),
        ]);
        expect((await chain.reader.bidsOf(bid.provider, 'open')).map((b) => b.id)).toContainEqual(
          bid,
        );
        const again = await chain.provider.submit([createBid(bid, '1000')]);
        expect(again).toMatchObject({ status: 'included', codespace: 'market', code: 21 });
      },
      3 * limitMs,
    );

    it(
      'a message that fails takes its whole transaction with it',
      async () => {
        const outcome = await chain.tenant.submit([
          { type: 'update-deployment', id, hash: new Uint8Array(32).fill(1) },
          { type: 'update-deployment', id: { ...id, dseq: id.dseq + 10_000n }, hash },
        ]);
        expect(outcome).toMatchObject({ status: 'included', codespace: 'deployment', code: 4 });
        expect((await chain.reader.deployment(id))?.hash[0]).toBe(7);
      },
      3 * limitMs,
    );

    it(
      'the tenant takes one bid; the other is lost',
      async () => {
        await done(chain.tenant, { type: 'create-lease', id: bid });
        await event('lease-created', formatBidId(bid));
        const lease = await chain.reader.lease(bid);
        expect(lease).toMatchObject({ id: bid, state: 'active', closedOn: 0n });
        expect(lease?.price.amount.toString()).toBe('1200.5');
        expect((await chain.reader.bid(bid))?.state).toBe('active');
        expect((await chain.reader.bid(rivalBid))?.state).toBe('lost');
        expect((await chain.reader.order(order))?.state).toBe('active');
        expect(paths(await chain.reader.openOrders())).not.toContain(formatOrderId(order));
        const live = await chain.reader.leasesOf(bid.provider, ['active', 'reclaiming']);
        expect(live.map((l) => l.id)).toContainEqual(bid);
        const owned = await chain.reader.leasesOfOwner(id.owner, ['active']);
        expect(owned.map((l) => l.id)).toContainEqual(bid);
      },
      3 * limitMs,
    );

    it(
      'the provider withdraws; the tenant tops up and updates',
      async () => {
        await done(chain.provider, { type: 'withdraw-lease', id: bid });
        await done(chain.tenant, {
          type: 'deposit-deployment',
          id,
          signer: id.owner,
          amount: deposit(1_000_000n),
        });
        const other = new Uint8Array(32).fill(9);
        await done(chain.tenant, { type: 'update-deployment', id, hash: other });
        expect((await chain.reader.deployment(id))?.hash[0]).toBe(9);
        await event('deployment-updated', `${id.owner}/${id.dseq}`);
      },
      3 * limitMs,
    );

    it(
      'the tenant closes the lease: it ends, and a new order is open',
      async () => {
        await done(chain.tenant, { type: 'close-lease', id: bid, reason: 'owner' });
        await event('lease-closed', formatBidId(bid));
        expect(await chain.reader.lease(bid)).toMatchObject({
          state: 'closed',
          reason: 'lease_closed_owner',
        });
        expect((await chain.reader.bid(bid))?.state).toBe('closed');
        expect((await chain.reader.order(order))?.state).toBe('closed');
        expect((await chain.reader.order({ ...order, oseq: 2 }))?.state).toBe('open');
        await event('order-created', formatOrderId({ ...order, oseq: 2 }));
      },
      3 * limitMs,
    );

    it(
      'the provider closes a bid, and later the lease of another',
      async () => {
        const second = { ...bid, oseq: 2 };
        const rivals = { ...rivalBid, oseq: 2 };
        await done(chain.provider, createBid(second, '1000'));
        await done(chain.provider, { type: 'close-bid', id: second, reason: 'unspecified' });
        expect((await chain.reader.bid(second))?.state).toBe('closed');
        await done(chain.rival, createBid(rivals, '1000'));
        await done(chain.tenant, { type: 'create-lease', id: rivals });
        await done(chain.rival, { type: 'close-bid', id: rivals, reason: 'unstable' });
        await event('group-paused', `${id.owner}/${id.dseq}/1`);
        expect(await chain.reader.lease(rivals)).toMatchObject({
          state: 'closed',
          reason: 'lease_closed_reason_unstable',
        });
        expect((await chain.reader.group({ ...id, gseq: 1 }))?.state).toBe('paused');
      },
      3 * limitMs,
    );

    it(
      'the tenant closes the deployment',
      async () => {
        await done(chain.tenant, { type: 'close-deployment', id });
        await event('deployment-closed', `${id.owner}/${id.dseq}`);
        expect(await chain.reader.deployment(id)).toMatchObject({ state: 'closed' });
        expect((await chain.reader.deploymentsOf(id.owner)).map((d) => d.id)).toContainEqual(id);
      },
      3 * limitMs,
    );

    it(
      'uact that the provider burns become uakt at the end of an epoch',
      async () => {
        const owner = chain.provider.address;
        const { aktUsd, burnsAllowed } = await chain.reader.exchange();
        expect([aktUsd?.toString(), burnsAllowed]).toEqual(['1', true]);
        const before = await chain.reader.burnsOf(owner);
        await done(chain.provider, { type: 'burn-act', owner, amountUact: 100n });
        let burns = await chain.reader.burnsOf(owner);
        for (let n = 0; burns.at(-1)?.state === 'pending' && n < EPOCH_BLOCKS; n += 1) {
          const seen = blocks.length;
          await until('a block', () => blocks.length > seen, limitMs);
          burns = await chain.reader.burnsOf(owner);
        }
        expect(burns.length).toBe(before.length + 1);
        expect(burns.at(-1)).toMatchObject({
          ...{
            state: 'executed',
            fromDenom: 'uact',
            toDenom: 'uakt',
            burned: { denom: 'uact', amount: 100n },
          },
        });
      },
      6 * limitMs,
    );

    it(
      'many independent transactions of one key land together',
      async () => {
        const { address } = chain.provider;
        const outcomes = await Promise.all(
          Array.from({ length: 20 }, () =>
            chain.provider.submit([
              { type: 'send', from: address, to: address, amount: [{ denom: 'uakt', amount: 1n }] },
            ]),
          ),
        );
        expect(new Set(outcomes.map(verdict))).toEqual(new Set(['included ok']));
        expect(new Set(outcomes.map((o) => o.hash)).size).toBe(20);
      },
      3 * limitMs,
    );

    it(
      'what was signed, written down and broadcast twice lands once',
      async () => {
        const { address } = chain.tenant;
        const tx = await chain.tenant.sign([
          { type: 'send', from: address, to: address, amount: [{ denom: 'uakt', amount: 1n }] },
        ]);
        const first = await chain.tenant.broadcast(tx);
        expect(verdict(first)).toBe('included ok');
        expect(await chain.tenant.broadcast(tx)).toEqual(first);
      },
      3 * limitMs,
    );

    it('the blocks had no gap', () => {
      const heights = blocks.map((b) => b.height);
      expect(heights).toEqual(heights.map((_, i) => (heights[0] ?? 0n) + BigInt(i)));
    });
  });
};

const big = (_key: string, value: unknown): unknown =>
  typeof value === 'bigint' ? value.toString() : value;

const paths = (list: readonly { readonly id: OrderId }[]): readonly string[] =>
  list.map((entry) => formatOrderId(entry.id));

const pathOf = (e: MarketEvent): string => {
  if (e.type === 'provider-created' || e.type === 'provider-updated') return e.owner;
  const { id } = e;
  const parts = [id.owner, id.dseq];
  if ('gseq' in id) parts.push(BigInt(id.gseq));
  if ('oseq' in id) parts.push(BigInt(id.oseq));
  if ('provider' in id) parts.push(id.provider);
  return parts.join('/');
};
