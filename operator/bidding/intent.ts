/**
 * An intent: what we are about to do, written down before it is done. One object per block holds all its bids, with the
 * signed bytes, so that whoever comes after a crash broadcasts the very same transaction (it can land at most once) and
 * holds the very same capacity. Not a secret: the bytes are public the moment they are broadcast.
 */
import { z } from 'zod';
import type { Reservation } from '../../bidengine/snapshot.js';
import { formatOrderId, parseOrderId } from '../../market/ids.js';
import type { OrderId } from '../../market/ids.js';
import type { PlacementEntry } from './placement-record.js';

/** One bid of an intent. */
export interface BidIntent {
  readonly orderId: OrderId;
  /** Per block, 18 places, with its denomination. */
  readonly price: { readonly denom: string; readonly amount: string };
  readonly usdPerHour: string;
  readonly gpus: number;
  readonly cpu: string;
  readonly memory: string;
  readonly placement: readonly PlacementEntry[];
  /** The placement policy that chose it. */
  readonly placedBy?: string;
  readonly reservation: Reservation;
  readonly tx: {
    readonly hash: string;
    /** Base64 of the signed transaction. */
    readonly bytes: string;
    /** Unix nanoseconds after which, by block time, it can never land. */
    readonly timeoutNs: string;
  };
}

const digits = z.string().regex(/^\d+$/);
const quantities = z.object({
  milliCpu: digits,
  memoryBytes: digits,
  ephemeralBytes: digits,
  gpus: digits,
  pods: digits,
  slices: z.record(z.string(), digits).optional(),
});
const schema = z.array(
  z.object({
    order: z.string(),
    price: z.object({ denom: z.string(), amount: z.string() }),
    usdPerHour: z.string(),
    gpus: z.number().int(),
    cpu: z.string(),
    memory: z.string(),
    placement: z.array(
      z.object({
        unitId: z.number().int(),
        replica: z.number().int(),
        node: z.string(),
        gpus: z.number().int(),
        model: z.string().optional(),
        resource: z.string().optional(),
      }),
    ),
    placedBy: z.string().optional(),
    reservation: z.object({
      owner: z.string(),
      perNode: z.array(z.object({ node: z.string(), quantities })),
      storage: z.array(z.object({ className: z.string(), bytes: digits })),
      leasedIps: z.number().int(),
      reason: z.string(),
    }),
    tx: z.object({ hash: z.string(), bytes: z.string(), timeoutNs: digits }),
  }),
);

/** Thrown for an intent that was tampered with or written by another version; `source` names the object. */
export class IntentFormatError extends Error {
  constructor(source: string, cause: unknown) {
    super(`intent ${source} cannot be read`, { cause });
    this.name = 'IntentFormatError';
  }
}

/** JSON text of a block's bids; bigint values become decimal strings. */
export const formatIntents = (bids: readonly BidIntent[]): string =>
  JSON.stringify(
    bids.map(({ orderId, ...bid }) => ({ order: formatOrderId(orderId), ...bid })),
    (_key, value: unknown) => (typeof value === 'bigint' ? value.toString() : value),
  );

/** Inverse of {@link formatIntents}. @throws IntentFormatError */
export const parseIntents = (text: string, source: string): readonly BidIntent[] => {
  try {
    return schema
      .parse(JSON.parse(text))
      .map(({ order, reservation, placement, placedBy, ...bid }) => ({
        ...bid,
        ...(placedBy === undefined ? {} : { placedBy }),
        orderId: parseOrderId(order),
        placement: placement.map(({ model, resource, ...entry }) => ({
          ...entry,
          ...(model === undefined ? {} : { model }),
          ...(resource === undefined ? {} : { resource }),
        })),
        reservation: {
          ...reservation,
          key: order,
          perNode: reservation.perNode.map(({ node, quantities: q }) => ({
            node,
            quantities: {
              milliCpu: BigInt(q.milliCpu),
              memoryBytes: BigInt(q.memoryBytes),
              ephemeralBytes: BigInt(q.ephemeralBytes),
              gpus: BigInt(q.gpus),
              pods: BigInt(q.pods),
              ...(q.slices === undefined
                ? {}
                : {
                    slices: Object.fromEntries(
                      Object.entries(q.slices).map(([name, count]) => [name, BigInt(count)]),
                    ),
                  }),
            },
          })),
          storage: reservation.storage.map((s) => ({ ...s, bytes: BigInt(s.bytes) })),
        },
      }));
  } catch (cause) {
    throw new IntentFormatError(source, cause);
  }
};
