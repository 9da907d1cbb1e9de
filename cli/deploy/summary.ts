/** What an SDL asks for, in lines for people. Pure. */
import { Decimal, formatCoin } from '../../market/money.js';
import { groupMaxPrice } from '../../market/resources.js';
import type { GroupSpec, Resources } from '../../market/resources.js';
import { isPersistent, storageClassOf } from '../../market/resources.js';
import { countGpus, formatGpus } from '../format/gpus.js';
import { formatDuration } from '../format/duration.js';
import { formatRate, sumPrices } from '../format/money.js';
import { formatTable } from '../format/table.js';
import type { DeployRequest } from './request.js';

const GIB = 1024 ** 3;
const MIB = 1024 ** 2;

/** `512Gi`, `512Mi`; cut to two places. */
export const formatBytes = (bytes: bigint): string => {
  const value = Number(bytes);
  const [amount, unit] = value >= GIB ? [value / GIB, 'Gi'] : [value / MIB, 'Mi'];
  return `${Number(amount.toFixed(2))}${unit}`;
};

const formatCpu = (milliCpu: bigint): string => String(Number(milliCpu) / 1000);

const formatStorage = (resources: Resources): string =>
  resources.storage
    .map((s) => {
      const kind = storageClassOf(s);
      const suffix = kind === 'ephemeral' ? '' : ` ${kind}${isPersistent(s) ? ' kept' : ''}`;
      return `${formatBytes(s.quantityBytes)}${suffix}`;
    })
    .join(' + ');

/** A table of what each group asks for and the most it pays. @param blockTimeMs unknown offline */
export const summaryLines = (
  groups: readonly GroupSpec[],
  blockTimeMs: number | undefined,
): readonly string[] => [
  ...formatTable(
    ['GROUP', 'REPLICAS', 'CPU', 'MEMORY', 'STORAGE', 'GPUS'],
    groups.flatMap((group) =>
      group.units.map(({ resources, count }) => [
        group.name,
        String(count),
        formatCpu(resources.cpu.milliCpu),
        formatBytes(resources.memory.quantityBytes),
        formatStorage(resources),
        formatGpus(countGpus([{ resources, count: 1 }])),
      ]),
    ),
  ),
  ...groups.map(
    (group) => `${group.name} pays at most ${formatRate(groupMaxPrice(group), blockTimeMs)}`,
  ),
];

/** How long a deposit lasts when the groups cost all that they may. */
export const depositLine = (
  { deposit, sdl }: Pick<DeployRequest, 'deposit' | 'sdl'>,
  blockTimeMs: number,
): string => {
  const most = sumPrices(sdl.groups.map(groupMaxPrice));
  const known = most.denom === deposit.denom && most.amount.gt('0');
  const blocks = known ? new Decimal(deposit.amount.toString()).div(most.amount) : undefined;
  const lasts =
    blocks === undefined
      ? ''
      : `, enough for ${formatDuration(Number(blocks.toFixed(0)) * blockTimeMs)} at that price; more with: berth deposit`;
  return `deposit ${formatCoin(deposit)}${lasts}`;
};
