/** Turns entries into the lines of one segment, saying everything once: a price book, an inventory, an order's demands. */
import type { InventorySnapshot, NodeSnapshot } from '../bidengine/snapshot.js';
import { formatBidId, formatOrderId } from '../market/ids.js';
import { formatPrice } from '../market/money.js';
import type { DecCoin } from '../market/money.js';
import { digestOf } from './digest.js';
import type { DecidedEntry, HistoryEntry } from './entry.js';
import { canonicalText, toPlain } from './plain.js';
import type { Plain } from './plain.js';
import { SEGMENT_VERSION } from './segment-lines.js';
import type { DecidedLine, SegmentLine } from './segment-lines.js';

/** Parts shorter than this are told where they stand; an id and its line would be no shorter. */
const INLINE_CHARS = 200;

/** Nodes are immutable, and most are the same object in the next snapshot: each is put into text once. */
const nodeTexts = new WeakMap<NodeSnapshot, string>();
const nodeText = (node: NodeSnapshot): string => {
  const known = nodeTexts.get(node);
  if (known !== undefined) return known;
  const text = canonicalText(node);
  nodeTexts.set(node, text);
  return text;
};

/** Of a strategy, say: something that acts cannot be kept. */
const isCode = (part: unknown): boolean => {
  if (typeof part !== 'object' || part === null) return typeof part === 'function';
  const prototype: unknown = Object.getPrototypeOf(part);
  const isPlain = prototype === Object.prototype || prototype === Array.prototype;
  return !isPlain || Object.values(part).some((value) => typeof value === 'function');
};

interface KnownSnapshot {
  readonly id: string;
  /** Node name to text. */
  readonly nodes: ReadonlyMap<string, string>;
}

export interface SegmentOptions {
  /** Unix milliseconds. */
  readonly startedAtMs: number;
  readonly writer: string;
  /** Leaves out inventories, which are the large part; what needs them can then not be decided again. */
  readonly withoutSnapshots?: boolean;
}

const coin = ({ denom, amount }: DecCoin): { denom: string; amount: string } => ({
  denom,
  amount: formatPrice(amount),
});

export class SegmentWriter {
  readonly #options: SegmentOptions;
  readonly #values = new Set<string>();
  readonly #lines: string[] = [];
  readonly #snapshotIds = new WeakMap<InventorySnapshot, string>();
  readonly #snapshots = new Set<string>();
  #last: KnownSnapshot | undefined;
  #chars = 0;

  constructor(options: SegmentOptions) {
    this.#options = options;
    const { startedAtMs, writer } = options;
    this.#put({ t: 'head', v: SEGMENT_VERSION, at: startedAtMs, writer });
  }

  /** Characters of text so far. */
  get size(): number {
    return this.#chars;
  }

  /** The whole segment, every line ended. */
  text(): string {
    return `${this.#lines.join('\n')}\n`;
  }

  add(entry: HistoryEntry): void {
    switch (entry.type) {
      case 'decided':
        this.#decided(entry);
        return;
      case 'again': {
        const { atMs: at, orderId, height, times } = entry;
        const order = formatOrderId(orderId);
        this.#put({ t: 'again', at, order, height: height.toString(), times });
        return;
      }
      case 'taken': {
        const { atMs: at, id, height, price, ours } = entry;
        const line = { t: 'taken' as const, at, bid: formatBidId(id), height: height.toString() };
        const prices = { price: coin(price), ...(ours === undefined ? {} : { ours: coin(ours) }) };
        this.#put({ ...line, ...prices });
        return;
      }
    }
  }

  #put(line: SegmentLine): void {
    const text = JSON.stringify(line);
    this.#lines.push(text);
    this.#chars += text.length + 1;
  }

  #decided({ atMs, input, decision, missing: beside = [] }: DecidedEntry): void {
    const parts: Record<string, DecidedLine['input'][string]> = {};
    const missing = [...beside];
    for (const [name, part] of Object.entries({ ...input } as Readonly<Record<string, unknown>>)) {
      if (part === undefined) continue;
      if (name === 'snapshot') continue;
      if (isCode(part)) missing.push(name);
      else parts[name] = this.#part(part);
    }
    if (this.#options.withoutSnapshots === true) missing.push('snapshot');
    else parts['snapshot'] = { id: this.#snapshot(input.snapshot) };
    this.#put({
      t: 'decided',
      at: atMs,
      order: formatOrderId(input.order.id),
      height: input.chain.height.toString(),
      input: parts,
      missing,
      decision: toPlain(decision),
    });
  }

  #part(part: unknown): DecidedLine['input'][string] {
    const v = toPlain(part);
    const text = JSON.stringify(v);
    if (text.length < INLINE_CHARS) return { v };
    const id = digestOf(text);
    if (!this.#values.has(id)) {
      this.#values.add(id);
      this.#put({ t: 'value', id, v });
    }
    return { id };
  }

  #snapshot(snapshot: InventorySnapshot): string {
    const known = this.#snapshotIds.get(snapshot);
    if (known !== undefined) return known;
    const { nodes: list, ...others } = snapshot;
    const nodes = new Map(list.map((n) => [n.name, nodeText(n)]));
    const rest = toPlain(others);
    const id = digestOf([...nodes.values(), JSON.stringify(rest)].join('\n'));
    this.#snapshotIds.set(snapshot, id);
    if (!this.#snapshots.has(id)) this.#difference({ id, nodes }, rest);
    return id;
  }

  #difference(next: KnownSnapshot, rest: Plain): void {
    const before = this.#last?.nodes ?? new Map<string, string>();
    const put: Plain[] = [];
    for (const [name, text] of next.nodes) {
      if (before.get(name) !== text) put.push(JSON.parse(text) as Plain);
    }
    const gone = [...before.keys()].filter((name) => !next.nodes.has(name));
    const base = this.#last === undefined ? {} : { base: this.#last.id };
    this.#put({ t: 'snapshot', id: next.id, ...base, put, gone, rest });
    this.#snapshots.add(next.id);
    this.#last = next;
  }
}
