/**
 * How soon a bid follows its order, on the whole stack: real control plane, CometBFT devnet, operator and gateway as processes of
 * their own from the release's bundle. `tsx bench/bids.ts [bursts|cold|leases|delays]…`, all of them by default. Each part
 * prints its table and one line of JSON; the exit status is 1 when a bar is missed.
 */
import { benchBursts } from './bids/bursts.js';
import { benchColdStart } from './bids/cold-start.js';
import { benchDelays } from './bids/delays.js';
import { benchManyLeases } from './bids/many-leases.js';

const PARTS: Readonly<Record<string, () => Promise<boolean>>> = {
  bursts: benchBursts,
  cold: benchColdStart,
  leases: benchManyLeases,
  delays: benchDelays,
};

const wanted = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(PARTS);
const unknown = wanted.filter((name) => !(name in PARTS));
if (unknown.length > 0) {
  throw new Error(`no part ${unknown.join(', ')}; there are ${Object.keys(PARTS).join(', ')}`);
}
let met = true;
for (const name of wanted) met = ((await PARTS[name]?.()) ?? true) && met;
process.exitCode = met ? 0 : 1;
