/**
 * The optional last word of a price book: a CEL expression (cel.dev) over the order and the price so far, in exact decimals. It
 * is checked when the book is read, and bounded: no loops, no regular expressions, at most a few hundred nodes (adr/0009).
 */
import { Environment } from '@marcbachmann/cel-js';
import type { ASTNode } from '@marcbachmann/cel-js';
import { Decimal, parseDecimal } from '../market/money.js';

/** What an expression may name; only what it names is looked at. `docs/pricing.md` lists them for people. */
export interface ExpressionInput {
  /** US dollars per hour of the whole order, floors and ceiling not yet applied. */
  readonly price: Decimal;
  /** The most the order pays, in US dollars per hour. */
  readonly maxPrice: Decimal;
  readonly gpus: bigint;
  /** Of the first unit with GPUs; empty texts for an order without. */
  readonly gpuVendor: string;
  readonly gpuModel: string;
  readonly gpuRam: string;
  readonly gpuInterface: string;
  readonly vcpu: Decimal;
  readonly memoryGib: Decimal;
  readonly replicas: bigint;
  /** The tenant's address. */
  readonly owner: string;
  /** What the order requires of its provider. */
  readonly attributes: ReadonlyMap<string, string>;
  /** Per cent in use: of the model above, or of all GPUs for an order without. */
  readonly utilisation: Decimal;
  /** In UTC, 0 to 23. */
  readonly hour: bigint;
  /** In UTC, 0 is Sunday. */
  readonly weekday: bigint;
}

export type ExpressionOutcome =
  | { readonly ok: true; readonly usdPerHour: Decimal }
  /** One sentence. */
  | { readonly ok: false; readonly problem: string };

export interface PriceExpression {
  readonly text: string;
  /** Whether orders that differ in their GPU model alone may get prices in another order than their rates. */
  readonly looksAtGpu: boolean;
  /** Never throws: what goes wrong is a problem, and a problem is no bid. */
  evaluate(input: ExpressionInput): ExpressionOutcome;
}

/** Thrown for an expression that cannot be used; the message says what and where. */
export class ExpressionError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ExpressionError';
  }
}

/** The longest expression taken, characters. */
export const MAX_EXPRESSION = 2_048;
const LIMITS = {
  ...{ maxAstNodes: 256, maxDepth: 32, maxListElements: 64, maxMapEntries: 64 },
  maxCallArguments: 8,
};
/** Loops over lists multiply when nested, and a regular expression can run away. */
const FORBIDDEN = ['all', 'exists', 'exists_one', 'map', 'filter', 'matches', 'bind'];

/** CEL tells types apart by class. */
class Money {
  readonly value: Decimal;
  constructor(value: Decimal) {
    this.value = value;
  }
}
const money = (value: Decimal): Money => new Money(value);

const VARIABLES: Readonly<Record<keyof ExpressionInput, string>> = {
  ...{ price: 'Decimal', maxPrice: 'Decimal', gpus: 'int' },
  ...{ gpuVendor: 'string', gpuModel: 'string', gpuRam: 'string', gpuInterface: 'string' },
  ...{ vcpu: 'Decimal', memoryGib: 'Decimal', replicas: 'int', owner: 'string' },
  ...{ attributes: 'map<string, string>', utilisation: 'Decimal', hour: 'int', weekday: 'int' },
};

const NAMES = Object.keys(VARIABLES) as readonly (keyof ExpressionInput)[];

const LOOK_AT_GPU: readonly (keyof ExpressionInput)[] = [
  ...(['gpuVendor', 'gpuModel', 'gpuRam', 'gpuInterface', 'utilisation'] as const),
];

type Two = readonly [Money, Money];
const divide = (a: Decimal, b: Decimal): Decimal => {
  if (b.eq('0')) throw new ExpressionError('it divides by zero');
  return a.div(b);
};

