import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { BinaryWriter } from '@bufbuild/protobuf/wire';
import {
  Lease as WireLease,
  LeaseFilters,
  Types_Payment as WirePayment,
} from '@akashnetwork/chain-sdk/private-types/akash.v1';
import {
  BidFilters,
  Bid as WireBid,
  Bid_State,
  Order as WireOrder,
  QueryOrdersRequest,
} from '@akashnetwork/chain-sdk/private-types/akash.v1beta5';
import { PageRequest, PageResponse } from '@akashnetwork/chain-sdk/private-types/cosmos.v1beta1';
import Long from 'long';
import { connectChain } from '../client.js';
import type { ChainClient } from '../client.js';
import { isChainQueryError } from '../errors.js';
import { isChainUnavailable } from '../ports.js';
import { abciAnswer, abciRefusal } from '../testing/abci-answers.js';
import { readRecording } from '../testing/recordings.js';
import { ScriptedRpc } from '../testing/scripted-rpc.js';
import { bytesFields } from '../wire/fields.js';

const OWNER = 'akash1755j742uefcjur6qy6ylgkne80xsqn4dcs360u';
const PROVIDER = 'akash19h7kcru96wkylecd2vswv9eph6e58fnmk4fna5';
const orderId = { owner: OWNER, dseq: 7n, gseq: 1, oseq: 1 };
const bidId = { ...orderId, provider: PROVIDER, bseq: 0 };

interface Listing {
  readonly orders: readonly Record<string, unknown>[];
  readonly leases: readonly { readonly lease: unknown; readonly escrow_payment: unknown }[];
}
const recordedList = (file: string): Listing => JSON.parse(readRecording(file)) as Listing;

/** The recorded order in protobuf, with another dseq. REST gives `val` as digits where the SDK's JSON wants base64. */
const anOrder = (dseq = 7): Uint8Array => {
  const json = JSON.stringify(recordedList('order-list.json').orders[0]).replace(
    /"val":"(\d+)"/g,
    (_all, digits: string) => `"val":"${Buffer.from(digits).toString('base64')}"`,
  );
  const order = WireOrder.fromJSON(JSON.parse(json));
  const id = order.id ?? { owner: '', dseq: Long.UZERO, gseq: 0, oseq: 0 };
  return WireOrder.encode({ ...order, id: { ...id, dseq: Long.fromNumber(dseq, true) } }).finish();
};

const aLease = (extra: Uint8Array = new Uint8Array()): Uint8Array => {
  const [entry] = recordedList('lease-list.json').leases;
  const lease = WireLease.encode({
    ...WireLease.fromJSON(entry?.lease),
  }).finish();
  const payment = WirePayment.encode(WirePayment.fromJSON(entry?.escrow_payment)).finish();
  return new BinaryWriter()
    .uint32(10)
    .bytes(Buffer.concat([lease, extra]))
    .uint32(18)
    .bytes(payment)
    .finish();
};

const list = (entries: readonly Uint8Array[], nextKey = new Uint8Array()): Uint8Array => {
  const writer = new BinaryWriter();
  for (const entry of entries) writer.uint32(10).bytes(entry);
  const page = PageResponse.encode({ nextKey, total: Long.UZERO }).finish();
  return writer.uint32(18).bytes(page).finish();
};

/** Overrides a lease's state: the last occurrence of a field counts. */
const inState = (state: number): Uint8Array => new BinaryWriter().uint32(16).int32(state).finish();

/** A field with a submessage. */
const sub = (field: number, message: Uint8Array): Uint8Array =>
  new BinaryWriter()
    .uint32((field << 3) | 2)
    .bytes(message)
    .finish();
const duration = (seconds: number): Uint8Array =>
  new BinaryWriter().uint32(8).int64(seconds).finish();

let rpc: ScriptedRpc;
let client: ChainClient;

beforeEach(async () => {
  rpc = await ScriptedRpc.start();
  rpc.addBlock();
  client = connectChain({ endpoints: [rpc.url], requestTimeoutMs: 300 });
});

afterEach(async () => {
  client.close();
  await rpc.stop();
});

const answer = (handle: (path: string, data: Uint8Array, height: string) => unknown): void => {
  rpc.handlers.set('abci_query', ({ path, data, height }) =>
    handle(
      String(path),
      Uint8Array.from(Buffer.from(String(data), 'hex')),
      typeof height === 'string' ? height : '',
    ),
  );
};

