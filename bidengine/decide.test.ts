import { describe, expect, it } from '@jest/globals';
import { decide } from './decide.js';
import { gpuCapabilities } from './gpu-capabilities.js';
import type { DecideInput } from './input.js';
import { buildSnapshot } from './inventory.js';
import { aCluster, aNodeFacts } from './testing/facts-builder.js';
import { anInput, aPolicy, dec } from './testing/input-builder.js';
import { aNode, aSnapshot, H100 } from './testing/node-builder.js';
import { anOrder } from './testing/order-builder.js';

describe('decide', () => {
  it('bids the sum of rates, for the exact GPU it placed', () => {
    const decision = decide(anInput({ order: anOrder().withGpu('nvidia', 'h100', 8).obj() }));
    if (decision.type !== 'bid') throw new Error(JSON.stringify(decision.reasons));
    // 8 x 2.5 + 0.01 + 0.002 + 0.0001 + 0.001 = 20.0131 USD per hour; 600 blocks of 6 s in an hour
    expect(decision.price.denom).toBe('uact');
    expect(decision.price.amount.toFixed()).toBe('33355.166667');
    expect(decision.usdPerHour.toFixed(6)).toBe('20.013100');
    expect(decision.placement).toEqual([
      {
        unitId: 1,
        replica: 0,
        node: 'node-1',
        gpus: 8n,
        model: { vendor: 'nvidia', model: 'h100', ram: '80Gi', interface: 'sxm' },
      },
    ]);
    expect(decision.offer[0]?.resources.gpu.attributes).toEqual([
      { key: 'vendor/nvidia/model/h100/ram/80Gi/interface/sxm', value: 'true' },
    ]);
    expect(decision.deposit).toEqual({ denom: 'uakt', amount: 500_000n });
    expect(decision.policy).toBe('standard');
  });

  it('reports every failing check, not only the first', () => {
    const order = anOrder()
      .withState('closed')
      .withGpu('nvidia', 'h100', 9)
      .requiring({ region: 'eu' })
      .obj();
    const decision = decide(anInput({ order }));
    if (decision.type !== 'skip') throw new Error('a bid');
    expect(decision.reasons.map((r) => r.code)).toEqual([
      'OrderNotOpen',
      'AttributesNotMet',
      'InsufficientGpus',
    ]);
    expect(decision.reasons[2]?.message).toBe(
      'needs 9 h100 on one node; the most free on one node is 8',
    );
  });

  const skipCodes = (input: DecideInput): readonly string[] => {
    const decision = decide(input);
    return decision.type === 'bid' ? ['a bid'] : decision.reasons.map((r) => r.code);
  };

  it('makes no bid without a policy, and still says what else is missing', () => {
    expect(skipCodes(anInput({ policies: [] }))).toEqual(['NoPricingPolicy']);
    const order = anOrder().withGpu('nvidia', 'h100', 9).obj();
    expect(skipCodes(anInput({ order, policies: [] }))).toEqual([
      'NoPricingPolicy',
      'InsufficientGpus',
    ]);
  });

  it('uses the first policy', () => {
    const policies = [aPolicy({}, { name: 'first' }), aPolicy({}, { name: 'second' })];
    expect(decide(anInput({ policies }))).toMatchObject({ type: 'bid', policy: 'first' });
  });

  it('says that a rate is missing only when a GPU with a rate would not do', () => {
    const t4 = { vendor: 'nvidia', model: 't4', ram: '16Gi', interface: 'pcie' };
    const order = anOrder().withGpu('nvidia', '*', 8).obj();
    const rateless = aNode('a').withGpus(t4, 8).obj();
    expect(skipCodes(anInput({ order, snapshot: aSnapshot([rateless]) }))).toEqual(['NoGpuRate']);
    const both = aSnapshot([rateless, aNode('b').withGpus(H100, 8).obj()]);
    expect(skipCodes(anInput({ order, snapshot: both }))).toEqual(['a bid']);
    const full = aSnapshot([aNode('a').withGpus(t4, 4).obj(), aNode('b').withGpus(H100, 4).obj()]);
    expect(skipCodes(anInput({ order, snapshot: full }))).toEqual(['InsufficientGpus']);
  });

  it('neither places nor prices an order that makes no sense', () => {
    const order = anOrder().withUnits().withState('closed').obj();
    expect(skipCodes(anInput({ order }))).toEqual(['OrderNotOpen', 'InvalidOrder']);
  });

  it('reports a price that is too high beside a check that fails', () => {
    const order = anOrder().withState('active').withPrice('1').obj();
    expect(skipCodes(anInput({ order }))).toEqual(['OrderNotOpen', 'PriceAboveOrderMaximum']);
    const cheap = anOrder().withState('active').obj();
    expect(skipCodes(anInput({ order: cheap }))).toEqual(['OrderNotOpen']);
  });

  it('offers a reclamation window exactly when the order asks for one', () => {
    const base = anInput();
    const rules = { ...base.rules, maxReclamationWindowSeconds: 86_400n };
    const asked = decide({ ...base, rules, order: anOrder().withReclamation(60n).obj() });
    expect(asked).toMatchObject({ type: 'bid', reclamationWindowSeconds: 3_600n });
    expect(decide({ ...base, rules })).not.toHaveProperty('reclamationWindowSeconds');
  });

  it('keeps what the order said in the offer but for the GPU', () => {
    const order = anOrder().withGpu('nvidia', '*', 2).obj();
    const decision = decide(anInput({ order }));
    if (decision.type !== 'bid') throw new Error(JSON.stringify(decision.reasons));
    const [unit] = order.spec.units;
    const gpu = {
      units: 2n,
      attributes: [{ key: 'vendor/nvidia/model/h100/ram/80Gi/interface/sxm', value: 'true' }],
    };
    expect(decision.offer).toEqual([{ resources: { ...unit?.resources, gpu }, count: 1 }]);
  });

  it('a MIG slice is a model with a rate of its own: without one it is not sold, and the reason says so', () => {
    const sold = (rates: readonly { model: string; usd: string }[]) => {
      const nodes = [
        aNodeFacts('n', {
          ...{ gpus: 4, product: 'NVIDIA-H100-80GB-HBM3' },
          labels: { 'nvidia.com/mig.strategy': 'mixed' },
        }),
      ].map((n) => {
        const list = { ...n.allocatable, 'nvidia.com/mig-1g.10gb': '7' };
        return { ...n, capacity: list, allocatable: list };
      });
      const snapshot = buildSnapshot(aCluster({ nodes }), [], 0);
      const gpus = rates.map(({ model, usd }) => ({
        ...{ vendor: 'nvidia', model, usdPerHour: dec(usd) },
      }));
      const base = anInput();
      const decision = decide({
        ...base,
        order: anOrder().withGpu('nvidia', 'h100-mig-1g10gb').obj(),
        snapshot,
        policies: [aPolicy({ gpus })],
        provider: { ...base.provider, attributes: gpuCapabilities(snapshot) },
      });
      return decision.type === 'bid'
        ? decision.placement.map((p) => `${p.node} ${p.resource}`)
        : decision.reasons.map((r) => r.code);
    };
    const whole = { model: 'h100', usd: '2.5' };
    expect(sold([whole])).toEqual(['NoGpuRate']);
    expect(sold([whole, { model: 'h100-mig-1g10gb', usd: '0.4' }])).toEqual([
      'n nvidia.com/mig-1g.10gb',
    ]);
  });
});
