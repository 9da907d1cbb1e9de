/** Price books from YAML: PricingPolicy objects as kubectl takes them, or a bare spec named after the file. Faults have lines. */
import { basename, extname } from 'node:path';
import { isMap, isNode, isScalar, LineCounter, parseAllDocuments } from 'yaml';
import type { Document } from 'yaml';
import { isPricingPolicyError } from '../../bidengine/parse-fields.js';
import { parsePricingPolicy } from '../../bidengine/parse-pricing-policy.js';
import type { PricingPolicy } from '../../bidengine/pricing-policy.js';
import { applyDefaults } from '../../crds/defaults.js';
import { definitionOf } from '../../crds/kinds.js';

/** What is wrong with a price book. */
export interface PriceBookFault {
  /** From 1; `undefined` where the file has no such place. */
  readonly line: number | undefined;
  /** Path below `spec`, for example `rates.gpus[2].usdPerHour`; empty for the document itself. */
  readonly field: string;
  readonly message: string;
}

export interface ReadPriceBooks {
  readonly policies: readonly PricingPolicy[];
  readonly faults: readonly PriceBookFault[];
}

type Fields = Readonly<Record<string, unknown>>;
const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** `rates.gpus[2].usdPerHour` as keys and positions. */
const keysOf = (field: string): readonly (string | number)[] =>
  [...field.matchAll(/\[(\d+)\]|([^.[\]]+)/g)].map(([, at, key]) =>
    at === undefined ? (key ?? '') : Number(at),
  );

/** The line of the field, or of the nearest thing above it that the file has. */
const lineOf = (
  document: Document,
  lines: LineCounter,
  path: readonly (string | number)[],
): number | undefined => {
  for (let depth = path.length; depth > 0; depth -= 1) {
    const parent = document.getIn(path.slice(0, depth - 1), true);
    const name = path[depth - 1];
    // A key stands where a person looks for it; a list or map below it begins a line later.
    const key = isMap(parent)
      ? parent.items.find((pair) => isScalar(pair.key) && pair.key.value === name)?.key
      : document.getIn(path.slice(0, depth), true);
    if (isNode(key) && key.range) return lines.linePos(key.range[0]).line;
  }
  const whole = document.contents?.range;
  return whole ? lines.linePos(whole[0]).line : undefined;
};

const { schema } = definitionOf('PricingPolicy');

/** What the API server would make of it, so that a file reads the same here and there. */
const defaulted = (spec: unknown): unknown =>
  (applyDefaults(schema, { metadata: { name: 'x' }, spec }) as Fields)['spec'];

const read = (
  document: Document,
  lines: LineCounter,
  source: string,
): PricingPolicy | PriceBookFault => {
  const [syntax] = document.errors;
  if (syntax !== undefined) {
    const line = syntax.linePos?.[0].line;
    return { line, field: '', message: syntax.message.split('\n')[0] ?? 'is no YAML' };
  }
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: 50 });
  } catch {
    return { line: undefined, field: '', message: 'the file uses too many YAML aliases' };
  }
  if (!isFields(value)) return { line: 1, field: '', message: 'is no price book' };
  const isObject = value['kind'] === 'PricingPolicy';
  if (!isObject && value['kind'] !== undefined) {
    const line = lineOf(document, lines, ['kind']);
    return {
      line,
      field: 'kind',
      message: `is a ${JSON.stringify(value['kind'])}, no PricingPolicy`,
    };
  }
  const metadata = isObject && isFields(value['metadata']) ? value['metadata'] : {};
  const named = metadata['name'];
  const name = typeof named === 'string' ? named : basename(source, extname(source));
  const spec = isObject ? value['spec'] : value;
  try {
    return parsePricingPolicy(name, isFields(spec) ? defaulted(spec) : spec);
  } catch (error) {
    if (!isPricingPolicyError(error)) throw error;
    const path = [...(isObject ? ['spec'] : []), ...keysOf(error.field)];
    return { line: lineOf(document, lines, path), field: error.field, message: error.message };
  }
};

/** Reads every document of `text`. @param source file name, for what has no name of its own */
export const readPriceBooks = (text: string, source: string): ReadPriceBooks => {
  const lines = new LineCounter();
  const documents = parseAllDocuments(text, { lineCounter: lines }) as readonly Document[];
  const books = documents
    .filter((d) => d.contents !== null || d.errors.length > 0)
    .map((d) => read(d, lines, source));
  const faults = books.filter((b): b is PriceBookFault => 'field' in b);
  const policies = books.filter((b): b is PricingPolicy => !('field' in b));
  if (books.length > 0) return { policies, faults };
  return { policies, faults: [{ line: undefined, field: '', message: 'holds no price book' }] };
};

/** `file:12: rates.cpuUsdPerHour: …` */
export const faultWords = ({ line, message }: PriceBookFault, source: string): string =>
  `${source}${line === undefined ? '' : `:${line}`}: ${message}`;