const createEnvironment = (): Environment => {
  const env = new Environment({ unlistedVariablesAreDyn: false, limits: LIMITS });
  env.registerType('Decimal', { ctor: Money, fields: {} });
  for (const [name, type] of Object.entries(VARIABLES)) env.registerVariable(name, type);
  env.registerFunction('dec(string): Decimal', (text: string) => money(parseDecimal(text)));
  env.registerFunction('dec(int): Decimal', (n: bigint) => money(new Decimal(n.toString())));
  const arithmetic: Readonly<Record<string, (a: Decimal, b: Decimal) => Decimal>> = {
    '+': (a, b) => a.plus(b),
    '-': (a, b) => a.minus(b),
    '*': (a, b) => a.times(b),
    '/': divide,
  };
  for (const [sign, of] of Object.entries(arithmetic)) {
    env.registerOperator(`Decimal ${sign} Decimal`, (...[a, b]: Two) =>
      money(of(a.value, b.value)),
    );
  }
  const comparisons: Readonly<Record<string, (a: Decimal, b: Decimal) => boolean>> = {
    '<': (a, b) => a.lt(b),
    '<=': (a, b) => a.lte(b),
    '>': (a, b) => a.gt(b),
    '>=': (a, b) => a.gte(b),
  };
  for (const [sign, of] of Object.entries(comparisons)) {
    env.registerOperator(`Decimal ${sign} Decimal`, (...[a, b]: Two) => of(a.value, b.value));
  }
  env.registerFunction('min(Decimal, Decimal): Decimal', (...[a, b]: Two) =>
    a.value.lt(b.value) ? a : b,
  );
  env.registerFunction('max(Decimal, Decimal): Decimal', (...[a, b]: Two) =>
    a.value.gt(b.value) ? a : b,
  );
  return env;
};

let environment: Environment | undefined;

/** Names of functions and macros called anywhere below `node`. */
const callsIn = (node: unknown): readonly string[] => {
  if (Array.isArray(node)) return node.flatMap(callsIn);
  if (typeof node !== 'object' || node === null || !('op' in node)) return [];
  const { op, args } = node as ASTNode;
  const own = op === 'call' || op === 'rcall' ? [args[0]] : [];
  return [...own, ...callsIn(args)];
};

const wordsOf = (error: unknown): string => {
  const message = error instanceof Error ? error.message : String(error);
  return message.split('\n')[0] ?? message;
};

/** Reads and checks an expression that yields a `Decimal`, USD per hour. @throws ExpressionError */
export const compileExpression = (text: string): PriceExpression => {
  if (text.length > MAX_EXPRESSION) {
    throw new ExpressionError(`is longer than ${MAX_EXPRESSION} characters`);
  }
  const env = (environment ??= createEnvironment());
  const checked = env.check(text);
  if (!checked.valid) throw new ExpressionError(`is not valid CEL: ${wordsOf(checked.error)}`);
  if (checked.type !== 'Decimal') {
    throw new ExpressionError(
      `must yield a Decimal such as price * dec("1.1"), yields ${checked.type ?? 'nothing'}`,
    );
  }
  const run = env.parse(text);
  const forbidden = callsIn(run.ast).find((name) => FORBIDDEN.includes(name));
  if (forbidden !== undefined) {
    throw new ExpressionError(`must not use ${forbidden}: a price takes a bounded time`);
  }
  const used = NAMES.filter((name) => new RegExp(`\\b${name}\\b`).test(text));
  return {
    text,
    looksAtGpu: used.some((name) => LOOK_AT_GPU.includes(name)),
    evaluate: (input) => {
      let result: unknown;
      try {
        const context: Record<string, unknown> = {};
        for (const name of used) {
          const value = input[name];
          context[name] = value instanceof Decimal ? money(value) : value;
        }
        result = run(context);
      } catch (error) {
        return { ok: false, problem: wordsOf(error) };
      }
      if (!(result instanceof Money)) return { ok: false, problem: 'it yields no Decimal' };
      if (result.value.lt('0')) {
        return { ok: false, problem: `it yields ${result.value.toFixed()}, less than nothing` };
      }
      return { ok: true, usdPerHour: result.value };
    },
  };
};
