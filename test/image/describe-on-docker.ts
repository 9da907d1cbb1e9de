/** Suites that need a container engine, skipped by name where none can run. */
import { describe, it } from '@jest/globals';
import { dockerObstacle } from '../peers/docker/engine.js';

const obstacle = dockerObstacle();

/** `describe` where dockerd can run. Elsewhere a skip that says why, or a failure with BERTH_DOCKER=required. */
export const describeOnDocker = (name: string, suite: () => void): void => {
  if (obstacle === undefined) {
    describe(name, suite);
  } else if (process.env['BERTH_DOCKER'] === 'required') {
    it(name, () => {
      throw new Error(obstacle);
    });
  } else {
    describe.skip(`${name} (not here: ${obstacle})`, suite);
  }
};
