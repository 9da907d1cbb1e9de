import { describe, expect, it } from '@jest/globals';
import { decide } from './decide.js';
import { readScriptOutput, requestKey, scriptRequest, scriptStrategy } from './price-script.js';
import type { ScriptAnswer } from './price-script.js';
import { anInput, dec } from './testing/input-builder.js';
import { H100 } from './testing/node-builder.js';
import { anOrder, aUnit, disk, GIB, persistentVolume, TENANT } from './testing/order-builder.js';

const unit = aUnit()
  .withCpu(1000)
  .withMemory(GIB / 2n)
  .withVolumes(disk(GIB / 2n), persistentVolume('beta3', GIB))
  .withPrice('50');
const order = anOrder().withUnits(unit.withGpu('nvidia', '*').withCount(2).obj()).obj();

describe('what a price script is told', () => {
  it('bytes, milli-CPU, the placed GPU, the maximum of the whole group and the precision', () => {
    const { stdin, env } = scriptRequest({ order, models: new Map([[1, H100]]) });
    expect(JSON.parse(stdin)).toEqual({
      resources: [
        {
          memory: 536870912,
          cpu: 1000,
          gpu: {
            units: 1,
            attributes: { vendor: { nvidia: { model: 'h100', ram: '80Gi', interface: 'sxm' } } },
          },
          storage: [
            { class: 'ephemeral', size: 536870912 },
            { class: 'beta3', size: 1073741824 },
          ],
          count: 2,
          endpoint_quantity: 1,
          ip_lease_quantity: 0,
        },
      ],
      price: { denom: 'uact', amount: '100.000000000000000000' },
      price_precision: 6,
    });
    expect(env).toEqual({ AKASH_OWNER: TENANT, AKASH_DENOM: 'uact' });
  });

  it('leaves GPU attributes out of a unit without GPUs, and writes large numbers exactly', () => {
    const big = anOrder()
      .withUnits(unit.withMemory(2n ** 60n + 1n).obj())
      .obj();
    const { stdin } = scriptRequest({ order: big, models: new Map() });
    expect(stdin).toContain('"gpu":{"units":0}');
    expect(stdin).toContain('"memory":1152921504606846977');
  });

  it('of several acceptable GPUs only the last is told before one is placed', () => {
    const several = aUnit().withGpuKeys(1, 'vendor/nvidia/model/a100', 'vendor/nvidia/model/h100');
    const { stdin } = scriptRequest({
      order: anOrder().withUnits(several.obj()).obj(),
      models: new Map(),
    });
    expect(stdin).toContain('"attributes":{"vendor":{"nvidia":{"model":"h100"}}}');
  });
});

describe('what a price script says', () => {
  it.each([
    ['12.5\n', '12.5'],
    ['  0.000000000000000001 ', '0.000000000000000001'],
    ['1000000', '1000000'],
  ])('takes %j', (stdout, want) => {
    const answer = readScriptOutput(stdout);
    expect(answer.ok && answer.amount.toFixed()).toBe(want);
  });
  it.each([
    '',
    '\n',
    '0',
    '0.000',
    '-1',
    'NaN',
    '1e3',
    '1.0000000000000000001',
    '5 uact',
    '1\n2',
    '0x10',
    '.5',
  ])('is no price: %j', (stdout) => {
    expect(readScriptOutput(stdout)).toMatchObject({ ok: false, code: 'PriceScriptAnswerInvalid' });
  });
});

describe('the price-script strategy', () => {
  const decideWith = (answer: ScriptAnswer | undefined): ReturnType<typeof decide> => {
    const asked: string[] = [];
    const strategy = scriptStrategy((request) => {
      asked.push(requestKey(request));
      return answer;
    });
    const decision = decide(
      anInput({ policies: [], strategy, order: anOrder().withPrice('50').obj() }),
    );
    expect(asked).toHaveLength(1);
    return decision;
  };
  it('bids exactly what the script said', () => {
    expect(decideWith({ ok: true, amount: dec('12.345678901234567891') })).toMatchObject({
      type: 'bid',
      price: { denom: 'uact', amount: dec('12.345678901234567891') },
      policy: 'price script',
    });
  });
  it.each<[string, ScriptAnswer | undefined, string]>([
    ['no answer yet', undefined, 'PriceScriptPending'],
    [
      'a failure',
      { ok: false, code: 'PriceScriptFailed', message: 'status 1' },
      'PriceScriptFailed',
    ],
    [
      'a time-out',
      { ok: false, code: 'PriceScriptTimeout', message: '10 s' },
      'PriceScriptTimeout',
    ],
    ['more than the order pays', { ok: true, amount: dec('50.000001') }, 'PriceAboveOrderMaximum'],
  ])('%s is no bid', (_name, answer, code) => {
    expect(decideWith(answer)).toMatchObject({ type: 'skip', reasons: [{ code }] });
  });
});
