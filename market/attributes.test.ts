import { describe, expect, it } from '@jest/globals';
import { keyMatches, missingAttributes } from './attributes.js';

describe('attributes', () => {
  it.each([
    ['an equal key', 'region', 'region', true],
    ['another key', 'region', 'regions', false],
    ['a trailing star', 'vendor/nvidia/model/*', 'vendor/nvidia/model/h100', true],
    ['a star in the middle', 'vendor/*/model/h100', 'vendor/nvidia/model/h100', true],
    ['a star that must not cross', 'vendor/*/ram/80Gi', 'vendor/nvidia/model/h100', false],
    [
      'a trailing star before a slash',
      'vendor/nvidia/model/*',
      'vendor/nvidia/model/h100/ram/80Gi',
      false,
    ],
    ['two stars in a part', 'a/*b*/c', 'a/xbybz/c', true],
    ['nothing but stars', '**', '', true],
    ['a long hostile pattern', '*a'.repeat(40), 'a'.repeat(39) + 'b', false],
  ])('%s', (_name, pattern, key, want) => {
    expect(keyMatches(pattern, key)).toBe(want);
  });

  it('lists exactly the requirements that are not met, values compared too', () => {
    const offered = [
      { key: 'region', value: 'us-west' },
      { key: 'tier', value: 'community' },
    ];
    const missing = missingAttributes(
      [
        { key: 'region', value: 'us-west' },
        { key: 'tier', value: 'premium' },
        { key: 'host', value: 'akash' },
      ],
      offered,
    );
    expect(missing.map((a) => a.key)).toEqual(['tier', 'host']);
  });
});
