/** How much gas a transaction is given, from figures measured on a real node (real-node.md, "Gas used"), and its fee. */
import { Big } from 'big.js';
import { Decimal } from '../../market/money.js';
import type { Coin, DecCoin } from '../../market/money.js';
import type { ChainMessage } from '../ports.js';

/** What one type of message takes. */
export interface Measured {
  /** Highest gas used by a transaction of this one message. */
  readonly gas: bigint;
  /** Length of that message in bytes; longer ones cost more. */
  readonly bytes: number;
  /** Where the same message can do more work: gas used then. */
  readonly worst?: bigint;
}

/** Three grants took 128,257 in one transaction: 37,000 of it once, 30,400 each. */
const GRANT = 67_400n;
/** A basic allowance took 50,061; one that names message types is longer by a third. */
const ALLOWANCE = 60_000n;
/**
 * What a message costs more inside a MsgExec whose fee is paid by an allowance for MsgExec: at most 15,637 on the devnet
 * (test/contract/chain/grantee-gas.test.ts). A real node took 126,994 for a bid against 121,408, with an allowance for anything.
 */
const EXEC_GAS = 16_000n;

export type GasTable = Readonly<Record<ChainMessage['type'], Measured>>;

/** Messages signed by the account that they act for. */
export const TABLE: GasTable = {
  'create-bid': { gas: 121_408n, bytes: 155 },
  'close-bid': { gas: 236_876n, bytes: 104 },
  // Not measured on a real node; it writes the lease once, a close writes it and four records more.
  'start-reclaim': { gas: 120_000n, bytes: 104, worst: 240_000n },
  'withdraw-lease': { gas: 93_611n, bytes: 100, worst: 272_171n },
  'create-lease': { gas: 162_860n, bytes: 100 },
  'close-lease': { gas: 243_781n, bytes: 104 },
  'create-deployment': { gas: 153_648n, bytes: 270 },
  'update-deployment': { gas: 61_993n, bytes: 84 },
  'close-deployment': { gas: 157_770n, bytes: 50, worst: 300_000n },
  'deposit-deployment': { gas: 82_529n, bytes: 130 },
  'create-provider': { gas: 70_333n, bytes: 160 },
  'update-provider': { gas: 70_333n, bytes: 160 },
  'create-certificate': { gas: 99_093n, bytes: 1030 },
  'revoke-certificate': { gas: 99_093n, bytes: 70 },
  'burn-act': { gas: 82_186n, bytes: 110 },
  grant: { gas: GRANT, bytes: 190 },
  'revoke-grant': { gas: GRANT, bytes: 150 },
  'grant-fees': { gas: ALLOWANCE, bytes: 260 },
  'revoke-fees': { gas: ALLOWANCE, bytes: 100 },
  send: { gas: 57_564n, bytes: 110 },
};

const wrapped = ({ gas, worst, ...rest }: Measured): Measured => ({
  ...rest,
  gas: gas + EXEC_GAS,
  ...(worst === undefined ? {} : { worst: worst + EXEC_GAS }),
});

/** The same messages inside a MsgExec, the fee paid by an allowance. */
export const GRANTEE_TABLE: GasTable = Object.fromEntries(
  Object.entries(TABLE).map(([type, row]) => [type, wrapped(row)]),
) as GasTable;

/** Above the measured figure, in percent. */
const MARGIN_PERCENT = 130n;
/** A byte more costs 10 as transaction size and 30 for each store it is written to (cosmos gas config), up to three. */
const GAS_PER_EXTRA_BYTE = 100n;
/** What an unordered transaction costs more (auth params). */
export const UNORDERED_GAS = 2_240n;
/** Nothing of ours needs more; a price list that does is a mistake. */
export const MAX_GAS = 100_000_000n;

/** A message's type and the length of its encoding. */
export interface SizedMessage {
  readonly type: ChainMessage['type'];
  readonly bytes: number;
}

/** What the message's length costs beyond the measured one. */
export const lengthGas = ({ type, bytes }: SizedMessage): bigint =>
  BigInt(Math.max(0, bytes - TABLE[type].bytes)) * GAS_PER_EXTRA_BYTE;

/** With the margin above what was measured. */
export const withMargin = (gas: bigint): bigint => (gas * MARGIN_PERCENT) / 100n;

const worstOf = (messages: readonly SizedMessage[], table: GasTable): bigint =>
  messages.reduce((sum, m) => {
    const { worst, gas } = table[m.type];
    return sum + withMargin(worst ?? gas) + lengthGas(m);
  }, UNORDERED_GAS);

/** The next limit after `previous` was not enough: half more, at least what the messages can cost at worst. */
export const raisedGas = (
  previous: bigint,
  messages: readonly SizedMessage[],
  table: GasTable = TABLE,
): bigint => {
  const half = (previous * 3n + 1n) / 2n;
  const worst = worstOf(messages, table);
  const raised = half > worst ? half : worst;
  return raised > MAX_GAS ? MAX_GAS : raised;
};

/** The smallest fee that pays `gas` at `gasPrice` (per unit of gas), rounded up. */
export const feeFor = (gas: bigint, gasPrice: DecCoin): Coin => ({
  denom: gasPrice.denom,
  amount: BigInt(gasPrice.amount.times(new Decimal(gas.toString())).toFixed(0, Big.roundUp)),
});
