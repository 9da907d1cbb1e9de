/**
 * Gas for what the real chain keeps and this one does not: secondary indexes of its collections, rewritten whenever a
 * record is written, and bookkeeping of single messages. Fitted to the recordings, whose gas the golden walk holds
 * within 15 %; everything else is charged as it happens, by access and byte.
 */

/** Extra gas for writing a record, by the prefix of its key. */
const RECORD_WRITES: readonly (readonly [prefix: string, gas: bigint])[] = [
  ['market/o/', 13_000n],
  ['market/b/', 18_000n],
  ['market/l/', 13_000n],
  ['deployment/d/', 5_000n],
  ['deployment/g/', 5_000n],
];

/** Extra gas for running a message, by its type. */
const MESSAGES: ReadonlyMap<string, bigint> = new Map([
  ['/cosmos.authz.v1beta1.MsgGrant', 9_500n],
  ['/akash.bme.v1.MsgMintACT', 15_000n],
]);

/** Extra gas for writing `key`. */
export const recordWriteGas = (key: string): bigint => {
  for (const [prefix, gas] of RECORD_WRITES) if (key.startsWith(prefix)) return gas;
  return 0n;
};

/** Extra gas for running a message of this type. */
export const messageGas = (typeUrl: string): bigint => MESSAGES.get(typeUrl) ?? 0n;
