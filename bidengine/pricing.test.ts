import { describe, expect, it } from '@jest/globals';
import type { GpuModel } from '../market/gpu.js';
import { formatPrice, uactPerBlockToUsdPerHour } from '../market/money.js';
import type { ExchangeRate, ExchangeRates } from './exchange.js';
import { quote } from './pricing.js';
import { objectionsTo } from './price-maximum.js';
import type { PriceOutcome } from './strategy.js';
import type { PricingPolicy } from './pricing-policy.js';
import { anInput, aPolicy, dec } from './testing/input-builder.js';
import { A100, H100 } from './testing/node-builder.js';
import { anOrder, aUnit, disk, GIB, persistentVolume, ramVolume } from './testing/order-builder.js';
import type { OrderBuilder, UnitBuilder } from './testing/order-builder.js';

const FREE = aPolicy({
  cpuUsdPerHour: dec('0'),
  memoryGibUsdPerHour: dec('0'),
  storageGibUsdPerHour: { ephemeral: dec('0') },
  endpointUsdPerHour: dec('0'),
  leasedIpUsdPerHour: dec('0'),
});
const NO_GPU: ReadonlyMap<number, GpuModel> = new Map();
const cpuPolicy = (usd: string, extra: Partial<PricingPolicy> = {}): PricingPolicy => ({
  ...FREE,
  ...extra,
  rates: { ...FREE.rates, cpuUsdPerHour: dec(usd) },
});

const ask = (
  order: OrderBuilder,
  policy: PricingPolicy,
  models = NO_GPU,
  blockTimeMs = 6000,
  exchange = anInput().exchange,
): PriceOutcome => {
  const { snapshot, nowMs } = anInput();
  const input = {
    order: order.obj(),
    models,
    placement: [],
    snapshot,
    nowMs,
    exchange,
    blockTimeMs,
  };
  const outcome = quote(input, policy);
  if (!outcome.ok) return outcome;
  const reasons = objectionsTo(outcome.quote, order.obj().spec);
  return reasons.length === 0 ? outcome : { ok: false, reasons };
};

const uact = (result: PriceOutcome): string =>
  result.ok
    ? result.quote.price.amount.toFixed()
    : result.reasons.map((r) => `${r.code}: ${r.message}`).join('\n');

const units = (...list: readonly UnitBuilder[]): OrderBuilder =>
  anOrder().withUnits(...list.map((u) => u.obj()));

