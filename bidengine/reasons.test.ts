import { describe, expect, it } from '@jest/globals';
import { INVENTORY_REASONS, SKIP_REASONS } from './reasons.js';

describe("the bid engine's reasons", () => {
  it('are CamelCase codes, each used for one thing only', () => {
    const codes = [...Object.keys(SKIP_REASONS), ...Object.keys(INVENTORY_REASONS)];
    expect(new Set(codes).size).toBe(codes.length);
    for (const code of codes) expect(code).toMatch(/^([A-Z][a-z]+)+$/);
  });
});
