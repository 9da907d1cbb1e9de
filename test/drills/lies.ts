/** What a node says that lies. Each lie is told in answers and in frames alike, as far as it shows there. */
import { Lease_State, LeaseClosedReason } from '@akashnetwork/chain-sdk/private-types/akash.v1';
import {
  QueryLeaseResponse,
  QueryLeasesResponse,
} from '@akashnetwork/chain-sdk/private-types/akash.v1beta5';
import { toLong } from '../../chain/decode/ids.js';
import { headerHash } from '../../chain/rpc/block-hash.js';
import type { BidId } from '../../market/ids.js';
import type { Fate, RpcRule } from '../peers/rpc-proxy.js';
import type { RpcCall } from '../peers/rpc-words.js';

type Json = Readonly<Record<string, unknown>>;
type Change = (json: Json) => Json;

const PASS: Fate = { fate: 'pass' };
const asJson = (value: unknown): Json => (value ?? {}) as Json;

/** Changes what lies at `path`, if there is anything. */
const at =
  (path: readonly string[], change: Change): Change =>
  (json) => {
    const [key, ...rest] = path;
    if (key === undefined) return change(json);
    return json[key] === undefined ? json : { ...json, [key]: at(rest, change)(asJson(json[key])) };
  };

const lie = (change: Change): Fate => ({ fate: 'lie', lie: (result) => change(asJson(result)) });

const FRAME = ['data', 'value'];
const onFrame =
  (change: Change) =>
  (result: unknown): unknown =>
    at(FRAME, change)(asJson(result));

/** Answers queries of the market in the node's place; what `answers` leaves out passes. */
const queries = (answers: Readonly<Record<string, Change>>): ((call: RpcCall) => Fate) => {
  return ({ method, params }) => {
    const path = method === 'abci_query' ? String(params['path']) : '';
    const change = answers[path.replace(/^\/akash\.market\.v1beta5\.Query\//, '')];
    return change === undefined ? PASS : lie(at(['response'], change));
  };
};

const empty: Change = (response) => ({ ...response, code: 0, value: null });
const notFound: Change = ({ height }) => ({
  ...{ code: 22, codespace: 'sdk', log: 'not found: key not found', height },
});

const value = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');

const closedLease: Change = (response) => {
  const told = QueryLeaseResponse.decode(Buffer.from(String(response['value']), 'base64'));
  const { lease, escrowPayment } = told;
  if (lease === undefined) return response;
  const ended = {
    ...lease,
    state: Lease_State.closed,
    closedOn: toLong(BigInt(String(response['height']))),
  };
  const bytes = QueryLeaseResponse.encode({
    escrowPayment,
    lease: { ...ended, reason: LeaseClosedReason.lease_closed_owner },
  }).finish();
  return { ...response, value: value(bytes) };
};

/** A block-level event such as the end of an unfunded lease has. */
const leaseClosedEvent = ({ dseq, ...id }: BidId): Json => ({
  type: 'akash.market.v1.EventLeaseClosed',
  attributes: [
    { key: 'id', value: JSON.stringify({ ...id, dseq: dseq.toString() }), index: true },
    { key: 'reason', value: '"lease_closed_owner"', index: true },
    { key: 'mode', value: 'EndBlock', index: true },
  ],
});

const withEvent =
  (key: string, event: Json): Change =>
  (json) => ({ ...json, [key]: [...((json[key] as readonly Json[] | null) ?? []), event] });

/** This lease is over: events say so in every block, and every question about it is answered so. */
export const leaseIsOver = (id: BidId): RpcRule => {
  const event = leaseClosedEvent(id);
  const onQuery = queries({
    Lease: closedLease,
    Leases: (response) => ({
      ...response,
      value: value(QueryLeasesResponse.encode(QueryLeasesResponse.fromPartial({})).finish()),
    }),
  });
  return {
    onCall: (call) =>
      call.method === 'block_results'
        ? lie(withEvent('finalize_block_events', event))
        : onQuery(call),
    onFrame: onFrame(at(['result_finalize_block'], withEvent('events', event))),
  };
};

/** No provider has bid on anything. */
export const noBids: RpcRule = { onCall: queries({ Bid: notFound, Bids: empty }) };

/** No order exists. */
export const noOrders: RpcRule = {
  onCall: queries({ Order: notFound, Orders: empty, Leases: empty }),
};

const withoutTxs = at(['block', 'data'], (data) => ({ ...data, txs: [] }));

/** Blocks are empty: what tenants ordered is kept from us, and asking for orders shows none. */
export const emptyBlocks: RpcRule = {
  onCall: (call) => {
    if (call.method === 'block') return lie(withoutTxs);
    if (call.method === 'block_results') return lie((r) => ({ ...r, txs_results: null }));
    return noOrders.onCall?.(call) ?? PASS;
  },
  onFrame: onFrame((frame) =>
    at(['result_finalize_block'], (r) => ({ ...r, tx_results: null }))(withoutTxs(frame)),
  ),
};

/** A header with another state of the chain, and the hash that such a block has: every part of it fits. */
const forged: Change = (json) => {
  const block = asJson(json['block']);
  const header = { ...asJson(block['header']), app_hash: 'AB'.repeat(32) };
  const blockId = { ...asJson(json['block_id']), hash: headerHash(header) };
  return { ...json, block_id: blockId, block: { ...block, header } };
};

/** Another chain of the same name: sound blocks that nobody else has. */
export const otherBlocks: RpcRule = {
  onCall: ({ method }) => (method === 'block' ? lie(forged) : PASS),
  onFrame: onFrame((frame) => (frame['block'] === undefined ? frame : forged(frame))),
};
