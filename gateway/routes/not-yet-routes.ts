/** Routes of the Akash provider that Berth does not serve yet. They are listed so that clients learn it from the answer. */
import { requireCaller } from '../http/exchange.js';
import type { Route } from '../http/exchange.js';
import { Problem } from '../problem.js';

const LEASE = '/lease/:dseq/:gseq/:oseq';

/** Method, path, and what the answer calls it. */
const NOT_YET: readonly (readonly [Route['method'], string, string])[] = [
  ['POST', '/hostname/migrate', 'hostname migrations'],
  ['POST', '/endpoint/migrate', 'address migrations'],
  ['GET', `${LEASE}/shell`, 'shells'],
];

/** Each demands a caller and then answers 501 `NotImplementedYet`. */
export const notYetRoutes = (): readonly Route[] =>
  NOT_YET.map(([method, path, what]) => ({
    method,
    path,
    takesBody: false,
    handle: async ({ caller }) => {
      requireCaller(caller);
      throw new Problem('NotImplementedYet', `${what} are not served by this gateway yet`);
    },
  }));
