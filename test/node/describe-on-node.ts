/** Suites that need a real node, skipped by name where none can run. */
import { describe, it } from '@jest/globals';
import { realNodeObstacle } from '../peers/node/obstacle.js';

const obstacle = await realNodeObstacle();

/** `describe` on a machine that can carry a node. Elsewhere a skip that says why, or a failure with BERTH_REAL_NODE=required. */
export const describeOnNode = (name: string, suite: () => void): void => {
  if (obstacle === undefined) {
    describe(name, suite);
  } else if (process.env['BERTH_REAL_NODE'] === 'required') {
    it(name, () => {
      throw new Error(obstacle);
    });
  } else {
    describe.skip(`${name} (not here: ${obstacle})`, suite);
  }
};
