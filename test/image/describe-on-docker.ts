/** Suites that need a container engine, skipped by name where none can run. */
import { describeUnless } from '../describe-unless.js';
import { dockerObstacle } from '../peers/docker/engine.js';

const obstacle = dockerObstacle();

/** `describe` where dockerd can run. Elsewhere a skip that says why, or a failure with BERTH_DOCKER=required. */
export const describeOnDocker = (name: string, suite: () => void): void => {
  describeUnless(obstacle, 'BERTH_DOCKER', name, suite);
};
