/** Reads what the operator said about one order, with the time it said it. */
import { readFileSync } from 'node:fs';

export interface LogLine {
  readonly msg: string;
  /** Wall clock, Unix milliseconds. */
  readonly atMs: number;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** The first line with `msg` whose fields match, `undefined` when there is none yet. */
export const findLogLine = (
  path: string,
  msg: string,
  match: Readonly<Record<string, string>>,
): LogLine | undefined => {
  for (const text of readFileSync(path, 'utf8').split('\n')) {
    if (!text.includes(msg)) continue;
    const fields = JSON.parse(text) as Record<string, unknown>;
    if (fields['msg'] !== msg) continue;
    if (Object.entries(match).every(([k, v]) => fields[k] === v)) {
      return { msg, atMs: Date.parse(String(fields['time'])), fields };
    }
  }
  return undefined;
};
