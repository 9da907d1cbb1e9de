/** Suites that need something of the machine: never a pass where it is missing. */
import { describe, it } from '@jest/globals';

/**
 * `describe` where there is no `obstacle`. Elsewhere a skip whose name says why, or a failure where the environment variable
 * `requiredBy` is `required`.
 */
export const describeUnless = (
  obstacle: string | undefined,
  requiredBy: string,
  name: string,
  suite: () => void,
): void => {
  if (obstacle === undefined) {
    describe(name, suite);
  } else if (process.env[requiredBy] === 'required') {
    it(name, () => {
      throw new Error(obstacle);
    });
  } else {
    describe.skip(`${name} (not here: ${obstacle})`, suite);
  }
};
