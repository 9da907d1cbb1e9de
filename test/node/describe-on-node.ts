/** Suites that need a real node, skipped by name where none can run. */
import { describeUnless } from '../describe-unless.js';
import { realNodeObstacle } from '../peers/node/obstacle.js';

const obstacle = await realNodeObstacle();

/** `describe` on a machine that can carry a node. Elsewhere a skip that says why, or a failure with BERTH_REAL_NODE=required. */
export const describeOnNode = (name: string, suite: () => void): void => {
  describeUnless(obstacle, 'BERTH_REAL_NODE', name, suite);
};
