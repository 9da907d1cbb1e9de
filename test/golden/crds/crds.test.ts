import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { API_VERSION, CATEGORY, KINDS, RESOURCES } from '../../../crds/constants.js';
import type { JsonSchema } from '../../../crds/json-schema.js';
import { definitionOf, DEFINITIONS } from '../../../crds/kinds.js';
import { renderAll } from '../../../hack/crds/render.js';

const folder = join(import.meta.dirname, '..', '..', '..', 'crds', 'generated');

interface Crd {
  readonly spec: {
    readonly scope: string;
    readonly names: { readonly plural: string; readonly categories: readonly string[] };
    readonly versions: readonly {
      readonly name: string;
      readonly subresources: object;
      readonly additionalPrinterColumns: readonly { readonly name: string }[];
      readonly schema: { readonly openAPIV3Schema: JsonSchema };
    }[];
  };
}

const walk = function* (schema: JsonSchema, path: string): Generator<[string, JsonSchema]> {
  yield [path, schema];
  for (const [name, property] of Object.entries(schema.properties ?? {}))
    yield* walk(property, `${path}.${name}`);
  if (schema.items !== undefined) yield* walk(schema.items, `${path}[]`);
  if (schema.additionalProperties !== undefined)
    yield* walk(schema.additionalProperties, `${path}{}`);
};

describe('crds/generated', () => {
  it('is what the schemas give; after a change run: npx tsx hack/generate-crds.ts', async () => {
    for (const { file, content } of await renderAll())
      expect({ file, content: readFileSync(join(folder, file), 'utf8') }).toEqual({
        file,
        content,
      });
  });

  it.each(KINDS)(
    '%s is cluster-scoped, in the category, with a status subresource, age last',
    async (kind) => {
      const files = await renderAll();
      const yaml = files.find((f) => f.file === `berth.dev_${RESOURCES[kind]}.yaml`)?.content ?? '';
      const { spec } = parse(yaml) as Crd;
      expect(spec).toMatchObject({
        scope: 'Cluster',
        names: { plural: RESOURCES[kind], categories: [CATEGORY] },
      });
      expect(spec.versions).toHaveLength(1);
      expect(API_VERSION.endsWith(spec.versions[0]?.name ?? '?')).toBe(true);
      expect(spec.versions[0]?.subresources).toEqual({ status: {} });
      expect(spec.versions[0]?.additionalPrinterColumns.at(-1)?.name).toBe('Age');
    },
  );

  it('bounds every string, list, map and number, so that validation rules stay affordable', () => {
    const unbounded = DEFINITIONS.flatMap((d) => [...walk(d.schema, d.kind)]).filter(([, s]) => {
      if (s.type === 'string') return !(s.enum ?? s.maxLength ?? s.format);
      if (s.type === 'array') return s.maxItems === undefined;
      if (s.type === 'integer') return s.minimum === undefined || s.maximum === undefined;
      return s.additionalProperties !== undefined && s.maxProperties === undefined;
    });
    expect(unbounded.map(([path]) => path)).toEqual([]);
  });

  it('describes every field', () => {
    const silent = DEFINITIONS.flatMap((d) => [...walk(d.schema, d.kind)]).filter(
      ([, s]) => (s.description ?? '') === '',
    );
    expect(silent.map(([path]) => path)).toEqual([]);
  });

  it('says uint64 as a string wherever the chain has one', () => {
    const fields = [...walk(definitionOf('ComputeLease').schema, 'ComputeLease')];
    for (const name of ['spec.leaseId.dseq', 'spec.createdAtHeight', 'status.escrow.runOutHeight'])
      expect(fields.find(([path]) => path === `ComputeLease.${name}`)?.[1].type).toBe('string');
  });
});
