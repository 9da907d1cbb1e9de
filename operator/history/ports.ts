/** Where segments of the decision history lie, as narrow as it can be; `kube-adapters/` keeps them on the API server. */

/** A segment without what is in it. */
export interface StoredSegment {
  readonly name: string;
  /** Time of its last entry, Unix milliseconds; 0 when the object does not say. */
  readonly lastMs: number;
  readonly bytes: number;
}

export interface SegmentStore {
  /** Creates or replaces the segment. @throws when it is not durable */
  save(name: string, gzip: Uint8Array, lastMs: number, signal: AbortSignal): Promise<void>;
  /** Every segment of this provider. */
  list(signal: AbortSignal): Promise<readonly StoredSegment[]>;
  remove(name: string, signal: AbortSignal): Promise<void>;
}
