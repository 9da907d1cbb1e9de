/** What is known of one endpoint, and how good it is. Pure: figures in, order and sentences out. */

/** Why an endpoint is in use or is not; the codes are stable. */
export type EndpointCode =
  /** It answers and nothing speaks against it. */
  | 'Healthy'
  /** Not looked at yet. */
  | 'NotChecked'
  | 'NotAnswering'
  | 'WrongChain'
  | 'CatchingUp'
  | 'Lagging'
  /** Its header at a height is not the one that most of its peers, or a trusted one, have. */
  | 'HeaderDiffers'
  /** The transactions it gives for a block do not hash to the block's header, or the header not to its hash. */
  | 'BlockForged'
  /** It and another endpoint have different headers at a height, and nobody can say which is right. */
  | 'Disputed';

/** Codes of endpoints that are not asked for anything while they last. */
export const EXCLUDED: ReadonlySet<EndpointCode> = new Set([
  'WrongChain',
  'CatchingUp',
  'Lagging',
  'HeaderDiffers',
  'BlockForged',
]);

/** One endpoint as shown in status, logs and metrics; nothing here is secret. */
export interface EndpointState {
  /** Host and port. */
  readonly label: string;
  readonly trusted: boolean;
  readonly code: EndpointCode;
  /** One sentence. */
  readonly message: string;
  /** Whether the last request was answered by it. */
  readonly serving: boolean;
  /** Height as of the last look; 0 before the first. */
  readonly height: bigint;
  /** Blocks behind the best endpoint in the same look. */
  readonly lagBlocks: number;
  /** Moving average of answers' times, milliseconds; `undefined` before the first. */
  readonly latencyMs: number | undefined;
  /** Moving average of failed requests, 0 to 1. */
  readonly errorRate: number;
}

/** The three figures a score is made of. */
export interface EndpointFigures {
  readonly latencyMs: number | undefined;
  readonly errorRate: number;
  readonly lagBlocks: number;
}

/** Differences below this are noise: endpoints that near are asked in the configured order. */
const NOISE_MS = 50;
const ERROR_FACTOR = 10;
const LAG_MS_PER_BLOCK = 200;

/** Milliseconds that asking this endpoint costs, everything counted; lower is better. */
export const costMs = ({ latencyMs = 0, errorRate, lagBlocks }: EndpointFigures): number =>
  Math.max(NOISE_MS, latencyMs) * (1 + ERROR_FACTOR * errorRate) +
  LAG_MS_PER_BLOCK * Math.max(0, lagBlocks - 1);

/** Endpoints of one band, each twice as dear as the one before, are as good as each other. */
export const scoreBand = (figures: EndpointFigures): number =>
  Math.round(Math.log2(costMs(figures) / NOISE_MS));

const WEIGHT = 0.2;

/** The moving average after one more sample. */
export const averaged = (before: number | undefined, sample: number): number =>
  before === undefined ? sample : before + WEIGHT * (sample - before);
