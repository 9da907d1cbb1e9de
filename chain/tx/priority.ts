/** Which transaction goes first when several wait for the key or for a node: closes free capacity, bids win orders, the rest can wait. */
import type { ChainMessage } from '../ports.js';

/** From most to least urgent. */
export const PRIORITIES = ['close', 'bid', 'withdraw'] as const;
export type TxPriority = (typeof PRIORITIES)[number];

const BY_TYPE: Partial<Readonly<Record<ChainMessage['type'], TxPriority>>> = {
  'close-bid': 'close',
  'close-lease': 'close',
  'start-reclaim': 'close',
  'withdraw-lease': 'withdraw',
  'burn-act': 'withdraw',
};

/** That of the least urgent message, so that nothing gets ahead by being packed together with a close. */
export const priorityOf = (messages: readonly ChainMessage[]): TxPriority => {
  const ranks = messages.map((m) => PRIORITIES.indexOf(BY_TYPE[m.type] ?? 'bid'));
  return PRIORITIES[Math.max(...ranks, 0)] ?? 'bid';
};
