/**
 * The Akash provider's price-script protocol (provider-wire 1.6), the pure half: what a script is told, and what its answer is
 * worth. Running it is the operator's; a decision finds the answers among its inputs, and no answer is no bid.
 */
import type { Attribute } from '../market/attributes.js';
import { formatGpu, parseGpuAttribute } from '../market/gpu.js';
import type { GpuModel } from '../market/gpu.js';
import { Decimal, formatPrice } from '../market/money.js';
import { groupMaxPrice, storageClassOf } from '../market/resources.js';
import type { ResourceUnit } from '../market/resources.js';
import { assetOf, priceRate } from './exchange.js';
import { toUsdPerHour } from './price-rounding.js';
import { PRICE_PLACES } from './pricing-policy.js';
import { reason } from './reasons.js';
import type { SkipCode } from './reasons.js';
import type { PriceOutcome, PricingInput, PricingStrategy } from './strategy.js';

/** One run of the script. */
export interface ScriptRequest {
  /** The JSON on its standard input. */
  readonly stdin: string;
  /** `AKASH_OWNER` and `AKASH_DENOM`, added to its environment. */
  readonly env: Readonly<Record<string, string>>;
}

export type ScriptAnswer =
  | { readonly ok: true; readonly amount: Decimal }
  | {
      readonly ok: false;
      readonly code: Extract<
        SkipCode,
        'PriceScriptFailed' | 'PriceScriptTimeout' | 'PriceScriptAnswerInvalid'
      >;
      /** One sentence. */
      readonly message: string;
    };

/** Finds the answer to a request; `undefined` while there is none. */
export type ScriptAnswers = (request: ScriptRequest) => ScriptAnswer | undefined;

/** JSON numbers are exact to 2^53; larger amounts are written out by hand, as Go would. */
const number = (n: bigint | number): string => String(n);

/** Only the last GPU attribute survives, as in the Akash provider. */
const gpuAttributes = (
  attributes: readonly Attribute[],
  placed: GpuModel | undefined,
): Record<string, unknown> | undefined => {
  const key = placed === undefined ? attributes.at(-1)?.key : formatGpu(placed);
  if (key === undefined) return undefined;
  const { vendor, model, ram, interface: iface } = parseGpuAttribute(key);
  const parts = {
    ...(ram === undefined ? {} : { ram }),
    ...(iface === undefined ? {} : { interface: iface }),
  };
  return { vendor: { [vendor]: { model: model ?? '*', ...parts } } };
};

const element = ({ resources, count }: ResourceUnit, placed: GpuModel | undefined): string => {
  const { cpu, memory, gpu, storage, endpoints } = resources;
  const attributes = gpu.units > 0n ? gpuAttributes(gpu.attributes, placed) : undefined;
  const gpuJson = `{"units":${number(gpu.units)}${attributes === undefined ? '' : `,"attributes":${JSON.stringify(attributes)}`}}`;
  const volumes = storage.map(
    (v) => `{"class":${JSON.stringify(storageClassOf(v))},"size":${number(v.quantityBytes)}}`,
  );
  const leased = endpoints.filter((e) => e.kind === 'LEASED_IP');
  const fields = [
    `"memory":${number(memory.quantityBytes)}`,
    `"cpu":${number(cpu.milliCpu)}`,
    `"gpu":${gpuJson}`,
    `"storage":[${volumes.join(',')}]`,
    `"count":${number(count)}`,
    `"endpoint_quantity":${number(endpoints.length)}`,
    `"ip_lease_quantity":${number(leased.length)}`,
  ];
  return `{${fields.join(',')}}`;
};

/** What the script is told about an order with these GPUs; memory and storage in bytes, cpu in milli-CPU. */
export const scriptRequest = ({
  order,
  models,
}: Pick<PricingInput, 'order' | 'models'>): ScriptRequest => {
  const { denom, amount } = groupMaxPrice(order.spec);
  const resources = order.spec.units.map((u) => element(u, models.get(u.resources.id)));
  const price = JSON.stringify({ denom, amount: formatPrice(amount) });
  return {
    stdin: `{"resources":[${resources.join(',')}],"price":${price},"price_precision":${PRICE_PLACES}}`,
    env: { AKASH_OWNER: order.id.owner, AKASH_DENOM: denom },
  };
};

/** Equal requests have equal keys. */
export const requestKey = ({ stdin, env }: ScriptRequest): string =>
  `${env['AKASH_OWNER'] ?? ''}\n${env['AKASH_DENOM'] ?? ''}\n${stdin}`;

/** What a script's standard output is worth: a positive decimal per block, at most 18 places. */
export const readScriptOutput = (stdout: string): ScriptAnswer => {
  const text = stdout.trim();
  const invalid = (message: string): ScriptAnswer => ({
    ok: false,
    code: 'PriceScriptAnswerInvalid',
    message,
  });
  if (text === '') return invalid('the price script printed nothing');
  if (!/^-?\d{1,60}(\.\d{1,18})?$/.test(text)) {
    return invalid(
      `the price script printed "${text.slice(0, 80)}", which is no decimal of at most 18 places`,
    );
  }
  const amount = new Decimal(text);
  return amount.gt('0')
    ? { ok: true, amount }
    : invalid(`the price script printed ${text}; a price must be above 0`);
};

const price = (answers: ScriptAnswers, input: PricingInput): PriceOutcome => {
  const answer = answers(scriptRequest(input));
  if (answer === undefined) {
    const message = 'the price script has not answered yet; the order is decided again when it has';
    return { ok: false, reasons: [reason('PriceScriptPending', message, 'priceScript')] };
  }
  if (!answer.ok)
    return { ok: false, reasons: [reason(answer.code, answer.message, 'priceScript')] };
  const { denom } = groupMaxPrice(input.order.spec);
  const asset = assetOf(denom);
  const rate =
    (asset === undefined ? undefined : priceRate(input.exchange, asset)) ?? new Decimal('0');
  return {
    ok: true,
    quote: {
      price: { denom, amount: answer.amount },
      exact: answer.amount,
      usdPerHour: toUsdPerHour(answer.amount.times(rate), input.blockTimeMs),
      breakdown: [],
      policy: 'price script',
      objections: [],
    },
  };
};

/** The strategy that asks for what `answers` has. Every model is worth the same to it, since only the script knows. */
export const scriptStrategy = (answers: ScriptAnswers): PricingStrategy => ({
  name: 'price-script',
  pricesVaryByModel: false,
  worth: () => new Decimal('0'),
  price: (input) => price(answers, input),
});