describe('records of a real node', () => {
  it('an order as it was listed', async () => {
    answer(() => abciAnswer(list([anOrder()])));
    const [order] = await client.reader.openOrders();
    expect(order).toMatchObject({ id: orderId, state: 'open', createdAt: 8n });
    expect(order?.reclamationMinWindowSeconds).toBeUndefined();
    expect(order?.spec).toMatchObject({
      name: 'westcoast',
      requirements: { attributes: [{ key: 'region', value: 'us-west' }] },
    });
    const [unit] = order?.spec.units ?? [];
    expect(unit?.price.amount.toString()).toBe('1000');
    expect(unit?.resources).toEqual({
      id: 1,
      cpu: { milliCpu: 100n, attributes: [] },
      memory: { quantityBytes: 16_777_216n, attributes: [] },
      storage: [{ name: 'default', quantityBytes: 134_217_728n, attributes: [] }],
      gpu: { units: 0n, attributes: [] },
      endpoints: [{ kind: 'SHARED_HTTP', sequenceNumber: 0 }],
    });
  });

  it('a lease as it was listed, with its payment', async () => {
    answer(() => abciAnswer(aLease()));
    const lease = await client.reader.lease(bidId);
    expect(lease).toMatchObject({
      id: bidId,
      state: 'active',
      createdAt: 10n,
      closedOn: 0n,
      reason: 'lease_closed_invalid',
    });
    expect(lease?.reclamation).toBeUndefined();
    expect(lease?.payment?.state).toBe('open');
    expect(lease?.payment?.rate.amount.toString()).toBe('500');
    expect(lease?.payment?.withdrawn).toEqual({ denom: 'uact', amount: 0n });
  });
});

describe('reclamation, which the SDK does not know', () => {
  it("an order's shortest window", async () => {
    const order = Buffer.concat([anOrder(), sub(5, sub(1, duration(86_400)))]);
    answer(() => abciAnswer(sub(1, order)));
    expect((await client.reader.order(orderId))?.reclamationMinWindowSeconds).toBe(86_400n);
  });

  it("a bid's window", async () => {
    const bid = WireBid.encode(
      WireBid.fromPartial({
        id: { ...orderId, provider: PROVIDER },
        state: Bid_State.open,
        price: { denom: 'uact', amount: '5' },
      }),
    ).finish();
    answer(() => abciAnswer(sub(1, Buffer.concat([bid, sub(6, duration(3_600))]))));
    expect((await client.reader.bid(bidId))?.reclamationWindowSeconds).toBe(3_600n);
  });

  it('a lease that is being taken back', async () => {
    const reclamation = Buffer.concat([
      sub(1, duration(7_200)),
      new BinaryWriter().uint32(16).int64(900).uint32(24).int64(1_795_500_000).finish(),
    ]);
    answer(() => abciAnswer(aLease(Buffer.concat([sub(7, reclamation), inState(4)]))));
    expect(await client.reader.lease(bidId)).toMatchObject({
      state: 'reclaiming',
      reclamation: { windowSeconds: 7_200n, startedAt: 900n, deadlineSeconds: 1_795_500_000n },
    });
  });
});

