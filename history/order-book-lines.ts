/**
 * The lines of a recorded order book, version 1: JSON, one object a line, in the order in which it happened on chain.
 * docs/pricing.md documents every field. Heights and amounts are strings; prices are per block, in the denomination named.
 */
import { z } from 'zod';
import { formatBidId, formatOrderId, parseLeaseId, parseOrderId } from '../market/ids.js';
import type { BidId, OrderId } from '../market/ids.js';
import { formatPrice } from '../market/money.js';
import type { DecCoin } from '../market/money.js';
import type { GroupSpec } from '../market/resources.js';
import { coinSchema, groupSpecJson, groupSpecSchema } from '../market/group-spec-json.js';

export const ORDER_BOOK_VERSION = 1;

/** When something happened: its block, and that block's time in Unix milliseconds. */
export interface At {
  readonly height: bigint;
  readonly timeMs: number;
}

export type BookLine =
  /** First line of a file. */
  | { readonly type: 'head'; readonly chainId: string; readonly from: bigint }
  /** `standing`: it was open before the recording began; `at` is its creation, its time unknown (0). `spec` null: unreadable. */
  | {
      readonly type: 'order';
      readonly at: At;
      readonly id: OrderId;
      readonly spec: GroupSpec | null;
      readonly reclamationMinWindowSeconds?: bigint | undefined;
      readonly standing?: true | undefined;
    }
  /** `gpus`: the exact GPU attribute offered for each unit that has GPUs; absent when the offer could not be read. */
  | {
      readonly type: 'bid';
      readonly at: At;
      readonly id: BidId;
      readonly price: DecCoin;
      readonly gpus?: readonly string[] | undefined;
      readonly standing?: true | undefined;
    }
  | { readonly type: 'bid-closed'; readonly at: At; readonly id: BidId }
  | { readonly type: 'lease'; readonly at: At; readonly id: BidId; readonly price: DecCoin }
  | { readonly type: 'lease-closed'; readonly at: At; readonly id: BidId; readonly reason: string }
  | { readonly type: 'order-closed'; readonly at: At; readonly id: OrderId }
  /** Something of this block could not be read by the recorder: one sentence. */
  | { readonly type: 'unreadable'; readonly at: At; readonly why: string }
  /** Heights that no node had any more: what happened in them is unknown. */
  | { readonly type: 'gap'; readonly from: bigint; readonly to: bigint }
  /** Everything up to here is above; a recorder goes on after the last of these. */
  | { readonly type: 'through'; readonly at: At };

const height = z
  .string()
  .regex(/^\d{1,20}$/)
  .transform((text) => BigInt(text));
const id = <T>(read: (path: string) => T): z.ZodType<T> =>
  z.string().transform((path, context) => {
    try {
      return read(path);
    } catch (error) {
      context.addIssue({ code: 'custom', message: (error as Error).message });
      return z.NEVER;
    }
  });
const orderId = id(parseOrderId);
const bidId = id(parseLeaseId);
const when = { h: height, ms: z.number().int() };
const standing = z.literal(true).optional();

const line = z.discriminatedUnion('t', [
  z.strictObject({
    t: z.literal('head'),
    v: z.literal(ORDER_BOOK_VERSION),
    kind: z.literal('order-book'),
    chain: z.string(),
    from: height,
  }),
  z.strictObject({
    t: z.literal('order'),
    ...when,
    id: orderId,
    spec: groupSpecSchema.nullable(),
    reclamation: height.optional(),
    standing,
  }),
  z.strictObject({
    t: z.literal('bid'),
    ...when,
    id: bidId,
    price: coinSchema,
    gpus: z.array(z.string()).optional(),
    standing,
  }),
  z.strictObject({ t: z.literal('bid-closed'), ...when, id: bidId }),
  z.strictObject({ t: z.literal('lease'), ...when, id: bidId, price: coinSchema }),
  z.strictObject({ t: z.literal('lease-closed'), ...when, id: bidId, reason: z.string() }),
  z.strictObject({ t: z.literal('order-closed'), ...when, id: orderId }),
  z.strictObject({ t: z.literal('gap'), from: height, to: height }),
  z.strictObject({ t: z.literal('unreadable'), ...when, why: z.string() }),
  z.strictObject({ t: z.literal('through'), ...when }),
]);

