/** What a suite starts before its tests and must end after them. */
import { afterAll } from '@jest/globals';

/**
 * Call where the suite is described; call what it returns with the end of every part as soon as that part is started. After
 * the tests the parts are ended in reverse order. A start that failed half-way leaves just what it got to, and its own error
 * is the one that is told.
 */
export const afterTests = (timeoutMs?: number): ((end: () => unknown) => void) => {
  const ends: (() => unknown)[] = [];
  afterAll(async () => {
    for (const end of ends.splice(0).reverse()) await end();
  }, timeoutMs);
  return (end) => {
    ends.push(end);
  };
};
