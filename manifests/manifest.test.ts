import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { exceededJsonLimit } from './json-limits.js';
import { manifestGroup, parseManifest } from './manifest.js';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const codes = (text: string): string[] => {
  const parsed = parseManifest(bytes(text));
  return parsed.ok ? [] : parsed.reasons.map((reason) => reason.code);
};

const recorded = readFileSync(
  new URL('../test/recorded/manifest-body.json', import.meta.url),
  'utf8',
);

describe('parsing a manifest', () => {
  it('keeps the fields of a manifest recorded from a real client', () => {
    const parsed = parseManifest(bytes(recorded));
    expect(parsed.ok && JSON.parse(JSON.stringify(parsed.manifest))).toEqual(JSON.parse(recorded));
    expect(parsed.ok && manifestGroup(parsed.manifest, 'westcoast')?.services).toHaveLength(1);
    expect(parsed.ok && manifestGroup(parsed.manifest, 'eastcoast')).toBeUndefined();
  });

  it('gives missing fields the zero values of Go, and drops unknown and empty ones', () => {
    const parsed = parseManifest(
      bytes(
        '[{"name":"g","later":1,"services":[{"params":{"permissions":{"read":[]}},"expose":[{"httpOptions":null}],"resources":{"storage":[],"cpu":null,"endpoints":[{"kind":0}]}}]},{}]',
      ),
    );
    expect(parsed.ok && JSON.parse(JSON.stringify(parsed.manifest))).toEqual([
      {
        name: 'g',
        services: [
          {
            name: '',
            image: '',
            command: null,
            args: null,
            env: null,
            resources: { id: 0, endpoints: [{ sequence_number: 0 }] },
            count: 0,
            expose: [
              {
                port: 0,
                externalPort: 0,
                proto: '',
                service: '',
                global: false,
                hosts: null,
                httpOptions: {
                  maxBodySize: 0,
                  readTimeout: 0,
                  sendTimeout: 0,
                  nextTries: 0,
                  nextTimeout: 0,
                },
                ip: '',
                endpointSequenceNumber: 0,
              },
            ],
            params: { storage: null, permissions: {} },
            credentials: null,
          },
        ],
      },
      { name: '', services: null },
    ]);
  });

  const service = (field: string): string =>
    `[{"name":"g","services":[{"name":"a","resources":{"id":1}},{${field}}]}]`;
  it.each([
    ['a list where a group should be', '[[]]', 'manifest[0]'],
    ['an object at the top', '{}', 'manifest'],
    ['a count below zero', service('"resources":{},"count":-1'), 'manifest[0].services[1].count'],
    [
      'a count that is no whole number',
      service('"resources":{},"count":1.5'),
      'manifest[0].services[1].count',
    ],
    [
      'a port beyond 32 bits',
      service('"resources":{},"expose":[{"port":4294967296}]'),
      'manifest[0].services[1].expose[0].port',
    ],
    ['a service without resources', service('"name":"b"'), 'manifest[0].services[1].resources'],
    [
      'an amount given as a number',
      service('"resources":{"cpu":{"units":{"val":1000}}}'),
      'manifest[0].services[1].resources.cpu.units.val',
    ],
    [
      'an amount in words',
      service('"resources":{"cpu":{"units":{"val":"many"}}}'),
      'manifest[0].services[1].resources.cpu.units.val',
    ],
    [
      'an amount with a leading zero',
      service('"resources":{"cpu":{"units":{"val":"01"}}}'),
      'manifest[0].services[1].resources.cpu.units.val',
    ],
    [
      'a negative amount',
      service('"resources":{"cpu":{"units":{"val":"-1"}}}'),
      'manifest[0].services[1].resources.cpu.units.val',
    ],
    [
      'an amount beyond an int64',
      service('"resources":{"cpu":{"units":{"val":"9223372036854775808"}}}'),
      'manifest[0].services[1].resources.cpu.units.val',
    ],
    [
      'an environment that is no list',
      service('"resources":{},"env":{}'),
      'manifest[0].services[1].env',
    ],
  ])('refuses %s and names the field', (_name, text, wantField) => {
    const parsed = parseManifest(bytes(text));
    expect(parsed.ok ? [] : parsed.reasons).toEqual([
      expect.objectContaining({ code: 'ManifestFieldInvalid', field: wantField }),
    ]);
  });

  it('names at most twenty faults', () => {
    expect(codes(`[${'1,'.repeat(30)}1]`)).toHaveLength(20);
  });

  it.each([
    ['nothing', ''],
    ['half a document', '[{"name":'],
    ['YAML', 'name: web'],
    ['a byte order mark', '\ufeff[]'],
  ])('refuses %s as no JSON', (_name, text) => {
    expect(codes(text)).toEqual(['ManifestNotJson']);
  });

  it('refuses bytes that are not UTF-8', () => {
    const parsed = parseManifest(Uint8Array.from([0x5b, 0x22, 0xff, 0x22, 0x5d]));
    expect(parsed.ok ? [] : parsed.reasons.map((r) => r.code)).toEqual(['ManifestNotJson']);
  });
});

describe('limits, before anything is parsed', () => {
  it.each([
    ['a mebibyte and one byte', ' '.repeat(1024 * 1024 + 1), 'ManifestTooLarge'],
    ['a hundred thousand open brackets', '['.repeat(100_000), 'ManifestTooDeep'],
    ['33 levels', `${'['.repeat(33)}${']'.repeat(33)}`, 'ManifestTooDeep'],
    ['objects too', '{"a":'.repeat(33), 'ManifestTooDeep'],
    ['200,000 elements', `[${'1,'.repeat(200_000)}1]`, 'ManifestTooManyNodes'],
  ])('refuse %s', (_name, text, want) => {
    expect(codes(text)).toEqual([want]);
  });

  it.each([
    ['32 levels', `${'['.repeat(32)}${']'.repeat(32)}`],
    ['brackets within strings', JSON.stringify(['[{'.repeat(500), '"]\\'.repeat(500)])],
    ['a string that never ends', '"['.padEnd(200, '[')],
    ['many shallow lists', `[${'[],'.repeat(1000)}[]]`],
  ])('let %s pass', (_name, text) => {
    expect(exceededJsonLimit(bytes(text))).toBeUndefined();
  });

  it('count the depth of any JSON value as it is', () => {
    const depthOf = (value: unknown): number =>
      typeof value === 'object' && value !== null
        ? 1 + Math.max(0, ...Object.values(value).map(depthOf))
        : 0;
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), (value) => {
        const limits = { maxBytes: 1e9, maxNodes: 1e9, maxDepth: depthOf(value) };
        const text = bytes(JSON.stringify(value));
        expect(exceededJsonLimit(text, limits)).toBeUndefined();
        const code = exceededJsonLimit(text, { ...limits, maxDepth: limits.maxDepth - 1 })?.code;
        expect(code).toBe('ManifestTooDeep');
      }),
    );
  });
});
