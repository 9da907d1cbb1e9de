/** `berth pricing lint` and `berth pricing convert`: price books before they are applied. */
import { stringify } from 'yaml';
import { compareWithScript, convertTargets } from '../../bidengine/price-convert.js';
import { PriceTargetError } from '../../bidengine/price-targets.js';
import type { PriceTargets } from '../../bidengine/price-targets.js';
import type { PricingPolicy } from '../../bidengine/pricing-policy.js';
import { API_VERSION } from '../../crds/constants.js';
import { misused, refused } from '../failure.js';
import type { Context } from '../ports.js';
import { SAMPLE_ORDERS } from '../pricing/sample-orders.js';
import { policyDoubts } from '../pricing/doubts.js';
import { faultWords, readPriceBooks } from '../pricing/read-price-books.js';

const summary = (policy: PricingPolicy): string => {
  const { name, priority = 0, rates, appliesTo } = policy;
  const rules = (['utilisation', 'timeWindows', 'scarcity', 'costs', 'expression'] as const).filter(
    (rule) => policy[rule] !== undefined,
  );
  const who = appliesTo === undefined ? 'every order' : 'some orders';
  return `${name}: priority ${priority}, for ${who}, ${rates.gpus.length} GPU rates${rules.length === 0 ? '' : `, ${rules.join(', ')}`}`;
};

/** Prints every fault with its line. @throws CliFailure `PolicyInvalid` when there is one */
export const lintPricing = (ctx: Context, text: string, path: string): void => {
  const { policies, faults } = readPriceBooks(text, path);
  const [first, ...others] = faults;
  if (first !== undefined) {
    throw misused('PolicyInvalid', faultWords(first, path), {
      field: first.field,
      reasons: others.map((f) => ({ code: 'PolicyInvalid', message: faultWords(f, path) })),
    });
  }
  const warnings = policies.flatMap((p) => policyDoubts(p).map((doubt) => `${p.name}: ${doubt}`));
  for (const warning of warnings) ctx.terminal.say(`note: ${warning}`);
  ctx.output.result(
    { policies: policies.map((p) => p.name), notes: warnings },
    policies.map(summary).join('\n'),
  );
};

/** `NAME=value` lines, as in an environment file; quotes around a value are taken off. */
const readSettings = (text: string): PriceTargets =>
  Object.fromEntries(
    text.split('\n').flatMap((line) => {
      const match = /^\s*(?:export\s+)?([A-Z_]+)\s*=\s*(.*?)\s*$/.exec(line);
      if (match === null) return [];
      const [, name = '', value = ''] = match;
      return [[name, value.replace(/^(["'])(.*)\1$/, '$2')] as const];
    }),
  );

/**
 * Prints the PricingPolicy that prices as the published script does under `text`'s settings, after proving it on orders.
 * @throws CliFailure `PriceTargetInvalid`, `ConversionDiffers`
 */
export const convertPricing = (ctx: Context, text: string, name: string): void => {
  const targets = readSettings(text);
  try {
    const { spec, notes } = convertTargets(targets);
    const compared = compareWithScript(SAMPLE_ORDERS, targets);
    const differing = compared.filter((c) => c.script?.toFixed() !== c.policy?.toFixed());
    if (differing.length > 0) {
      throw refused(
        'ConversionDiffers',
        `${differing.length} of ${compared.length} sample orders would get another price`,
        { next: 'Keep the script (pricing.strategy: script) and report this.' },
      );
    }
    const bids = compared.filter((c) => c.script !== undefined).length;
    const proof = `${compared.length} sample orders priced both ways: ${bids} bids, all equal to the last of 6 places`;
    for (const note of [...notes, proof]) ctx.terminal.say(`note: ${note}`);
    const object = { apiVersion: API_VERSION, kind: 'PricingPolicy', metadata: { name }, spec };
    ctx.output.result(
      { object, notes, proof: { orders: compared.length, bids } },
      stringify(object).trimEnd(),
    );
  } catch (error) {
    if (!(error instanceof PriceTargetError)) throw error;
    throw misused('PriceTargetInvalid', error.message, { field: error.field });
  }
};
