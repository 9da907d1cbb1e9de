/** `berth inventory`: what of the cluster is for sale, and why the rest is not, as the ComputeProvider's status has it. */
import type {
  ComputeProvider,
  ComputeProviderStatus,
  NodeInventory,
} from '../../crds/generated/types.js';
import type { KubeApi } from '../../kube/api.js';
import { COMPUTE_PROVIDERS } from '../../kube/resources.js';
import { refused } from '../failure.js';
import { formatTable, printable } from '../format/table.js';
import type { Context } from '../ports.js';

/** What the command needs of a cluster. */
export interface ClusterContext extends Context {
  readonly cluster: Pick<KubeApi, 'get' | 'list'>;
}

const findProvider = async (
  { cluster }: ClusterContext,
  name: string | undefined,
): Promise<ComputeProvider> => {
  if (name !== undefined) {
    const found = await cluster.get(COMPUTE_PROVIDERS, { name });
    if (found !== undefined) return found;
    throw refused('ProviderMissing', `there is no ComputeProvider named "${name}"`, {
      next: 'kubectl get computeproviders lists those that are there.',
    });
  }
  const { items } = await cluster.list(COMPUTE_PROVIDERS);
  const [only, ...others] = items;
  if (only !== undefined && others.length === 0) return only;
  const names = items.map((p) => p.metadata.name).join(', ');
  throw refused(
    'ProviderMissing',
    only === undefined
      ? 'the cluster has no ComputeProvider'
      : `the cluster has several ComputeProviders: ${names}`,
    { next: 'Name one with --provider NAME.' },
  );
};

const number = (value: number | undefined): string => String(value ?? 0);

const modelLines = ({ inventory = [] }: ComputeProviderStatus): readonly string[] =>
  inventory.length === 0
    ? ['No GPUs are for sale.']
    : formatTable(
        ['MODEL', 'MEMORY', 'INTERFACE', 'ALLOCATABLE', 'LEASED', 'RESERVED', 'FREE', 'WITHHELD'],
        inventory.map((row) => [
          printable(row.model, 60),
          row.ram ?? '-',
          row.interface ?? '-',
          ...[row.allocatable, row.leased, row.reserved, row.available, row.unsellable].map(number),
        ]),
      );

const stateOf = ({ sellable, reasons = [] }: NodeInventory): string =>
  sellable ? (reasons.length === 0 ? 'for sale' : 'in part') : 'withheld';

/** One line per node, and one more per reason. */
const nodeLines = (nodes: readonly NodeInventory[]): readonly string[] =>
  formatTable(
    ['NODE', 'STATE', 'GPUS', 'MODEL', 'DRIVER', 'CUDA', 'WHY'],
    nodes.flatMap((node) => {
      const [first, ...more] = (node.reasons ?? []).map(
        ({ code, message }) => `${code}: ${printable(message)}`,
      );
      const slices = Object.entries(node.slices ?? {}).map(([name, n]) => `${n} ${name}`);
      const row = [
        node.name,
        stateOf(node),
        [`${number(node.gpus)}/${number(node.gpusPresent)}`, ...slices].join(' + '),
        node.model ?? '-',
        node.driver ?? '-',
        node.cuda ?? '-',
        first ?? '',
      ];
      return [row, ...more.map((why) => ['', '', '', '', '', '', why])];
    }),
  );

const reasonLines = ({ unsellable = [] }: ComputeProviderStatus): readonly string[] =>
  unsellable.length === 0
    ? ['Nothing is withheld.']
    : formatTable(
        ['WITHHELD BECAUSE', 'NODES', 'GPUS'],
        unsellable.map(({ code, nodes, gpus }) => [code, number(nodes), number(gpus)]),
      );

const storageLines = ({ storage = [], leasedIpsAvailable }: ComputeProviderStatus): string[] => [
  ...storage.map(({ name, availableBytes, reasons = [] }) => {
    const free =
      availableBytes === undefined ? 'free space unknown' : `${availableBytes} bytes free`;
    const withheld = reasons.map(({ code, message }) => `${code}: ${printable(message)}`);
    return `Storage class ${name}: ${[free, ...withheld].join('; not sold: ')}`;
  }),
  `Addresses to lease: ${number(leasedIpsAvailable)}`,
];

/** Prints it; `withheldOnly` leaves out nodes that are wholly for sale. @throws CliFailure `ProviderMissing`, `StatusMissing` */
export const inventory = async (
  ctx: ClusterContext,
  options: { readonly provider?: string | undefined; readonly withheldOnly: boolean },
): Promise<void> => {
  const provider = await findProvider(ctx, options.provider);
  const { status } = provider;
  if (status?.nodes === undefined) {
    throw refused(
      'StatusMissing',
      `ComputeProvider "${provider.metadata.name}" has no status yet`,
      {
        next: 'Is the operator running? kubectl describe computeproviders tells more.',
      },
    );
  }
  const nodes = status.nodes.filter((n) => !options.withheldOnly || stateOf(n) !== 'for sale');
  const faults = (status.conditions ?? [])
    .filter((c) => c.type.startsWith('Inventory') && c.status !== 'True')
    .map((c) => `${c.type} is ${c.status}: ${c.reason}: ${printable(c.message)}`);
  const parts = [
    [...faults, `As of ${status.updatedAt ?? 'an unknown time'}`],
    modelLines(status),
    reasonLines(status),
    nodeLines(nodes),
    storageLines(status),
  ];
  ctx.output.result(
    {
      updatedAt: status.updatedAt ?? null,
      gpus: status.inventory ?? [],
      unsellable: status.unsellable ?? [],
      nodes,
      storage: status.storage ?? [],
      leasedIpsAvailable: status.leasedIpsAvailable ?? 0,
      faults,
    },
    parts.map((lines) => lines.join('\n')).join('\n\n'),
  );
};
