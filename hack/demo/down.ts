/** `make demo-down`: ends the demo that `make demo KEEP=1` left up. */
import { DEMO_DIR } from './paths.js';
import { endDemo, readState } from './state.js';

const state = readState(DEMO_DIR);
if (state === undefined) console.log('no demo is up');
else {
  await endDemo(state);
  console.log('the demo is down');
}
