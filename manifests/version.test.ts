import { describe, expect, it } from '@jest/globals';
import {
  generateManifest,
  generateManifestVersion,
  manifestToSortedJSON,
  type SDLInput,
} from '@akashnetwork/chain-sdk';
import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { canonicalJson } from './canonical-json.js';
import { toHex } from './digest.js';
import { parseManifest } from './manifest.js';
import { type AcceptedManifest, checkManifestVersion, manifestVersion } from './version.js';

const accepted = (text: string): AcceptedManifest => {
  const parsed = parseManifest(new TextEncoder().encode(text));
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.reasons));
  return parsed;
};

const recorded = readFileSync(
  new URL('../test/recorded/manifest-body.json', import.meta.url),
  'utf8',
);
/** The hash that the recorded manifest's deployment has on the recorded chain. */
const recordedHash = (
  JSON.parse(
    readFileSync(new URL('../test/recorded/EventDeploymentCreated.json', import.meta.url), 'utf8'),
  ) as { event: { attributes: { key: string; value: string }[] } }
).event.attributes.find((a) => a.key === 'hash')?.value;

const sdlOf = (image: string, env: string[]): SDLInput =>
  parse(`
version: "2.0"
services:
  web:
    image: ${JSON.stringify(image)}
    env: ${JSON.stringify(env)}
    expose: [{ port: 80, as: 80, accept: [a.example.com], to: [{ global: true }] }]
profiles:
  compute: { web: { resources: { cpu: { units: 1 }, memory: { size: 1Gi }, storage: { size: 1Gi } } } }
  placement: { dc: { pricing: { web: { denom: uact, amount: 10 } } } }
deployment: { web: { dc: { profile: web, count: 1 } } }
`) as SDLInput;

describe('manifest version', () => {
  it('of a manifest recorded from a real client is the hash its transaction put on chain', () => {
    const hash = Buffer.from(JSON.parse(recordedHash ?? '""') as string, 'base64');
    expect(hash).toHaveLength(32);
    expect(checkManifestVersion(accepted(recorded), hash)).toBeUndefined();
  });

  it('equals that of the official SDK, Go escaping included', async () => {
    await fc.assert(
      fc.asyncProperty(
        // The SDK does not escape U+2028 and U+2029; Go does, and so do we (see canonicalJson).
        fc.string({ unit: 'grapheme' }).filter((t) => !/[\u2028\u2029\\]/.test(t)),
        async (text) => {
          const generated = generateManifest(sdlOf('nginx', [`TEXT=<&>${text}`]));
          if (!generated.ok) throw new Error(JSON.stringify(generated.value));
          const { groups } = generated.value;
          const sent = accepted(manifestToSortedJSON(groups));
          const want = await generateManifestVersion(groups);
          expect(checkManifestVersion(sent, want)).toBeUndefined();
          expect(toHex(manifestVersion(sent.manifest))).toBe(toHex(want));
        },
      ),
    );
  });

  it('is accepted with unknown fields, whether the tenant hashed them or not', () => {
    const [group] = JSON.parse(recorded) as object[];
    const extended = accepted(JSON.stringify([{ ...group, newField: { deep: [1] } }]));
    expect(checkManifestVersion(extended, manifestVersion(extended.received))).toBeUndefined();
    expect(checkManifestVersion(extended, manifestVersion(JSON.parse(recorded)))).toBeUndefined();
  });

  it('refuses another manifest and says both hashes', () => {
    const other = accepted(recorded.replace('pause:3.9', 'pause:3.10'));
    const onChain = manifestVersion(JSON.parse(recorded));
    const reason = checkManifestVersion(other, onChain);
    expect(reason?.code).toBe('ManifestVersionMismatch');
    expect(reason?.message).toContain(toHex(onChain));
    expect(reason?.message).toContain(toHex(manifestVersion(other.received)));
  });
});

describe('canonical JSON', () => {
  it.each([
    [
      'sorts keys at every level',
      { b: 1, a: { d: 1, c: [{ f: 1, e: 2 }] } },
      '{"a":{"c":[{"e":2,"f":1}],"d":1},"b":1}',
    ],
    ['keeps the order of lists', ['b', 'a'], '["b","a"]'],
    ['escapes what Go escapes', '<a>&\u2028\u2029', '"\\u003ca\\u003e\\u0026\\u2028\\u2029"'],
    ['replaces a lone surrogate', '\ud800', '"\ufffd"'],
    ['keeps a pair of surrogates', '😀', '"😀"'],
    ['leaves out undefined members', { a: undefined, b: null }, '{"b":null}'],
    ['writes large numbers as Go does', [1e21, 1e-7, 12345678], '[1e+21,1e-7,12345678]'],
    [
      'sorts by code point',
      { '\u{1f600}': 1, '\uffff': 2, '\uffffa': 3 },
      '{"\uffff":2,"\uffffa":3,"\u{1f600}":1}',
    ],
    [
      'keeps a key that JavaScript treats specially',
      JSON.parse('{"__proto__":1}'),
      '{"__proto__":1}',
    ],
  ])('%s', (_name, value, want) => {
    expect(canonicalJson(value)).toBe(want);
  });

  it('refuses what JSON cannot hold', () => {
    expect(() => canonicalJson({ a: 1n })).toThrow(TypeError);
    expect(() => canonicalJson(undefined)).toThrow(TypeError);
  });

  it('is the same text for any order of members, and parses to the same value', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
        const reversed = Object.fromEntries(Object.entries(value).reverse());
        expect(canonicalJson(reversed)).toBe(canonicalJson(value));
        const once = canonicalJson(value);
        expect(canonicalJson(JSON.parse(once))).toBe(once);
      }),
    );
  });
});
