/**
 * What may differ between a recording and the devnet: gas within 15 %, times, hashes of state, and what the real chain's
 * staking does at the begin of a block. Everything else is compared as it is.
 */
import type { AbciEvent, BlockAnswer, TxAnswer, TxResult } from './recording.js';

const TOLERANCE_PERCENT = 15n;

/** Whether the gas used is within 15 % of the recorded. */
export const isGasNear = (recorded: string, used: string): boolean => {
  const [wanted, got] = [BigInt(recorded), BigInt(used)];
  const off = got > wanted ? got - wanted : wanted - got;
  return off * 100n <= wanted * TOLERANCE_PERCENT;
};

const withoutGas = (result: TxResult): unknown => ({ ...result, gas_used: '…' });

/** A `/tx` answer without what may differ. */
export const comparableTx = (answer: TxAnswer): unknown => ({
  ...answer,
  tx_result: withoutGas(answer.tx_result),
});

const isOfStaking = (event: AbciEvent): boolean =>
  event.attributes.some(({ key, value }) => key === 'mode' && value === 'BeginBlock');

/** Times inside an event's JSON. */
const withoutTimes = (event: AbciEvent): AbciEvent => ({
  ...event,
  attributes: event.attributes.map((attribute) => ({
    ...attribute,
    value: attribute.value.replace(/"timestamp":"[^"]+"/, '"timestamp":"…"'),
  })),
});

/** A `/block_results` answer without what may differ. */
export const comparableBlock = (answer: BlockAnswer): unknown => ({
  ...answer,
  app_hash: '…',
  txs_results: answer.txs_results?.map(withoutGas) ?? null,
  finalize_block_events: (answer.finalize_block_events ?? [])
    .filter((event) => !isOfStaking(event))
    .map(withoutTimes),
});

/** The shape of a JSON value: names and kinds, no contents. */
export const shapeOf = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(shapeOf);
  if (value === null || typeof value !== 'object') return value === null ? 'null' : typeof value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, shapeOf(inner)]),
  );
};
