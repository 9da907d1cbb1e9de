/** `berth provider keys show`: what a hot key may do, until when, and what is left of its fees. */
import { GRANTABLE } from '../../../chain/ports.js';
import { TYPE_URLS } from '../../../chain/tx/type-urls.js';
import type { FeeAllowance, Grant } from '../../../market/records.js';
import { formatDuration } from '../../format/duration.js';
import { formatTable } from '../../format/table.js';
import type { ChainContext } from '../../ports.js';
import type { Pair } from './plan.js';

const nameOf = ({ typeUrl }: Grant): string =>
  GRANTABLE.find((type) => TYPE_URLS[type] === typeUrl) ?? typeUrl;

const until = (expiresAtMs: number | undefined, nowMs: number): string =>
  expiresAtMs === undefined
    ? 'for ever'
    : `${new Date(expiresAtMs).toISOString().slice(0, 16)} UTC, ${formatDuration(expiresAtMs - nowMs)}`;

const feesText = (allowance: FeeAllowance | undefined, nowMs: number): string => {
  if (allowance === undefined) return 'fees: the hot key pays its own';
  const { leftUakt, period, expiresAtMs, onlyTypeUrls } = allowance;
  const left = leftUakt === undefined ? 'without a limit' : `${leftUakt}uakt left`;
  const each =
    period === undefined ? '' : `, ${period.limitUakt}uakt every ${period.seconds} seconds`;
  const only = onlyTypeUrls === undefined ? 'for every message' : `for ${onlyTypeUrls.join(', ')}`;
  return `fees: ${left}${each}, ${only}, until ${until(expiresAtMs, nowMs)}`;
};

/** Prints it. @throws ChainUnavailableError */
export const showKeys = async (ctx: ChainContext, pair: Pair): Promise<void> => {
  const { reader } = ctx.chain;
  const [head, grants, allowance, balances] = await Promise.all([
    reader.head(),
    reader.grants(pair.granter, pair.grantee),
    reader.feeAllowance(pair.granter, pair.grantee),
    reader.balances(pair.grantee),
  ]);
  const rows = grants.map((g) => [
    nameOf(g),
    g.unbounded ? until(g.expiresAtMs, head.timeMs) : 'bounded by its own terms',
  ]);
  const missing = GRANTABLE.filter((type) => !grants.some((g) => g.typeUrl === TYPE_URLS[type]));
  const text = [
    `${pair.grantee} for ${pair.granter}`,
    ...(rows.length === 0 ? ['nothing is granted'] : formatTable(['MAY SEND', 'UNTIL'], rows)),
    ...(missing.length === 0 || rows.length === 0 ? [] : [`not granted: ${missing.join(', ')}`]),
    feesText(allowance, head.timeMs),
  ];
  ctx.output.result({ ...pair, grants, allowance: allowance ?? null, balances }, text.join('\n'));
};