/** A line that another version wrote or something spoilt; `line` counts from 1. */
export class OrderBookFormatError extends Error {
  readonly line: number;
  constructor(at: number, message: string, options?: { cause?: unknown }) {
    super(`line ${at}: ${message}`, options);
    this.name = 'OrderBookFormatError';
    this.line = at;
  }
}

export const isOrderBookFormatError = (error: unknown): error is OrderBookFormatError =>
  error instanceof OrderBookFormatError;

const ofParsed = (parsed: z.infer<typeof line>): BookLine => {
  if (parsed.t === 'head') return { type: 'head', chainId: parsed.chain, from: parsed.from };
  if (parsed.t === 'gap') return { type: 'gap', from: parsed.from, to: parsed.to };
  const at = { height: parsed.h, timeMs: parsed.ms };
  switch (parsed.t) {
    case 'order': {
      const { id: order, spec, reclamation } = parsed;
      const window = reclamation === undefined ? {} : { reclamationMinWindowSeconds: reclamation };
      const since = parsed.standing === undefined ? {} : { standing: parsed.standing };
      return { type: 'order', at, id: order, spec, ...window, ...since };
    }
    case 'bid': {
      const offered = parsed.gpus === undefined ? {} : { gpus: parsed.gpus };
      const since = parsed.standing === undefined ? {} : { standing: parsed.standing };
      return { type: 'bid', at, id: parsed.id, price: parsed.price, ...offered, ...since };
    }
    case 'lease':
      return { type: 'lease', at, id: parsed.id, price: parsed.price };
    case 'lease-closed':
      return { type: 'lease-closed', at, id: parsed.id, reason: parsed.reason };
    case 'bid-closed':
      return { type: 'bid-closed', at, id: parsed.id };
    case 'order-closed':
      return { type: 'order-closed', at, id: parsed.id };
    case 'unreadable':
      return { type: 'unreadable', at, why: parsed.why };
    case 'through':
      return { type: 'through', at };
  }
};

const coin = ({ denom, amount }: DecCoin): { denom: string; amount: string } => ({
  denom,
  amount: formatPrice(amount),
});

const fieldsOf = (line_: BookLine): object => {
  switch (line_.type) {
    case 'head':
      return {
        v: ORDER_BOOK_VERSION,
        kind: 'order-book',
        chain: line_.chainId,
        from: line_.from.toString(),
      };
    case 'gap':
      return { from: line_.from.toString(), to: line_.to.toString() };
    case 'order':
      return {
        id: formatOrderId(line_.id),
        spec: line_.spec === null ? null : groupSpecJson(line_.spec),
        reclamation: line_.reclamationMinWindowSeconds?.toString(),
        standing: line_.standing,
      };
    case 'bid':
      return {
        id: formatBidId(line_.id),
        price: coin(line_.price),
        gpus: line_.gpus,
        standing: line_.standing,
      };
    case 'lease':
      return { id: formatBidId(line_.id), price: coin(line_.price) };
    case 'lease-closed':
      return { id: formatBidId(line_.id), reason: line_.reason };
    case 'bid-closed':
      return { id: formatBidId(line_.id) };
    case 'order-closed':
      return { id: formatOrderId(line_.id) };
    case 'unreadable':
      return { why: line_.why };
    case 'through':
      return {};
  }
};

/** Inverse of {@link parseBookLine}, without the end of the line. */
export const formatBookLine = (line_: BookLine): string => {
  const when_ =
    'at' in line_ ? { h: line_.at.height.toString(), ms: Math.round(line_.at.timeMs) } : {};
  return JSON.stringify({ t: line_.type, ...when_, ...fieldsOf(line_) });
};

/** Reads one line. @param at its number, from 1. @throws OrderBookFormatError naming the line and the field */
export const parseBookLine = (text: string, at: number): BookLine => {
  let raw: unknown;
  try {
    raw = JSON.parse(text);
  } catch (cause) {
    throw new OrderBookFormatError(at, 'is no JSON', { cause });
  }
  const result = line.safeParse(raw);
  if (result.success) return ofParsed(result.data);
  throw new OrderBookFormatError(at, z.prettifyError(result.error));
};
