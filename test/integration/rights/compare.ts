/** What is granted against what was used. Pure. */
import { formatRight } from './grants.js';
import type { Right } from './grants.js';

/** A right that is granted although the run cannot show why. */
export interface Excuse extends Right {
  readonly why: string;
}

/** Each line is a right as people read it, in order; all four are empty where the roles are exactly right. */
export interface Verdict {
  /** Granted, used by nobody and not excused; or granted in a namespace and needed in the whole cluster anyway. */
  readonly tooMany: readonly string[];
  /** Used, or tried, without being granted. */
  readonly missing: readonly string[];
  /** Granted in the whole cluster, and used only in some places of it. */
  readonly tooWide: readonly string[];
  /** Excuses for what is not granted, or was used after all, or is not too wide. */
  readonly stale: readonly string[];
}

export interface Comparison {
  readonly grants: readonly Right[];
  readonly uses: readonly Right[];
  readonly refused: readonly Right[];
  /** Rights that no run here can reach. */
  readonly unreachable: readonly Excuse[];
  /** Rights in the whole cluster that are used in namespaces, and cannot be granted there. */
  readonly wide: readonly Excuse[];
}

const isSame = (a: Right, b: Right): boolean =>
  a.account === b.account && a.verb === b.verb && a.resource === b.resource;

const covers = (grant: Right, use: Right): boolean =>
  isSame(grant, use) &&
  (grant.place === 'cluster' || grant.place === use.place) &&
  (grant.name === undefined || grant.name === use.name);

/** A use needs the narrowest of the grants that cover it: the others must be needed for something else. */
const needed = (grants: readonly Right[], use: Right): Right | undefined => {
  const fit = grants.filter((grant) => covers(grant, use));
  const narrow = (right: Right): number =>
    (right.place === 'cluster' ? 0 : 2) + (right.name === undefined ? 0 : 1);
  return fit.toSorted((a, b) => narrow(b) - narrow(a))[0];
};

const lines = (rights: Iterable<Right>): readonly string[] =>
  [...new Set([...rights].map(formatRight))].sort();

export const compareRights = (given: Comparison): Verdict => {
  const { grants, uses, refused, unreachable, wide } = given;
  const usesOf = new Map<Right, Right[]>();
  const missing = [...refused];
  for (const use of uses) {
    const grant = needed(grants, use);
    if (grant === undefined) missing.push(use);
    else usesOf.set(grant, [...(usesOf.get(grant) ?? []), use]);
  }
  const idle = grants.filter((grant) => !usesOf.has(grant));
  const spread = grants.filter((grant) => {
    const own = usesOf.get(grant) ?? [];
    return grant.place === 'cluster' && own.length > 0 && own.every((u) => u.place !== 'cluster');
  });
  const twice = grants.filter(
    (grant) =>
      grant.place !== 'cluster' &&
      grants.some(
        (other) => other.place === 'cluster' && covers(other, grant) && usesOf.has(other),
      ),
  );
  const listed = (list: readonly Right[], right: Right): boolean =>
    list.some((r) => formatRight(r) === formatRight(right));
  return {
    tooMany: lines([...twice, ...idle].filter((grant) => !listed(unreachable, grant))),
    missing: lines(missing),
    tooWide: lines(spread.filter((grant) => !listed(wide, grant))),
    stale: lines([
      ...unreachable.filter((excuse) => !listed(idle, excuse)),
      ...wide.filter((excuse) => !listed(spread, excuse)),
    ]),
  };
};
