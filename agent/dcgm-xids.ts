/**
 * Xid codes from dcgm-exporter's text. The gauge holds the last code for ever, so a code counts for a while after it was first
 * seen or has changed; what lasts longer than that shows in nvidia-smi by itself.
 */

/** `DCGM_FI_DEV_XID_ERRORS{gpu="0",UUID="GPU-…"} 79`; the value may bear an exponent, a timestamp may follow. */
const LINE = /^DCGM_FI_DEV_XID_ERRORS\{[^}]*\bUUID="([^"]{1,128})"[^}]*\}\s+([0-9.e+]+)/gm;

/** The last code of each GPU by UUID; 0 for none. MIG instances repeat their GPU's. */
export const lastXids = (text: string): ReadonlyMap<string, number> => {
  const codes = new Map<string, number>();
  for (const [, uuid = '', value = '0'] of text.matchAll(LINE)) {
    const code = Number(value);
    if (Number.isInteger(code) && code > (codes.get(uuid) ?? -1)) codes.set(uuid, code);
  }
  return codes;
};

export const XID_COUNTS_MS = 10 * 60_000;

/** Remembers when each code came up. */
export class XidMemory {
  readonly #seen = new Map<string, { readonly code: number; readonly atMs: number }>();

  /** Codes that count now, by UUID. */
  take(codes: ReadonlyMap<string, number>, nowMs: number): ReadonlyMap<string, readonly number[]> {
    const counting = new Map<string, readonly number[]>();
    for (const [uuid, code] of codes) {
      const before = this.#seen.get(uuid);
      const entry = before?.code === code ? before : { code, atMs: nowMs };
      this.#seen.set(uuid, entry);
      if (code > 0 && nowMs - entry.atMs <= XID_COUNTS_MS) counting.set(uuid, [code]);
    }
    return counting;
  }
}
