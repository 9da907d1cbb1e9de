/** docs/reference/metrics.md: every metric of every process, from the registries themselves. */
import type { Registry } from 'prom-client';
import { createMetrics as agentMetrics } from '../../agent/metrics.js';
import { createMetrics as gatewayMetrics } from '../../gateway/metrics.js';
import { createMetrics as operatorMetrics } from '../../operator/metrics.js';
import { createMetrics as signerMetrics } from '../../signer/metrics.js';
import { table } from './markdown.js';

const PROCESSES: readonly (readonly [string, () => { readonly registry: Registry }])[] = [
  ['Operator', operatorMetrics],
  ['Gateway', gatewayMetrics],
  ['Signer', signerMetrics],
  ['Node agent', agentMetrics],
];

/** prom-client keeps a metric's labels where its types do not show them. */
const labelsOf = (registry: Registry, name: string): readonly string[] => {
  const metric = registry.getSingleMetric(name) as unknown as {
    readonly labelNames?: readonly string[];
  };
  return metric.labelNames ?? [];
};

const processText = (title: string, registry: Registry): string => {
  const rows = registry
    .getMetricsAsArray()
    .filter(({ name }) => name.startsWith('berth_'))
    .sort((a, b) => a.name.localeCompare(b.name, 'en'))
    .map(({ name, type, help }) => [
      `\`${name}\``,
      String(type),
      labelsOf(registry, name)
        .map((l) => `\`${l}\``)
        .join(', '),
      help,
    ]);
  return `\n## ${title}\n\n${table(['metric', 'type', 'labels', 'meaning'], rows)}`;
};

/** The whole page. */
export const metricsPage = (notice: string): string => {
  const parts = PROCESSES.map(([title, create]) => processText(title, create().registry));
  return `# Metrics\n\n${notice}\n\nBase units; no ids, no addresses as labels. The gateway shows Node's own \`process_\` and \`nodejs_\` metrics beside these.\n${parts.join('')}`;
};
