/** One screen of a provider: pure text from what the cluster's objects say. */
import type {
  Bid,
  ComputeLease,
  ComputeProvider,
  ComputeProviderStatus,
} from '../../../crds/generated/types.js';
import { formatDuration } from '../../format/duration.js';
import { formatTable, printable } from '../../format/table.js';
import type { Terminal } from '../../ports.js';

/** What a screen is made of. */
export interface Seen {
  readonly provider: ComputeProvider;
  readonly bids: readonly Bid[];
  readonly leases: readonly ComputeLease[];
  /** Unix milliseconds. */
  readonly nowMs: number;
}

type Paint = Pick<Terminal, 'style'>;

const MICRO = 1_000_000n;

/** `12.5` of 12500000 millionths. */
const fromMicro = (micro: string): string => {
  const amount = BigInt(micro);
  const fraction = (amount % MICRO).toString().padStart(6, '0').replace(/0+$/, '');
  return `${amount / MICRO}${fraction === '' ? '' : `.${fraction}`}`;
};

const coin = (text: string): string => {
  const match = /^(\d+)(uakt|uact)$/.exec(text);
  return match === null
    ? text
    : `${fromMicro(match[1] ?? '0')} ${match[2] === 'uakt' ? 'AKT' : 'ACT'}`;
};

const ageOf = (iso: string | undefined, nowMs: number): string =>
  iso === undefined ? 'never' : `${formatDuration(nowMs - Date.parse(iso))} ago`;

/** How many of each, by falling number: `3 Running, 1 Deploying`. */
const counted = (words: readonly string[]): string => {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return [...counts]
    .toSorted(([, a], [, b]) => b - a)
    .map(([word, n]) => `${n} ${word}`)
    .join(', ');
};

const conditionLines = (
  { conditions = [] }: ComputeProviderStatus,
  { style }: Paint,
): readonly string[] =>
  formatTable(
    ['CONDITION', 'STATUS', 'REASON', 'MESSAGE'],
    conditions.map((c) => [
      c.type,
      style(c.status === 'True' ? 'green' : c.status === 'False' ? 'red' : 'yellow', c.status),
      c.reason,
      printable(c.message, 100),
    ]),
  );

const chainLines = (
  { chain }: ComputeProviderStatus,
  chainId: string,
  nowMs: number,
): readonly string[] =>
  chain === undefined
    ? [`Chain ${chainId}: no block was seen yet`]
    : [
        `Chain ${chainId}: block ${chain.height}, ${formatDuration(nowMs - Number(chain.timeMs))} old, by ${chain.endpoint}`,
        ...(chain.endpoints ?? []).map(
          (e) =>
            `  ${e.endpoint}: ${e.code}${e.serving ? ', serves' : ''}${e.trusted ? ', trusted' : ''}`,
        ),
      ];

const moneyLine = ({ balances = [], earnedTodayUact, fees }: ComputeProviderStatus): string => {
  const hours = fees?.hoursLeft;
  return [
    `Wallet: ${balances.map(coin).join(', ') || 'unknown'}`,
    `earned today: ${earnedTodayUact === undefined ? 'unknown' : `${fromMicro(earnedTodayUact)} USD`}`,
    `fees: ${fees === undefined ? 'unknown' : `${fromMicro(fees.uaktPerHour)} AKT an hour${hours === undefined ? '' : `, for ${hours} hours`}`}`,
  ].join('; ');
};

const inventoryLines = ({
  inventory = [],
  unsellable = [],
}: ComputeProviderStatus): readonly string[] => [
  ...(inventory.length === 0
    ? ['No GPUs are known.']
    : formatTable(
        ['GPU', 'TOTAL', 'LEASED', 'RESERVED', 'FREE', 'WITHHELD'],
        inventory.map((row) => [
          [row.model, row.ram, row.interface].filter((w) => w !== undefined).join(' '),
          ...[row.allocatable, row.leased, row.reserved, row.available, row.unsellable].map(String),
        ]),
      )),
  ...(unsellable.length === 0
    ? []
    : [
        `Withheld: ${unsellable.map((u) => `${u.code} (${u.nodes} nodes, ${u.gpus} GPUs)`).join(', ')}`,
      ]),
];

const LIVE_BIDS: readonly string[] = ['Pending', 'Submitted', 'Open'];

const marketLines = ({ provider, bids, leases }: Seen): readonly string[] => {
  const { orders, skippedByReason = {} } = provider.status ?? {};
  const open = bids.filter((b) => LIVE_BIDS.includes(b.status?.state ?? 'Pending'));
  const skipped = Object.entries(skippedByReason).map(([code, n]) => `${code} ${n}`);
  const phases = counted(leases.map((l) => l.status?.phase ?? 'unknown'));
  const perHour = leases.reduce((sum, l) => sum + Number(l.spec.usdPerHour), 0);
  return [
    `Orders: ${orders?.open ?? 0} open on chain, bid on ${orders?.bid ?? 0}, skipped ${orders?.skipped ?? 0}${skipped.length === 0 ? '' : ` (${skipped.join(', ')})`}`,
    `Bids: ${open.length} open${open.length === 0 ? '' : ` (${counted(open.map((b) => b.status?.state ?? 'Pending'))})`}`,
    `Leases: ${leases.length}${leases.length === 0 ? '' : ` (${phases}), ${perHour.toFixed(2)} USD an hour`}`,
  ];
};

/** A status that is not renewed for longer than this is nobody's. */
const STALE_MS = 60_000;

/** What wants somebody's attention, most urgent first. */
export const alarmsOf = ({ provider, nowMs }: Seen): readonly string[] => {
  const { conditions = [], updatedAt, devices = [], chain } = provider.status ?? {};
  const isStale = updatedAt === undefined || nowMs - Date.parse(updatedAt) > STALE_MS;
  return [
    ...(isStale
      ? [`StatusStale: the operator wrote this ${ageOf(updatedAt, nowMs)}: is it running?`]
      : []),
    ...conditions
      .filter((c) => c.status === 'False' && c.type !== 'Ready')
      .map((c) => `${c.reason}: ${c.type}: ${printable(c.message)}`),
    ...devices
      .filter((d) => d.state !== 'healthy')
      .map((d) => `${d.reason}: node ${d.node}: ${printable(d.message)}`),
    ...(chain?.endpoints ?? [])
      .filter((e) => e.code !== 'Healthy' && e.code !== 'NotChecked')
      .map((e) => `${e.code}: endpoint ${e.endpoint}: ${printable(e.message)}`),
  ];
};

/** Every line of it. */
export const statusLines = (seen: Seen, paint: Paint): readonly string[] => {
  const { provider, nowMs } = seen;
  const { spec, metadata, status = {} } = provider;
  const alarms = alarmsOf(seen);
  return [
    `${paint.style('bold', metadata.name)} ${spec.address} ${spec.hostUri}, as of ${ageOf(status.updatedAt, nowMs)}`,
    '',
    ...conditionLines(status, paint),
    '',
    ...chainLines(status, spec.chain.chainId, nowMs),
    moneyLine(status),
    '',
    ...inventoryLines(status),
    '',
    ...marketLines(seen),
    '',
    ...(alarms.length === 0
      ? ['No alarms.']
      : ['Alarms:', ...alarms.map((a) => `  ${paint.style('red', a)}`)]),
  ];
};
