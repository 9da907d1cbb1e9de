/** Runs charts/berth/tests; and shows that the runner itself can fail. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, jest } from '@jest/globals';
import {
  CHART_DIR,
  ChartError,
  renderChart,
  sourceOf,
  type RenderedObject,
} from '../../../hack/render-chart.js';
import { documentsOf, faultsOf, readSuite, valuesOf, type Case, type Suite } from './suite.js';

jest.setTimeout(120_000);
const FOLDER = join(CHART_DIR, 'tests');

type Rendering = { readonly objects: readonly RenderedObject[] } | { readonly refusal: string };

/** Cases with the same values share a rendering. */
const renderings = new Map<string, Promise<Rendering>>();

const render = ({ release }: Suite, { set, capabilities }: Case): Promise<Rendering> => {
  const options = {
    ...{ values: valuesOf(set), release: release.name, namespace: release.namespace },
    apiVersions: capabilities?.apiVersions ?? [],
  };
  const key = JSON.stringify(options);
  let rendering = renderings.get(key);
  if (rendering === undefined) {
    rendering = renderChart(options).then(
      (objects) => ({ objects }),
      (error: unknown) => {
        if (error instanceof ChartError) return { refusal: error.message };
        throw error;
      },
    );
    renderings.set(key, rendering);
  }
  return rendering;
};

const judge = async (suite: Suite, test: Case): Promise<readonly string[]> => {
  const rendering = await render(suite, test);
  return faultsOf(
    test,
    'refusal' in rendering
      ? rendering
      : { objects: documentsOf(suite, test, rendering.objects, sourceOf) },
  );
};

for (const file of readdirSync(FOLDER)) {
  const suite = readSuite(join(FOLDER, file));
  describe(`${file}: ${suite.suite}`, () => {
    it.each(suite.tests.map((test) => [test.it, test] as const))('%s', async (_name, test) => {
      expect(await judge(suite, test)).toEqual([]);
    });
  });
}

describe('the runner of the suites', () => {
  const object = {
    ...{ apiVersion: 'v1', kind: 'Service', metadata: { name: 'a' } },
    spec: { ports: [{ name: 'https', port: 8443 }], labels: { 'a.b/c': 'x' } },
  };
  const objects = { objects: [object] };
  const check = (assertion: Case['asserts'][number], rendered: Rendering = objects) =>
    faultsOf({ it: 'x', set: {}, asserts: [assertion] }, rendered).length;

  it.each<[Case['asserts'][number], Case['asserts'][number]]>([
    [
      { equal: { path: 'spec.labels["a.b/c"]', value: 'x' } },
      { equal: { path: 'spec.labels["a.b/c"]', value: 'y' } },
    ],
    [
      { notEqual: { path: 'spec.ports[0].port', value: 1 } },
      { notEqual: { path: 'spec.ports[0].port', value: 8443 } },
    ],
    [
      { contains: { path: 'spec.ports', content: { port: 8443 } } },
      { contains: { path: 'spec.ports', content: { port: 1 } } },
    ],
    [
      { notContains: { path: 'spec.ports', content: { port: 1 } } },
      { notContains: { path: 'spec.ports', content: { name: 'https' } } },
    ],
    [
      { isSubset: { path: 'spec', content: { labels: {} } } },
      { isSubset: { path: 'spec', content: { labels: { b: 1 } } } },
    ],
    [
      { matchRegex: { path: 'kind', pattern: '^Serv' } },
      { matchRegex: { path: 'kind', pattern: '^Pod' } },
    ],
    [{ exists: { path: 'spec.ports[0]' } }, { exists: { path: 'spec.ports[1]' } }],
    [{ notExists: { path: 'spec.x.y' } }, { notExists: { path: 'spec.ports' } }],
    [{ isKind: { of: 'Service' } }, { isKind: { of: 'Pod' } }],
    [{ hasDocuments: { count: 1 } }, { hasDocuments: { count: 0 } }],
  ])('passes %j and fails %j', (good, bad) => {
    expect([check(good), check(bad)]).toEqual([0, 1]);
    expect(check(good, { refusal: 'no' })).toBe(1);
  });

  it('tells a refusal from another and from none', () => {
    const refused: Case['asserts'][number] = { failedTemplate: { errorPattern: 'choose one' } };
    expect(check(refused, { refusal: 'choose one, or' })).toBe(0);
    expect(check(refused, { refusal: 'other' })).toBe(1);
    expect(check(refused)).toBe(1);
  });

  it('never passes an assertion about no document at all', () => {
    expect(check({ notExists: { path: 'spec' } }, { objects: [] })).toBe(1);
  });
});
