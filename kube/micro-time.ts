/** Kubernetes' MicroTime: RFC 3339 with six digits, which Lease and Event demand. `ms` is Unix milliseconds. */
export const microTime = (ms: number): string =>
  new Date(ms).toISOString().replace(/\.(\d{3})Z$/, '.$1000Z');
