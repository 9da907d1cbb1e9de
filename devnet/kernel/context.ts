/** Makes the `Context` that handlers see. */
import type { BlockTime, Context, Event, GasMeter, Store } from './module.js';
import { unlimitedGas } from './gas.js';
import { meteredStore } from './gas-store.js';

/** Everything a context is made of; `store` is the bare one, metering is added here. */
export interface ContextParts {
  readonly store: Store;
  readonly chainId: string;
  readonly height: bigint;
  readonly time: BlockTime;
  readonly gas: GasMeter;
  readonly emit: (event: Event) => void;
}

/** JSON as Go's encoder writes typed event attributes: bigint as a quoted number, no spaces. */
const attributeValue = (value: unknown): string =>
  JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === 'bigint' ? inner.toString() : inner,
  );

/** The event that `EmitTypedEvent` makes of a message: one attribute a field, sorted by name, values as JSON. */
export const typedEvent = (type: string, fields: Readonly<Record<string, unknown>>): Event => ({
  type,
  attributes: Object.entries(fields)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => ({ key, value: attributeValue(value) })),
});

const assemble = (parts: ContextParts): Context => ({
  ...parts,
  emitTyped: (type, fields) => parts.emit(typedEvent(type, fields)),
});

/** A context whose store charges `parts.gas`. */
export const makeContext = (parts: ContextParts): Context =>
  assemble({ ...parts, store: meteredStore(parts.store, parts.gas) });

/** `context` with its events going elsewhere: how authz marks the events of the messages it runs. */
export const redirectEvents = (context: Context, emit: (event: Event) => void): Context =>
  assemble({ ...context, emit });

/** A context that is free of charge, for genesis, block ends and queries; events go to `emit`. */
export const freeContext = (parts: Omit<ContextParts, 'gas'>): Context =>
  assemble({ ...parts, gas: unlimitedGas() });
