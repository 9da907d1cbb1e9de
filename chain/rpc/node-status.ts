/** The part of CometBFT's `status` answer that Berth uses. */

export interface NodeStatus {
  readonly chainId: string;
  readonly height: bigint;
  /** Block time at `height`, Unix milliseconds. */
  readonly timeMs: number;
  readonly catchingUp: boolean;
}

const field = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null
    ? (value as Readonly<Record<string, unknown>>)[name]
    : undefined;

/** `undefined` when the answer lacks a field or has one of another kind. */
export const readNodeStatus = (result: unknown): NodeStatus | undefined => {
  const chainId = field(field(result, 'node_info'), 'network');
  const sync = field(result, 'sync_info');
  const height = field(sync, 'latest_block_height');
  const time = field(sync, 'latest_block_time');
  const catchingUp = field(sync, 'catching_up');
  if (typeof chainId !== 'string' || chainId === '') return undefined;
  if (typeof height !== 'string' || !/^\d{1,19}$/.test(height)) return undefined;
  if (typeof time !== 'string' || typeof catchingUp !== 'boolean') return undefined;
  const timeMs = Date.parse(time);
  if (Number.isNaN(timeMs)) return undefined;
  return { chainId, height: BigInt(height), timeMs, catchingUp };
};
