/** The node in use lies: nothing may be torn down on its word, no bid made twice, no order overlooked. */
import { expectBidState } from '../e2e/expectations.js';
import type { RpcRule } from '../peers/rpc-proxy.js';
import type { Drill } from './drill.js';
import type { Endpoint } from './endpoint.js';
import { emptyBlocks, leaseIsOver, noBids, noOrders, otherBlocks } from './lies.js';
import type { Trial } from './trial.js';
import type { World } from './world.js';

interface Lie {
  readonly name: string;
  readonly rule: (world: World) => RpcRule;
  /** Whether it shows when endpoints are compared, so that the liar is asked nothing more. */
  readonly betrayed: boolean;
}

const LIES: readonly Lie[] = [
  { name: 'a lease is over', rule: ({ standing }) => leaseIsOver(standing), betrayed: false },
  { name: 'we have no bids', rule: () => noBids, betrayed: false },
  { name: 'there are no orders', rule: () => noOrders, betrayed: false },
  { name: 'blocks are empty', rule: () => emptyBlocks, betrayed: true },
  { name: 'blocks that nobody else has', rule: () => otherBlocks, betrayed: true },
];

/** Questions to `endpoint` that an answer would be believed of, until called again. */
const countQuestions = ({ proxy }: Endpoint): (() => number) => {
  let count = 0;
  proxy.listen(({ method }) => {
    if (method === 'abci_query') count += 1;
  });
  return () => {
    const counted = count;
    count = 0;
    return counted;
  };
};

/** Enough for several recounts and comparisons on its word. */
const LYING_BLOCKS = 16;

export const lyingNode: readonly Drill[] = LIES.map(({ name, rule, betrayed }) => ({
  name: `lying node: ${name}`,
  run: async (trial: Trial): Promise<void> => {
    const { world } = trial;
    const before = await trial.bidOn(await trial.openOrder());
    await expectBidState(world.stack, before, 'Open');
    world.busiest();
    await trial.blocks(4);
    const liar = world.busiest();
    const asked = countQuestions(liar);
    liar.proxy.use(rule(world));
    await trial.orderWhileOneIsIll();
    await trial.blocks(LYING_BLOCKS);
    asked();
    await trial.orderWhileOneIsIll();
    await trial.blocks(4);
    const questions = asked();
    if (betrayed && questions > 0) throw new Error(`the liar was asked ${questions} times more`);
    const harm = await trial.harm();
    if (harm !== undefined) throw new Error(harm);
    await trial.healAndMeasure();
    await expectBidState(world.stack, before, 'Open');
  },
}));
