/** docs/reference/values.md: every value of the chart, from values.yaml, its schema, and the processes' own comments. */
import { isMap, isScalar, parseDocument } from 'yaml';
import type { Node, Pair, YAMLMap } from 'yaml';
import { table } from './markdown.js';

/** The part of JSON Schema that the values' schema uses. */
export interface ValueSchema {
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, ValueSchema>>;
  readonly items?: ValueSchema;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly ValueSchema[];
  readonly default?: unknown;
  readonly pattern?: string;
}

/** Everything the page is made of. */
export interface ValueSources {
  readonly valuesYaml: string;
  readonly schema: ValueSchema;
  /** By values path (`operator.config`), the comments of the process's own configuration, by field path. */
  readonly settings: ReadonlyMap<string, ReadonlyMap<string, string>>;
}

/** What a key means wherever it stands; a comment of its own wins. */
const EVERYWHERE: Readonly<Record<string, string>> = {
  requests: 'What the scheduler keeps for the container.',
  limits: 'What the container may use at most.',
  podAnnotations: 'Further annotations of the pods.',
  podLabels: 'Further labels of the pods.',
  'ingressController.podLabels': 'Labels of those pods.',
  'clusterDns.podLabels': 'Labels of those pods.',
  nodeSelector: 'Labels that a node must bear for the pods.',
  tolerations: 'Taints that the pods tolerate.',
  affinity: "The pods' affinity, as Kubernetes takes it.",
  priorityClassName: 'PriorityClass of the pods.',
  labels: 'Further labels of the object.',
  annotations: 'Further annotations of the object.',
  interval: 'How often Prometheus asks.',
  replicas: 'Number of pods.',
  pullPolicy: 'When the kubelet pulls the image.',
  namespaceLabels: 'Labels of the namespace of those pods.',
  createNamespace: 'Create that namespace (it is kept when the release is uninstalled).',
  secretKey: 'Key of the Secret that holds it.',
  host: 'Address to listen at.',
  port: 'Port to listen at.',
  burst: 'How many at once, before the pace counts.',
  perSecond: 'The pace, per second.',
  maxKeys: 'How many callers are told apart; the longest unseen is forgotten first.',
};

const everywhere = (path: string): string => {
  const parts = path.split('.');
  return EVERYWHERE[parts.slice(-2).join('.')] ?? EVERYWHERE[parts.at(-1) ?? ''] ?? '';
};

type Row = readonly [path: string, type: string, fallback: string, meaning: string];

const typeWords = (schema: ValueSchema | undefined): string => {
  if (schema === undefined) return '';
  if (schema.enum !== undefined) return schema.enum.map((e) => `\`${String(e)}\``).join(', ');
  if (schema.anyOf !== undefined) return [...new Set(schema.anyOf.map(typeWords))].join(' or ');
  if (schema.type === 'array') return `list of ${typeWords(schema.items) || 'any'}`;
  return [schema.type ?? ''].flat().join(' or ');
};

const shown = (value: unknown): string =>
  value === undefined ? '' : `\`${JSON.stringify(value)}\``;

/** Only `# --` comments document a value; the lines that follow one belong to it. */
const documented = (comment: string | null | undefined): string => {
  const lines = (comment ?? '').split('\n').map((line) => line.trim());
  const start = lines.findLastIndex((line) => line.startsWith('-- '));
  return start === -1 ? '' : lines.slice(start).join(' ').replace(/^-- /, '').trim();
};

const keyOf = (pair: Pair): string => String(isScalar(pair.key) ? pair.key.value : pair.key);

const commentOf = (pair: Pair, map: YAMLMap): string => {
  const own = isScalar(pair.key) ? pair.key.commentBefore : undefined;
  // A comment above the first key of a map is kept with the map.
  return documented(own ?? (map.items[0] === pair ? map.commentBefore : undefined));
};

const settingRows = (
  schema: ValueSchema | undefined,
  path: string,
  field: string,
  comments: ReadonlyMap<string, string>,
  skip: ReadonlySet<string>,
): readonly Row[] =>
  Object.entries(schema?.properties ?? {}).flatMap(([key, inner]): readonly Row[] => {
    const here = field === '' ? key : `${field}.${key}`;
    if (skip.has(here)) return [];
    const row: Row = [
      `\`${path}.${key}\``,
      typeWords(inner),
      shown(inner.default),
      comments.get(here) || everywhere(`${path}.${key}`),
    ];
    const nested =
      inner.properties === undefined
        ? []
        : settingRows(inner, `${path}.${key}`, here, comments, skip);
    return nested.length > 0
      ? [...(row[3] === '' ? [] : [[row[0], row[1], '', row[3]] as const]), ...nested]
      : [row];
  });

const mapRows = (
  map: YAMLMap,
  path: string,
  schema: ValueSchema | undefined,
  sources: ValueSources,
): readonly Row[] => {
  const rows = map.items.flatMap((item): readonly Row[] => {
    const pair = item as Pair<unknown, Node | null>;
    const key = keyOf(pair);
    const here = path === '' ? key : `${path}.${key}`;
    const inner = schema?.properties?.[key];
    const meaning = commentOf(pair, map);
    if (isMap(pair.value) && inner?.properties !== undefined) {
      const nested = mapRows(pair.value, here, inner, sources);
      return meaning === '' ? nested : [[`\`${here}\``, typeWords(inner), '', meaning], ...nested];
    }
    return [
      [`\`${here}\``, typeWords(inner), shown(pair.value?.toJSON()), meaning || everywhere(here)],
    ];
  });
  const comments = sources.settings.get(path);
  if (comments === undefined) return rows;
  const named = new Set(map.items.map((item) => keyOf(item)));
  return [...rows, ...settingRows(schema, path, '', comments, named)];
};

/** The rows of the page, in the order of values.yaml. @throws when values.yaml is no map */
export const valueRows = (sources: ValueSources): readonly Row[] => {
  const { contents } = parseDocument(sources.valuesYaml);
  if (!isMap(contents)) throw new Error('values.yaml is no map');
  return mapRows(contents, '', sources.schema, sources);
};

/** The whole page. */
export const valuesPage = (notice: string, sources: ValueSources): string => {
  const rows = valueRows(sources);
  const sections = [...new Set(rows.map(([path]) => path.replaceAll('`', '').split('.')[0] ?? ''))];
  const parts = sections.map((section) => {
    const own = rows.filter(([path]) => path.replaceAll('`', '').split('.')[0] === section);
    return `\n## ${section}\n\n${table(['value', 'type', 'default', 'meaning'], own)}`;
  });
  return `# Values of charts/berth\n\n${notice}\n\nHelm checks every key against \`values.schema.json\`; a misspelt one fails at once. \`helm show values charts/berth\` prints the file itself.\n${parts.join('')}`;
};
