/** A container's log with times, line by line. */

/** One line, or a piece of one that is longer than the limit. */
export interface LogLine {
  /** RFC 3339 with nanoseconds; a piece has its line's. */
  readonly at: string;
  readonly text: string;
}

/** Longest line that is handed on whole, in bytes. */
const MAX_LINE_BYTES = 64 * 1024;
const NEWLINE = 10;

/** Whether a byte goes on with the UTF-8 character of the byte before. */
const isContinuation = (byte: number | undefined): boolean =>
  byte !== undefined && (byte & 0xc0) === 0x80;

/** Where to cut so that no character is torn: at most `limit`, and at most three bytes before it. */
const cutAt = (bytes: Buffer, limit: number): number => {
  let end = limit;
  while (end > limit - 4 && isContinuation(bytes[end])) end -= 1;
  return end;
};

const split = (line: string): LogLine => {
  const blank = line.indexOf(' ');
  return blank === -1
    ? { at: line, text: '' }
    : { at: line.slice(0, blank), text: line.slice(blank + 1) };
};

/** Empty lines included. A line of any length costs no more memory than the limit; it comes in pieces. */
export const logLines = async function* (body: AsyncIterable<Uint8Array>): AsyncGenerator<LogLine> {
  let rest: Buffer = Buffer.alloc(0);
  /** Set while pieces of one line are handed on. */
  let longLineAt: string | undefined;
  const piece = (bytes: Buffer): LogLine => {
    const text = bytes.toString('utf8');
    return longLineAt === undefined ? split(text) : { at: longLineAt, text };
  };
  for await (const chunk of body) {
    rest = Buffer.concat([rest, chunk]);
    for (;;) {
      const end = rest.indexOf(NEWLINE);
      if (end !== -1 && end <= MAX_LINE_BYTES) {
        yield piece(rest.subarray(0, end));
        longLineAt = undefined;
        rest = rest.subarray(end + 1);
      } else if (rest.length > MAX_LINE_BYTES) {
        const cut = cutAt(rest, MAX_LINE_BYTES);
        const told = piece(rest.subarray(0, cut));
        yield told;
        longLineAt = told.at;
        rest = rest.subarray(cut);
      } else break;
    }
  }
  if (rest.length > 0) yield piece(rest);
};
