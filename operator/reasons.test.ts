import { describe, expect, it } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { SKIP_REASONS } from '../bidengine/reasons.js';
import { BID_REASONS, LEASE_REASONS, PROVIDER_REASONS, SCREENING_REASONS } from './reasons.js';

const codes = new Set(
  [PROVIDER_REASONS, BID_REASONS, LEASE_REASONS, SCREENING_REASONS].flatMap((table) =>
    Object.keys(table),
  ),
);
/** Reasons of a condition that holds, phases, and Events: they say that all is well, not why something is not. */
const GOOD = [
  ...[
    'AllReplicasReady',
    'Applied',
    'EscrowPays',
    'EscrowLasts',
    'EscrowToppedUp',
    'LeaseWon',
    'ManifestReceived',
    'NotReclaiming',
    'Granted',
    'OwnKey',
  ],
  ...['Received', 'Started', 'Valid', 'Ready', 'Fresh', 'EndpointHealthy', 'EndpointServing'],
];

const here = new URL('.', import.meta.url);
const sources = readdirSync(here, { recursive: true, encoding: 'utf8' })
  .filter((f) => f.endsWith('.ts') && !f.endsWith('.test.ts') && !f.startsWith('testing'))
  .filter((f) => !f.startsWith('reasons'))
  // Reasons that proof is refused for come through the chain's port.
  .concat('../chain/proof/chain-proof.ts')
  .map((f) => readFileSync(new URL(f, here), 'utf8'))
  .join('\n');

describe("the operator's reasons", () => {
  it('every code that the operator gives is documented', () => {
    const given = [...sources.matchAll(/\b(?:code|reason): '([A-Z][A-Za-z]+)'/g)].map((m) => m[1]);
    const logged = [...sources.matchAll(/['`]([A-Z][a-z]+(?:[A-Z][a-z]+)+): /g)].map((m) => m[1]);
    const unknown = [...given, ...logged].filter(
      (code) =>
        code === undefined || !(codes.has(code) || code in SKIP_REASONS || GOOD.includes(code)),
    );
    expect(unknown).toEqual([]);
    expect(given.length).toBeGreaterThan(30);
  });

  it('no code is documented that the operator never gives', () => {
    const unused = [...codes].filter((code) => !new RegExp(`['\`]${code}\\b`).test(sources));
    expect(unused).toEqual([]);
  });

  it('codes are CamelCase, and each means one thing', () => {
    const all = [PROVIDER_REASONS, BID_REASONS, LEASE_REASONS, SCREENING_REASONS].flatMap((t) =>
      Object.keys(t),
    );
    expect(new Set(all).size).toBe(all.length);
    for (const code of all) expect(code).toMatch(/^([A-Z][a-z]+)+$/);
  });
});
