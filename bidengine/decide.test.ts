import { describe, expect, it } from '@jest/globals';
import { decide } from './decide.js';
import { anInput } from './testing/input-builder.js';
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
});
