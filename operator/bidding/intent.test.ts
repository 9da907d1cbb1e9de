import { describe, expect, it } from '@jest/globals';
import type { BidIntent } from './intent.js';
import { formatIntents, IntentFormatError, parseIntents } from './intent.js';
import { fromPlacementEntries, modelNames, toPlacementEntries } from './placement-record.js';

const owner = 'akash1qufa3xzrf34qvwyejkhvnc4psf49fftaw0asmh';
const intent: BidIntent = {
  orderId: { owner, dseq: 18446744073709551615n, gseq: 1, oseq: 2 },
  price: { denom: 'uact', amount: '1234.500000000000000000' },
  usdPerHour: '21.6',
  gpus: 8,
  cpu: '96',
  memory: '1Ti',
  placement: [
    { unitId: 1, replica: 0, node: 'h100-0', gpus: 8, model: 'vendor/nvidia/model/h100/ram/80Gi' },
  ],
  reservation: {
    key: `${owner}/18446744073709551615/1/2`,
    owner,
    perNode: [
      {
        node: 'h100-0',
        quantities: {
          milliCpu: 96000n,
          memoryBytes: 2n ** 40n,
          ephemeralBytes: 5n,
          gpus: 8n,
          pods: 1n,
        },
      },
    ],
    storage: [{ className: 'beta3', bytes: 2n ** 60n }],
    leasedIps: 1,
    reason: 'bid open',
  },
  tx: { hash: 'AB'.repeat(32), bytes: 'AAEC', timeoutNs: '1795424482391000001' },
};

describe('intents', () => {
  it('survive format and parse, large numbers included', () => {
    expect(parseIntents(formatIntents([intent]), 'test')).toEqual([intent]);
  });

  it.each(['', '{}', '[{"order":"x"}]', '[{}]'])('refuses %p and names the object', (text) => {
    expect(() => parseIntents(text, 'berth-intent-7')).toThrow(IntentFormatError);
    expect(() => parseIntents(text, 'berth-intent-7')).toThrow('berth-intent-7');
  });
});

describe('placement entries', () => {
  it('survive both ways and name their models once', () => {
    const entries = [...intent.placement, { unitId: 2, replica: 0, node: 'cpu-0', gpus: 0 }];
    expect(toPlacementEntries(fromPlacementEntries(entries))).toEqual(entries);
    expect(modelNames([...entries, ...entries])).toBe('h100');
    expect(modelNames([])).toBe('');
  });
});
