import { describe, expect, it } from '@jest/globals';
import { count, map } from './json-schema.js';

describe('map', () => {
  it('is replaced as a whole, so that an apply may empty it', () => {
    expect(map('Orders by reason.', count('Orders.'), 8)['x-kubernetes-map-type']).toBe('atomic');
  });
});
