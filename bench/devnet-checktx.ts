/**
 * How long the devnet's application takes for one CheckTx (fidelity 15): unordered bank sends with native signature
 * verification, 5000 different accounts and transactions, state in a file, through the ABCI method's bytes.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  RequestCheckTx,
  ResponseCheckTx,
} from '@akashnetwork/chain-sdk/private-types/tendermint.abci';
import { abciMethods } from '../devnet/abci/methods.js';
import { createApplication } from '../devnet/app.js';
import { StateDatabase } from '../devnet/kernel/database.js';
import { sendMessage } from '../devnet/testing/messages.js';
import { keyOfNumber, signTx } from '../devnet/testing/sign.js';
import { Decimal } from '../market/money.js';

const ACCOUNTS = 5000;
const WARM_UP = 500;
const BAR_MS = 1;
const CHAIN_ID = 'bench-1';
const SECONDS = 1_795_424_451n;

const folder = mkdtempSync(join(tmpdir(), 'devnet-bench-'));
const database = new StateDatabase(join(folder, 'state.sqlite'), 10);
const app = createApplication(database, new Decimal('0.025'));
const keys = Array.from({ length: ACCOUNTS }, (_, n) => keyOfNumber(n));
const coins = [{ denom: 'uakt', amount: '1000000000' }];
const balances = keys.map(({ address }) => ({ address, coins }));
const time = { seconds: SECONDS, nanos: 0 };
app.initChain({
  chainId: CHAIN_ID,
  time,
  consensusParams: undefined,
  appState: new TextEncoder().encode(JSON.stringify({ bank: { balances } })),
});
app.finalizeBlock({ height: 1n, time, txs: [] });
app.commit();

const requests = keys.map((key, n) => {
  const tx = signTx({
    key,
    chainId: CHAIN_ID,
    accountNumber: BigInt(n),
    messages: [sendMessage(key.address, keys[0]?.address ?? '', 1n)],
    unordered: true,
    timeoutTimestamp: { seconds: SECONDS + 60n, nanos: n },
  });
  return RequestCheckTx.encode(RequestCheckTx.fromPartial({ tx })).finish();
});

const checkTx = abciMethods(app)['CheckTx'];
if (checkTx === undefined) throw new Error('no CheckTx');
const took: number[] = [];
for (const request of requests) {
  const start = performance.now();
  const answer = checkTx(request);
  took.push(performance.now() - start);
  const { code, log } = ResponseCheckTx.decode(answer);
  if (code !== 0) throw new Error(log);
}
database.close();
rmSync(folder, { recursive: true });

const measured = took.slice(WARM_UP).sort((a, b) => a - b);
const at = (share: number): number => measured[Math.floor((measured.length - 1) * share)] ?? 0;
const round = (value: number): number => Math.round(value * 1000) / 1000;
const mean = measured.reduce((sum, value) => sum + value, 0) / measured.length;
const figures = {
  meanMs: round(mean),
  p50Ms: round(at(0.5)),
  p95Ms: round(at(0.95)),
  p99Ms: round(at(0.99)),
};
const met = figures.p99Ms < BAR_MS;
console.log(
  JSON.stringify({
    name: 'devnet-checktx',
    conditions: {
      accounts: ACCOUNTS,
      measured: measured.length,
      cores: availableParallelism(),
      node: process.version,
      state: 'SQLite file',
      signatures: 'libsecp256k1, every one verified',
    },
    figures,
    bar: `p99 below ${BAR_MS} ms`,
    met,
  }),
);
process.exitCode = met ? 0 : 1;
