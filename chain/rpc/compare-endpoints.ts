/** What several endpoints' words, held against each other, say of each. Pure. */

/** Where one endpoint said the chain is, in one round of looks. */
export interface HeadClaim {
  readonly label: string;
  readonly height: bigint;
  /** Block time at that height, Unix milliseconds. */
  readonly timeMs: number;
}

export interface LagLimits {
  /** Behind by more blocks than this, and for longer than `graceMs`, is lagging. */
  readonly maxBlocks: number;
  /** By block time, milliseconds. */
  readonly graceMs: number;
  /** Behind by more than this is lagging however few blocks it is, milliseconds of block time. */
  readonly maxMs: number;
}

export interface Lag {
  readonly blocks: number;
  readonly ms: number;
  readonly lagging: boolean;
}

/**
 * How far each is behind the best. Of three or more claims the second highest is the best: one that nobody else comes near
 * would make liars of all others.
 */
export const lagsOf = (claims: readonly HeadClaim[], limits: LagLimits): readonly Lag[] => {
  const byHeight = claims.toSorted((a, b) =>
    a.height === b.height ? 0 : a.height > b.height ? -1 : 1,
  );
  const best = byHeight[claims.length > 2 ? 1 : 0];
  return claims.map((claim) => {
    const blocks = best === undefined ? 0 : Math.max(0, Number(best.height - claim.height));
    const ms = best === undefined || blocks === 0 ? 0 : Math.max(0, best.timeMs - claim.timeMs);
    const lagging = (blocks > limits.maxBlocks && ms > limits.graceMs) || ms > limits.maxMs;
    return { blocks, ms, lagging };
  });
};

/** Which block one endpoint has at the height that all were asked for. */
export interface HeaderClaim {
  /** Host and port; several claims of one place count once. */
  readonly label: string;
  readonly trusted: boolean;
  readonly hash: string;
}

export type HeaderVerdict = 'agrees' | 'differs' | 'disputed';

/**
 * Who is right when headers differ: trusted endpoints when they agree with each other, else more than half of all places;
 * else nobody knows. `undefined` when there is no second place to compare with.
 */
export const compareHeaders = (
  claims: readonly HeaderClaim[],
): readonly HeaderVerdict[] | undefined => {
  const places = (list: readonly HeaderClaim[]): number => new Set(list.map((c) => c.label)).size;
  if (places(claims) < 2) return undefined;
  const verdicts = (right: string): readonly HeaderVerdict[] =>
    claims.map((c) => (c.hash === right ? 'agrees' : 'differs'));
  const hashes = [...new Set(claims.map((c) => c.hash))];
  const [only] = hashes;
  if (only !== undefined && hashes.length === 1) return verdicts(only);
  const trusted = [...new Set(claims.filter((c) => c.trusted).map((c) => c.hash))];
  const [word] = trusted;
  if (word !== undefined && trusted.length === 1) return verdicts(word);
  const most = hashes.find(
    (hash) => places(claims.filter((c) => c.hash === hash)) * 2 > places(claims),
  );
  return most === undefined ? claims.map(() => 'disputed' as const) : verdicts(most);
};
