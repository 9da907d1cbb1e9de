/** Options that every command takes, read from the command line and the environment. */
import { homedir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { parseDecimal } from '../market/money.js';
import type { DecCoin } from '../market/money.js';
import { misused } from './failure.js';
import type { OutputMode } from './ports.js';

/** What main.ts takes from the environment; nothing else reads it. */
export interface Environment {
  /** BERTH_NODE: URLs, separated by commas. */
  readonly node: string | undefined;
  /** BERTH_HOME */
  readonly home: string | undefined;
}

export interface Globals {
  /** RPC URLs in order of preference; may be empty for commands that need no chain. */
  readonly nodes: readonly string[];
  readonly home: string;
  readonly key: string;
  readonly output: OutputMode;
  /** Ask nothing, take the default answers. */
  readonly yes: boolean;
  /** Per unit of gas. */
  readonly gasPrice: DecCoin;
}

const raw = z.object({
  node: z.array(z.string()).optional(),
  home: z.string().optional(),
  key: z.string(),
  output: z.string(),
  yes: z.boolean().optional(),
  gasPrice: z.string(),
});

const MODES: readonly OutputMode[] = ['text', 'json', 'jsonl'];

const readMode = (text: string): OutputMode => {
  const mode = MODES.find((m) => m === text);
  if (mode !== undefined) return mode;
  throw misused('OutputInvalid', `--output takes text, json or jsonl, got "${text}"`, {
    field: 'output',
  });
};

const readGasPrice = (text: string): DecCoin => {
  const match = /^(\d{1,9}(?:\.\d{1,18})?)([a-z][a-zA-Z0-9/]{2,127})$/.exec(text);
  if (match === null) {
    throw misused('GasPriceInvalid', `--gas-price must be like 0.025uakt, got "${text}"`, {
      field: 'gas-price',
    });
  }
  return { amount: parseDecimal(match[1] ?? '0'), denom: match[2] ?? '' };
};

const readNode = (text: string): string => {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return text;
  throw misused('NodeInvalid', `--node takes an http or https URL, got "${text}"`, {
    field: 'node',
  });
};

/** @throws CliFailure naming the option */
export const readGlobals = (options: unknown, environment: Environment): Globals => {
  const given = raw.parse(options);
  const fromEnvironment = (environment.node ?? '').split(',').map((n) => n.trim());
  const nodes = given.node ?? fromEnvironment.filter((n) => n !== '');
  const home = given.home ?? environment.home ?? '';
  return {
    nodes: nodes.map(readNode),
    home: home === '' ? join(homedir(), '.berth') : home,
    key: given.key,
    output: readMode(given.output),
    yes: given.yes ?? false,
    gasPrice: readGasPrice(given.gasPrice),
  };
};

/** The output form asked for, before anything else is read: a failure of reading must be printed in it. */
export const outputModeOf = (argv: readonly string[]): OutputMode => {
  for (const [i, arg] of argv.entries()) {
    const value =
      arg === '--output' || arg === '-o' ? argv[i + 1] : /^(?:--output=|-o)(.+)$/.exec(arg)?.[1];
    const mode = MODES.find((m) => m === value);
    if (mode !== undefined) return mode;
  }
  return 'text';
};