describe('lists', () => {
  it('are complete, page by page, at the height of the first page', async () => {
    const asked: string[] = [];
    answer((_path, data, height) => {
      const request = QueryOrdersRequest.decode(data);
      const page = request.pagination?.key.length === 0 ? 0 : (request.pagination?.key[0] ?? 0);
      asked.push(`${page}@${height}`);
      expect(request.filters?.state).toBe('open');
      const items = Array.from({ length: 3 }, (_, i) => anOrder(10 * page + i + 1));
      return abciAnswer(list(items, page < 2 ? Uint8Array.of(page + 1) : new Uint8Array()), 42);
    });
    const orders = await client.reader.openOrders();
    expect(orders.map((o) => o.id.dseq)).toEqual([1n, 2n, 3n, 11n, 12n, 13n, 21n, 22n, 23n]);
    expect(asked).toEqual(['0@', '1@42', '2@42']);
  });

  it('ask for one state at a time, all at one height', async () => {
    const asked: string[] = [];
    answer((_path, data, height) => {
      const filters = bytesFields(data, 1)[0] ?? new Uint8Array();
      const { state, provider } = LeaseFilters.decode(filters);
      asked.push(`${state} ${provider} @${height}`);
      return abciAnswer(list(state === 'active' ? [aLease()] : []), 42);
    });
    expect(await client.reader.leasesOf(PROVIDER, ['active', 'reclaiming'])).toHaveLength(1);
    expect(asked).toEqual([`active ${PROVIDER} @`, `reclaiming ${PROVIDER} @42`]);
  });

  it('what lives on the market is read at one height, and never our history', async () => {
    const asked: string[] = [];
    answer((path, data, height) => {
      const filters = bytesFields(data, 1)[0] ?? new Uint8Array();
      const state = /Bids$/.test(path)
        ? BidFilters.decode(filters).state
        : /Leases$/.test(path)
          ? LeaseFilters.decode(filters).state
          : 'open';
      asked.push(`${path.split('/').at(-1) ?? ''} ${state} @${height}`);
      return abciAnswer(list(path.endsWith('Orders') ? [anOrder(1)] : []), 42);
    });
    const market = await client.reader.market(PROVIDER);
    expect(market).toMatchObject({ height: 42n, bids: [], leases: [] });
    expect(market.orders.map((o) => o.id.dseq)).toEqual([1n]);
    expect(asked).toEqual([
      ...['Orders open @', 'Bids open @42', 'Bids active @42'],
      ...['Leases active @42', 'Leases reclaiming @42'],
    ]);
  });

  it('our bids on a few orders are asked for one by one; on many they are listed', async () => {
    const asked = new Map<string, number>();
    answer((path) => {
      const name = path.split('/').at(-1) ?? '';
      asked.set(name, (asked.get(name) ?? 0) + 1);
      return name === 'Bid' ? abciRefusal('sdk', 22, 'bid not found') : abciAnswer(list([]), 42);
    });
    const orders = Array.from({ length: 300 }, (_, i) => ({ ...orderId, dseq: BigInt(i + 1) }));
    expect(await client.reader.bidsOn(PROVIDER, orders.slice(0, 3))).toEqual([]);
    expect([...asked]).toEqual([['Bid', 3]]);
    expect(await client.reader.bidsOn(PROVIDER, orders)).toEqual([]);
    expect([...asked]).toEqual([
      ['Bid', 3],
      ['Bids', 4],
    ]);
  });

  it('a history without end is not read: each order is asked for instead', async () => {
    let bids = 0;
    answer((path) => {
      if (path.endsWith('Bids')) return abciAnswer(list([], Uint8Array.of(1)), 42);
      bids += 1;
      return abciRefusal('sdk', 22, 'bid not found');
    });
    const orders = Array.from({ length: 260 }, (_, i) => ({ ...orderId, dseq: BigInt(i + 1) }));
    expect(await client.reader.bidsOn(PROVIDER, orders)).toEqual([]);
    expect(bids).toBe(260);
  });

  it('start over unpinned when the height of the first page is gone', async () => {
    let refusals = 0;
    answer((_path, data, height) => {
      if (height !== '') {
        refusals += 1;
        return abciRefusal('sdk', 18, 'failed to load state at height 42');
      }
      const key = QueryOrdersRequest.decode(data).pagination?.key ?? new Uint8Array();
      return key.length === 0
        ? abciAnswer(list([anOrder(1)], Uint8Array.of(1)), refusals === 0 ? 42 : 0)
        : abciAnswer(list([anOrder(2)]));
    });
    expect((await client.reader.openOrders()).map((o) => o.id.dseq)).toEqual([1n, 2n]);
    expect(refusals).toBe(1);
  });

  it('a page is of a size that the RPC serves', async () => {
    answer((_path, data) => {
      const page = bytesFields(data, 2)[0] ?? new Uint8Array();
      const limit = Number(PageRequest.decode(page).limit.toString());
      expect(limit).toBeGreaterThanOrEqual(100);
      expect(limit).toBeLessThanOrEqual(1000);
      return abciAnswer(list([]));
    });
    expect(await client.reader.openOrders()).toEqual([]);
  });
});

describe('absence and failure are never confused', () => {
  it.each([
    ['key not found, as the SDK maps a gRPC NotFound', 'sdk', 22],
    ["the module's own code", 'market', 15],
  ])('%s is undefined', async (_name, codespace, code) => {
    answer(() => abciRefusal(codespace, code, 'whatever it says'));
    expect(await client.reader.order(orderId)).toBeUndefined();
  });

  it('a node that is at no such height, pruned or just started, has not answered', async () => {
    answer(() => abciRefusal('sdk', 26, 'akash is not ready; please wait for first block'));
    const error: unknown = await client.reader.order(orderId).catch((e: unknown) => e);
    expect(isChainUnavailable(error)).toBe(true);
    expect(String(error)).toContain('cannot answer');
  });

  it.each([
    ['an unknown path', 'sdk', 6, 'order not found: unknown request'],
    ['an invalid request', 'sdk', 18, 'invalid owner address'],
    ['the same number of another module', 'undefined', 22, 'not found'],
  ])('%s is an error, whatever its text says', async (_name, codespace, code, log) => {
    answer(() => abciRefusal(codespace, code, log));
    const error = await client.reader.order(orderId).catch((e: unknown) => e);
    expect(isChainQueryError(error)).toBe(true);
    expect(error).toMatchObject({ codespace, code, path: '/akash.market.v1beta5.Query/Order' });
  });

  it.each([
    ['no answer', () => (rpc.hang = true)],
    ['a dead node', () => rpc.dropConnections()],
  ] as readonly (readonly [string, () => void])[])(
    '%s is ChainUnavailableError',
    async (name, act) => {
      act();
      if (name === 'a dead node') await rpc.stop();
      const error = await client.reader.order(orderId).catch((e: unknown) => e);
      expect(isChainUnavailable(error)).toBe(true);
      if (name === 'a dead node') rpc = await ScriptedRpc.start();
    },
  );

  it('an unknown state is named, not guessed', async () => {
    answer(() => abciAnswer(aLease(inState(9))));
    await expect(client.reader.lease(bidId)).rejects.toMatchObject({
      name: 'ChainDecodeError',
      field: 'lease.state',
    });
  });

  it('bytes that are no protobuf are an error of their own', async () => {
    answer(() => abciAnswer(Uint8Array.of(0x0a, 0x7f, 1)));
    await expect(client.reader.order(orderId)).rejects.toMatchObject({
      name: 'ChainDecodeError',
    });
  });
});
