/** charts/berth as objects, by `helm template`. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { parseAllDocuments, stringify } from 'yaml';
import { toolsDir } from '../test/peers/tools.js';

const run = promisify(execFile);

/** Where the chart lies. */
export const CHART_DIR = join(import.meta.dirname, '..', 'charts', 'berth');

/** A rendered Kubernetes object. */
export interface RenderedObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly [field: string]: unknown;
}

/** What to render. */
export interface RenderOptions {
  /** Merged over values.yaml, as `helm -f` does. */
  readonly values?: object;
  /** `crds`: CustomResourceDefinitions. `rbac`: namespaces, service accounts, roles, bindings, admission policies. */
  readonly only?: 'crds' | 'rbac' | 'all';
  /** Default `berth-system`. */
  readonly namespace?: string;
  /** Default `berth`. */
  readonly release?: string;
  /** What the cluster serves beside Kubernetes' own, as `group/version/Kind`. */
  readonly apiVersions?: readonly string[];
}

/** Helm refused; the message is Helm's own. */
export class ChartError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ChartError';
  }
}

const RBAC_KINDS = [
  ...['Namespace', 'ServiceAccount', 'ClusterRole', 'ClusterRoleBinding', 'Role', 'RoleBinding'],
  ...['ValidatingAdmissionPolicy', 'ValidatingAdmissionPolicyBinding'],
];

/** Whether an object belongs to that part of the chart. */
export const isPart = (object: RenderedObject, only: RenderOptions['only']): boolean => {
  switch (only) {
    case 'crds':
      return object.kind === 'CustomResourceDefinition';
    case 'rbac':
      return RBAC_KINDS.includes(object.kind);
    case 'all':
    case undefined:
      return true;
  }
};

/** Runs helm with these arguments. @throws ChartError with what helm wrote to standard error */
export const helm = async (args: readonly string[]): Promise<string> => {
  const dir = await toolsDir(['helm'], ['helm']);
  try {
    const { stdout } = await run(join(dir, 'helm'), args, { maxBuffer: 32 * 1024 * 1024 });
    return stdout;
  } catch (error) {
    throw new ChartError((error as { readonly stderr?: string }).stderr?.trim() ?? String(error));
  }
};

const sources = new WeakMap<RenderedObject, string>();

/** The template of the chart that an object of {@link renderChart} came from, `templates/…`. */
export const sourceOf = (object: RenderedObject): string => sources.get(object) ?? '';

/** Helm writes the template of each document above it. */
const documentsIn = (text: string): readonly RenderedObject[] =>
  parseAllDocuments(text).flatMap((document) => {
    const object = document.toJS() as RenderedObject | null;
    if (object === null) return [];
    const comment = `${document.commentBefore ?? ''}\n${document.contents?.commentBefore ?? ''}`;
    sources.set(object, /Source: [^/\s]+\/(\S+)/.exec(comment)?.[1] ?? '');
    return [object];
  });

/** Renders the chart. @throws ChartError, for example for a value that the chart does not know */
export const renderChart = async (
  options: RenderOptions = {},
): Promise<readonly RenderedObject[]> => {
  const dir = mkdtempSync(join(tmpdir(), 'berth-chart-'));
  try {
    const valuesFile = join(dir, 'values.yaml');
    writeFileSync(valuesFile, stringify(options.values ?? {}));
    const text = await helm([
      ...['template', options.release ?? 'berth', CHART_DIR],
      ...['--namespace', options.namespace ?? 'berth-system', '--values', valuesFile],
      ...(options.apiVersions ?? []).flatMap((version) => ['--api-versions', version]),
    ]);
    return documentsIn(text).filter((object) => isPart(object, options.only));
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
};
