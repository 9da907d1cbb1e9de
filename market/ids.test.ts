import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  formatLeaseId,
  formatOrderId,
  IdFormatError,
  orderIdOf,
  parseLeaseId,
  parseOrderId,
  parseUint64,
} from './ids.js';

const owner = 'akash1qufa3xzrf34qvwyejkhvnc4psf49fftaw0asmh';
const provider = 'akash1365yvmc4s7awdyj3n2sav7xfx76adc6dnmlx63';

describe('ids', () => {
  it('format and parse are inverse for every uint64 dseq', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
        fc.integer({ min: 0, max: 2 ** 32 - 1 }),
        (dseq, seq) => {
          const id = { owner, dseq, gseq: seq, oseq: 1, provider, bseq: 0 };
          expect(parseLeaseId(formatLeaseId(id))).toEqual(id);
          expect(parseOrderId(formatOrderId(id))).toEqual(orderIdOf(id));
        },
      ),
    );
  });

  it.each([
    ['a missing part', `${owner}/1/1`, 'id'],
    ['a dseq that is no number', `${owner}/x/1/1`, 'dseq'],
    ['a dseq beyond uint64', `${owner}/18446744073709551616/1/1`, 'dseq'],
    ['a gseq beyond uint32', `${owner}/1/4294967296/1`, 'gseq'],
    ['an owner that is no address', `bob/1/1/1`, 'owner'],
  ])('refuses %s and names the field', (_name, path, wantField) => {
    const parse = (): unknown => parseOrderId(path);
    expect(parse).toThrow(IdFormatError);
    try {
      parse();
    } catch (error) {
      expect((error as IdFormatError).field).toBe(wantField);
    }
  });

  it('refuses signs and exponents in numbers', () => {
    for (const text of ['-1', '+1', '1e3', ' 1', '']) {
      expect(() => parseUint64(text, 'dseq')).toThrow(IdFormatError);
    }
  });
});
