/** Key of a ConfigMap's `binaryData` under which a segment lies: JSON lines, gzip. */
export const SEGMENT_KEY = 'decisions.jsonl.gz';
