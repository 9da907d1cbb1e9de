import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { GpuModel } from '../market/gpu.js';
import { compareWithScript, convertTargets } from './price-convert.js';
import { PriceTargetError, scriptPrice } from './price-targets.js';
import type { PriceTargets } from './price-targets.js';
import { orders } from './testing/arbitraries.js';
import { A100, H100, H100_PCIE, RTX4090 } from './testing/node-builder.js';
import { anOrder, aUnit, disk, GIB, persistentVolume, ramVolume } from './testing/order-builder.js';

const MAPPINGS = 'h100=1500,h100.80Gi=1600,h100.80Gi.sxm=1700.55,rtx4090=180';
const unitsAndModels = orders.chain((order) =>
  fc.record({
    order: fc.constant(order),
    models: fc
      .array(
        fc.constantFrom<GpuModel>(H100, H100_PCIE, A100, RTX4090, {
          ...H100,
          ram: undefined,
          interface: undefined,
        }),
        {
          minLength: 3,
          maxLength: 3,
        },
      )
      .map(
        (models): ReadonlyMap<number, GpuModel> =>
          new Map(
            order.spec.units.flatMap((u, i) => {
              const model = models[i];
              return u.resources.gpu.units > 0n && model !== undefined
                ? [[u.resources.id, model] as const]
                : [];
            }),
          ),
      ),
  }),
);
const settings: fc.Arbitrary<PriceTargets> = fc.record({
  PRICE_TARGET_CPU: fc.constantFrom(undefined, '', '0', '1.60', '2.345678'),
  PRICE_TARGET_MEMORY: fc.constantFrom(undefined, '0.8', '13'),
  PRICE_TARGET_HD_PERS_NVME: fc.constantFrom(undefined, '0.1'),
  PRICE_TARGET_ENDPOINT: fc.constantFrom(undefined, '0.07'),
  PRICE_TARGET_IP: fc.constantFrom(undefined, '6'),
  PRICE_TARGET_GPU_MAPPINGS: fc.constantFrom(undefined, MAPPINGS, 'a100.80Gi.pcie=99'),
});

describe('a price book made of PRICE_TARGET settings', () => {
  it('gives every order the price of the script, or no bid where the script gives none', () => {
    let bids = 0;
    let refusals = 0;
    fc.assert(
      fc.property(unitsAndModels, settings, (order, targets) => {
        const [compared] = compareWithScript([order], targets);
        expect(compared?.policy?.toFixed()).toBe(compared?.script?.toFixed());
        if (compared?.policy === undefined) refusals += 1;
        else bids += 1;
      }),
      { numRuns: 1_000 },
    );
    expect(Math.min(bids, refusals)).toBeGreaterThan(100);
  });

  it('counts as the script does, worked out by hand', () => {
    const unit = aUnit()
      .withCpu(1500)
      .withMemory(2n * GIB)
      .withVolumes(disk(10n * GIB), ramVolume(GIB), persistentVolume('beta3', 5n * GIB))
      .withEndpoints(
        { kind: 'SHARED_HTTP', sequenceNumber: 0 },
        { kind: 'LEASED_IP', sequenceNumber: 1 },
      )
      .withGpu('nvidia', 'h100', 2)
      .withCount(3)
      .obj();
    const order = anOrder().withUnits(unit).obj();
    // 3 x (1.5 x 1.60 + 3 x 0.80 + 10 x 0.02 + 5 x 0.04 + 2 x 0.05 + 1 x 5 + 2 x 1700.55) = 10234.2 USD a month
    const models = new Map([[1, H100]]);
    const targets = { PRICE_TARGET_GPU_MAPPINGS: MAPPINGS };
    expect(scriptPrice(order.spec, models, targets)?.toFixed()).toBe('23805.503025');
    expect(compareWithScript([{ order, models }], targets)[0]?.policy?.toFixed()).toBe(
      '23805.503025',
    );
  });

  it('an unknown GPU costs the dearest, at least 100', () => {
    const gpus = (targets: PriceTargets): unknown =>
      (convertTargets(targets).spec['monthlyRates'] as { gpus: readonly unknown[] }).gpus.at(-1);
    expect(gpus({})).toMatchObject({ vendor: '*', model: '*', usdPerMonth: '100' });
    expect(gpus({ PRICE_TARGET_GPU_MAPPINGS: MAPPINGS })).toMatchObject({ usdPerMonth: '1700.55' });
  });

  it('says what it does otherwise', () => {
    expect(convertTargets({ WHITELIST_URL: 'https://example.com' }).notes).toHaveLength(3);
  });

  it.each([
    ['PRICE_TARGET_CPU', '-1'],
    ['PRICE_TARGET_GPU_MAPPINGS', 'h100'],
    ['PRICE_TARGET_GPU_MAPPINGS', 'h100=1=2'],
    ['PRICE_TARGET_GPU_MAPPINGS', 'h100.80Gi.sxm.x=1'],
    ['PRICE_TARGET_GPU_MAPPINGS', 'h100.80GB=1'],
    ['PRICE_TARGET_GPU_MAPPINGS', 'h100.80Gi.sxm5=1'],
  ])('refuses %s=%s and names it', (name, value) => {
    expect(() => convertTargets({ [name]: value })).toThrow(PriceTargetError);
    expect(() => convertTargets({ [name]: value })).toThrow(`${name}: `);
  });
});