describe('quote', () => {
  it('breaks the price down by resource, GPUs by exact model', () => {
    const order = units(
      aUnit(1)
        .withGpu('nvidia', '*', 2)
        .withCount(3)
        .withVolumes(disk(2n * GIB), ramVolume(GIB)),
      aUnit(2)
        .withGpu('nvidia', 'a100', 1)
        .withVolumes(persistentVolume('beta3', 10n * GIB)),
      aUnit(3)
        .withGpu('nvidia', 'h100', 1)
        .withEndpoints(
          { kind: 'LEASED_IP', sequenceNumber: 1 },
          { kind: 'RANDOM_PORT', sequenceNumber: 0 },
        ),
    );
    const models = new Map([
      [1, H100],
      [2, A100],
      [3, H100],
    ]);
    const result = ask(order, aPolicy(), models);
    if (!result.ok) throw new Error(uact(result));
    expect(
      result.quote.breakdown.map((t) => [
        t.item,
        t.quantity.toFixed(),
        t.usdPerHourEach.toFixed(),
        t.usdPerHour.toFixed(),
      ]),
    ).toEqual([
      ['vendor/nvidia/model/h100/ram/80Gi/interface/sxm', '7', '2.5', '17.5'],
      ['vendor/nvidia/model/a100/ram/80Gi/interface/sxm', '1', '1.5', '1.5'],
      ['vCPU', '5', '0.01', '0.05'],
      ['memory GiB', '8', '0.002', '0.016'],
      ['storage beta3 GiB', '10', '0.0003', '0.003'],
      ['storage ephemeral GiB', '7', '0.0001', '0.0007'],
      ['endpoint', '3', '0.001', '0.003'],
      ['leased IP', '1', '0.01', '0.01'],
    ]);
    // 19.0827 USD per hour at 600 blocks per hour
    expect(uact(result)).toBe('31804.5');
    expect(result.quote.usdPerHour.toFixed()).toBe('19.0827');
    expect(result.quote.price.denom).toBe('uact');
  });

  it.each([
    ['a whole price stays whole at an odd block time', '3.6', 7000, '7000'],
    ['a third of a second', '3.6', 333, '333'],
    ['rounded up in the last of six places', '0.0000001', 6000, '0.000167'],
    ['never rounded to nothing', '0.000000000000000001', 200, '0.000001'],
    ['a block time with decimals', '1', 6117.5, '1699.305556'],
  ])('%s', (_name, usdPerHour, blockTimeMs, want) => {
    expect(uact(ask(anOrder(), cpuPolicy(usdPerHour), NO_GPU, blockTimeMs))).toBe(want);
  });

  it('says the same in USD as the market does', () => {
    const result = ask(anOrder(), cpuPolicy('1.2345'), NO_GPU, 6117);
    if (!result.ok) throw new Error(uact(result));
    const { price, usdPerHour } = result.quote;
    const difference = usdPerHour.minus(uactPerBlockToUsdPerHour(price.amount, 6117)).abs();
    expect(difference.lt('0.000000001')).toBe(true);
    expect(formatPrice(price.amount)).toBe('2097.621250000000000000');
  });

  it.each<[string, OrderBuilder, PricingPolicy, string]>([
    [
      'a floor in USD raises the price',
      anOrder(),
      cpuPolicy('0.01', { floorUsdPerHour: dec('0.6') }),
      '1000',
    ],
    [
      'a floor in uact raises the price',
      anOrder(),
      cpuPolicy('0.01', { minimumUactPerBlock: dec('20') }),
      '20',
    ],
    [
      'the higher floor counts',
      anOrder(),
      cpuPolicy('0.01', { floorUsdPerHour: dec('0.006'), minimumUactPerBlock: dec('20') }),
      '20',
    ],
    [
      'a price above the floor stays',
      anOrder(),
      cpuPolicy('0.6', { floorUsdPerHour: dec('0.01') }),
      '1000',
    ],
    [
      'a floor makes even a free order cost something',
      anOrder(),
      { ...FREE, minimumUactPerBlock: dec('1') },
      '1',
    ],
    [
      'a price at the ceiling',
      anOrder(),
      cpuPolicy('0.6', { ceilingUsdPerHour: dec('0.6') }),
      '1000',
    ],
    ['a price at the maximum of the order', anOrder().withPrice('1000'), cpuPolicy('0.6'), '1000'],
    [
      'the maximum is the sum over replicas',
      anOrder().withPrice('500').withCount(2),
      cpuPolicy('0.3'),
      '1000',
    ],
    [
      'a class that only * names',
      anOrder().withVolumes(persistentVolume('beta9', GIB)),
      { ...FREE, rates: { ...FREE.rates, storageGibUsdPerHour: { '*': dec('0.6') } } },
      '1000',
    ],
    [
      'refused: above the maximum of the order',
      anOrder().withPrice('999.9'),
      cpuPolicy('0.6'),
      'PriceAboveOrderMaximum: our price is 1000 uact per block (0.6000 USD per hour); the order pays at most 999.9 uact per block (0.5999 USD per hour)',
    ],
    [
      'refused: the maximum is below the floor',
      anOrder().withPrice('10'),
      cpuPolicy('0.001', { floorUsdPerHour: dec('0.6') }),
      'OrderMaximumBelowFloor: the floor of policy standard is 1000 uact per block (0.6000 USD per hour); the order pays at most 10 uact per block (0.0060 USD per hour)',
    ],
    [
      'refused: above the ceiling',
      anOrder(),
      cpuPolicy('0.6', { ceilingUsdPerHour: dec('0.59') }),
      'PriceAbovePolicyCeiling: our price is 1000 uact per block (0.6000 USD per hour); the ceiling of policy standard is 0.59 USD per hour',
    ],
    [
      'refused: nothing at all',
      anOrder(),
      FREE,
      'PriceZero: standard asks for nothing; a free lease is never offered',
    ],
    [
      'refused: a class without a rate',
      anOrder().withVolumes(persistentVolume('beta1', GIB)),
      FREE,
      'NoStorageRate: policy standard has no rate for storage class beta1',
    ],
  ])('%s', (_name, order, policy, want) => {
    expect(uact(ask(order, policy))).toBe(want);
  });

  it('fails closed for a GPU without a rate, whatever else has one', () => {
    const t4 = { vendor: 'nvidia', model: 't4', ram: '16Gi', interface: 'pcie' };
    const order = anOrder().withGpu('nvidia', 't4');
    expect(uact(ask(order, aPolicy(), new Map([[1, t4]])))).toBe(
      'NoGpuRate: policy standard has no rate for vendor/nvidia/model/t4/ram/16Gi/interface/pcie, not even one for *',
    );
  });

  const exchange = (akt: ExchangeRate): ExchangeRates => ({ ...anInput().exchange, akt });
  const askIn = (denom: string, rates: ExchangeRates): string => {
    const order = anOrder().withPrice('9000', denom);
    return uact(ask(order, cpuPolicy('0.6'), NO_GPU, 6000, rates));
  };
  const USDC = 'ibc/170C677610AC31DF0904FFE09CD3B5C657492170E7E52372E48756B71E56F2F1';
  const stale: ExchangeRate = {
    status: 'stale',
    why: 'the oracle is silent',
    conservativeUsd: dec('9'),
  };

  it.each<[string, string, ExchangeRates, string]>([
    ['uact is a millionth of a US dollar, whatever AKT does', 'uact', exchange(stale), '1000'],
    ['uakt by the fresh price of AKT', 'uakt', anInput().exchange, '2000'],
    ['bridged USDC by its own price', USDC, anInput().exchange, '1000'],
    [
      'uakt without a fresh price: no bid, and never by the careful rate',
      'uakt',
      exchange(stale),
      'PriceSourceStale: the order is priced in uakt and the price of akt in US dollars is not known: the oracle is silent',
    ],
    ['another coin', 'uatom', anInput().exchange, 'DenomNotAccepted: nothing is sold for uatom'],
  ])('%s', (_name, denom, rates, want) => {
    expect(askIn(denom, rates)).toBe(want);
  });

  it('reports maximum and ceiling together', () => {
    const policy = cpuPolicy('0.6', { ceilingUsdPerHour: dec('0.5') });
    const result = ask(anOrder().withPrice('1'), policy);
    expect(result.ok ? [] : result.reasons.map((r) => [r.code, r.field])).toEqual([
      ['PriceAboveOrderMaximum', 'order.spec.units.price'],
      ['PriceAbovePolicyCeiling', 'policy.ceilingUsdPerHour'],
    ]);
  });

  it.each([0, -1, Number.NaN])('refuses a block time of %d', (blockTimeMs) => {
    expect(() => ask(anOrder(), cpuPolicy('1'), NO_GPU, blockTimeMs)).toThrow(
      `chain.blockTimeMs must be above 0, got ${blockTimeMs}`,
    );
  });
});
