/**
 * The chart's own suites (`charts/berth/tests/*_test.yaml`), in the format of the helm-unittest plugin, of which this reads what they
 * use; unknown words are refused. So the plugin runs them too, where it can be had, and here nothing has to be built for them.
 */
import { readFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { parse } from 'yaml';
import { z } from 'zod';
import type { RenderedObject } from '../../../hack/render-chart.js';

const at = z.string().min(1);
const assertion = z.union([
  z.strictObject({ equal: z.strictObject({ path: at, value: z.unknown() }) }),
  z.strictObject({ notEqual: z.strictObject({ path: at, value: z.unknown() }) }),
  z.strictObject({ contains: z.strictObject({ path: at, content: z.unknown() }) }),
  z.strictObject({ notContains: z.strictObject({ path: at, content: z.unknown() }) }),
  z.strictObject({ isSubset: z.strictObject({ path: at, content: z.looseObject({}) }) }),
  z.strictObject({ matchRegex: z.strictObject({ path: at, pattern: z.string() }) }),
  z.strictObject({ exists: z.strictObject({ path: at }) }),
  z.strictObject({ notExists: z.strictObject({ path: at }) }),
  z.strictObject({ isKind: z.strictObject({ of: z.string() }) }),
  z.strictObject({ hasDocuments: z.strictObject({ count: z.number().int() }) }),
  z.strictObject({ failedTemplate: z.strictObject({ errorPattern: z.string() }) }),
]);
export type Assertion = z.infer<typeof assertion>;

const testCase = z.strictObject({
  it: z.string().min(1),
  /** Dots part keys, as with `helm --set`; a value may be any YAML. */
  set: z.record(z.string(), z.unknown()).default({}),
  template: z.string().optional(),
  documentSelector: z.strictObject({ path: at, value: z.unknown() }).optional(),
  capabilities: z.strictObject({ apiVersions: z.array(z.string()) }).optional(),
  asserts: z.array(assertion).min(1),
});
export type Case = z.infer<typeof testCase>;

const suite = z.strictObject({
  suite: z.string().min(1),
  templates: z.array(z.string()).min(1),
  release: z.strictObject({ name: z.string(), namespace: z.string() }),
  tests: z.array(testCase).min(1),
});
export type Suite = z.infer<typeof suite>;

/** @throws ZodError for words that this does not know */
export const readSuite = (path: string): Suite => suite.parse(parse(readFileSync(path, 'utf8')));

/** `a.b: 1` as `{a: {b: 1}}`. */
export const valuesOf = (set: Readonly<Record<string, unknown>>): object => {
  const values: Record<string, unknown> = {};
  for (const [path, value] of Object.entries(set)) {
    const keys = path.split('.');
    let place = values;
    for (const key of keys.slice(0, -1)) {
      place = (place[key] ??= {}) as Record<string, unknown>;
    }
    place[keys.at(-1) ?? ''] = value;
  }
  return values;
};

/** `spec.ports[0].name`, `metadata.labels["a.b/c"]`. */
const valueAt = (object: unknown, path: string): unknown => {
  let value = object;
  for (const [, index, quoted, key] of path.matchAll(/\[(\d+)\]|\["([^"]+)"\]|([^.[\]]+)/g)) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = (value as Record<string, unknown>)[index ?? quoted ?? key ?? ''];
  }
  return value;
};

const isSubset = (whole: unknown, part: unknown): boolean =>
  typeof part !== 'object' || part === null
    ? isDeepStrictEqual(whole, part)
    : typeof whole === 'object' &&
      whole !== null &&
      Object.entries(part).every(([key, value]) =>
        isSubset((whole as Record<string, unknown>)[key], value),
      );

const hasElement = (list: unknown, content: unknown): boolean =>
  Array.isArray(list) && list.some((element) => isSubset(element, content));

const shown = (value: unknown): string => (value === undefined ? 'nothing' : JSON.stringify(value));

/** Why a document does not meet an assertion; `undefined` when it does. */
const faultOf = (object: RenderedObject, check: Assertion): string | undefined => {
  const say = (good: boolean, path: string): string | undefined =>
    good ? undefined : `${path} is ${shown(valueAt(object, path))}`;
  if ('equal' in check) {
    const { path, value } = check.equal;
    return say(isDeepStrictEqual(valueAt(object, path), value), path);
  }
  if ('notEqual' in check) {
    const { path, value } = check.notEqual;
    return say(!isDeepStrictEqual(valueAt(object, path), value), path);
  }
  if ('contains' in check) {
    const { path, content } = check.contains;
    return say(hasElement(valueAt(object, path), content), path);
  }
  if ('notContains' in check) {
    const { path, content } = check.notContains;
    return say(!hasElement(valueAt(object, path), content), path);
  }
  if ('isSubset' in check) {
    const { path, content } = check.isSubset;
    return say(isSubset(valueAt(object, path), content), path);
  }
  if ('matchRegex' in check) {
    const { path, pattern } = check.matchRegex;
    return say(new RegExp(pattern).test(String(valueAt(object, path))), path);
  }
  if ('exists' in check) {
    return say(valueAt(object, check.exists.path) !== undefined, check.exists.path);
  }
  if ('notExists' in check) {
    return say(valueAt(object, check.notExists.path) === undefined, check.notExists.path);
  }
  if ('isKind' in check)
    return object.kind === check.isKind.of ? undefined : `it is a ${object.kind}`;
  throw new Error(`${shown(check)} is not about a document`);
};

/** What a case says about the documents that its templates gave, or about Helm's refusal; empty when all is as it says. */
export const faultsOf = (
  { asserts }: Case,
  rendered: { readonly objects: readonly RenderedObject[] } | { readonly refusal: string },
): readonly string[] =>
  asserts.flatMap((check) => {
    const say = (fault: string): string => `${shown(check)}: ${fault}`;
    if ('failedTemplate' in check) {
      if (!('refusal' in rendered)) return [say('the templates did not fail')];
      const { errorPattern } = check.failedTemplate;
      return new RegExp(errorPattern).test(rendered.refusal) ? [] : [say(rendered.refusal)];
    }
    if ('refusal' in rendered) return [say(`the templates failed: ${rendered.refusal}`)];
    const { objects } = rendered;
    if ('hasDocuments' in check) {
      return objects.length === check.hasDocuments.count
        ? []
        : [say(`there are ${objects.length}`)];
    }
    if (objects.length === 0) return [say('there is no document')];
    return objects.flatMap((object) => {
      const fault = faultOf(object, check);
      return fault === undefined ? [] : [say(`${object.kind} ${object.metadata.name}: ${fault}`)];
    });
  });

/** The documents of a rendering that a case is about; `sourceOf` tells a document's template. */
export const documentsOf = (
  { templates }: Suite,
  { template, documentSelector }: Case,
  objects: readonly RenderedObject[],
  sourceOf: (object: RenderedObject) => string,
): readonly RenderedObject[] =>
  objects
    .filter((o) => (template === undefined ? templates : [template]).includes(sourceOf(o)))
    .filter(
      (o) =>
        documentSelector === undefined ||
        isDeepStrictEqual(valueAt(o, documentSelector.path), documentSelector.value),
    );
