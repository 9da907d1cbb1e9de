/**
 * The lines of a segment of the decision history, version 1: JSON, one object a line. A segment stands alone: whatever a
 * line refers to is in an earlier line of the same segment.
 */
import { z } from 'zod';
import type { Plain } from './plain.js';

export const SEGMENT_VERSION = 1;

const plain: z.ZodType<Plain> = z.json();
const ms = z.number().int();
const digits = z.string().regex(/^\d{1,20}$/);
const id = z.string().regex(/^[0-9a-f]{16}$/);
const coin = z.strictObject({ denom: z.string(), amount: z.string() });

/** First line. `writer` names the process that wrote it. */
const head = z.strictObject({
  t: z.literal('head'),
  v: z.literal(SEGMENT_VERSION),
  at: ms,
  writer: z.string(),
});
/** A part of an input that does not change from decision to decision, such as a price book. */
const value = z.strictObject({ t: z.literal('value'), id, v: plain });
/** An inventory: `base` with the nodes in `put` added or replaced, by name, and those in `gone` taken away. */
const snapshot = z.strictObject({
  t: z.literal('snapshot'),
  id,
  base: id.optional(),
  put: z.array(plain),
  gone: z.array(z.string()),
  rest: plain,
});
/**
 * `input` holds each part of the input by name: the part itself, or the id of the value or snapshot that it is. Parts that
 * could not be kept are in `missing`.
 */
const decided = z.strictObject({
  t: z.literal('decided'),
  at: ms,
  order: z.string(),
  height: digits,
  input: z.record(z.string(), z.union([z.strictObject({ v: plain }), z.strictObject({ id })])),
  missing: z.array(z.string()),
  decision: plain,
});
const again = z.strictObject({
  t: z.literal('again'),
  at: ms,
  order: z.string(),
  height: digits,
  times: z.number().int(),
});
const taken = z.strictObject({
  t: z.literal('taken'),
  at: ms,
  bid: z.string(),
  height: digits,
  price: coin,
  ours: coin.optional(),
});

const line = z.discriminatedUnion('t', [head, value, snapshot, decided, again, taken]);

export type SegmentLine = z.infer<typeof line>;
export type SnapshotLine = z.infer<typeof snapshot>;
export type DecidedLine = z.infer<typeof decided>;

/** A segment that another version wrote or something spoilt; `line` counts from 1. */
export class SegmentFormatError extends Error {
  readonly line: number;
  constructor(at: number, message: string, options?: { cause?: unknown }) {
    super(`line ${at}: ${message}`, options);
    this.name = 'SegmentFormatError';
    this.line = at;
  }
}

export const isSegmentFormatError = (error: unknown): error is SegmentFormatError =>
  error instanceof SegmentFormatError;

/** Reads one line. @param at its number, from 1. @throws SegmentFormatError */
export const parseSegmentLine = (text: string, at: number): SegmentLine => {
  try {
    return line.parse(JSON.parse(text));
  } catch (cause) {
    const message =
      cause instanceof z.ZodError ? z.prettifyError(cause) : 'is no JSON of this version';
    throw new SegmentFormatError(at, message, { cause });
  }
};
