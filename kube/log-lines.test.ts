import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type LogLine, logLines } from './log-lines.js';

const AT = '2026-01-01T00:00:00.000000001Z';

const linesOf = async (chunks: readonly Uint8Array[]): Promise<readonly LogLine[]> => {
  const lines: LogLine[] = [];
  const body = async function* (): AsyncGenerator<Uint8Array> {
    yield* chunks;
  };
  for await (const line of logLines(body())) lines.push(line);
  return lines;
};
const bytes = (text: string): Buffer => Buffer.from(text, 'utf8');

describe('logLines', () => {
  it.each<[string, string, readonly LogLine[]]>([
    ['nothing', '', []],
    ['a line', `${AT} hello\n`, [{ at: AT, text: 'hello' }]],
    ['blanks', `${AT}  two \n`, [{ at: AT, text: ' two ' }]],
    ['an empty line', `${AT} \n`, [{ at: AT, text: '' }]],
    ['a last line without its end', `${AT} unfinished`, [{ at: AT, text: 'unfinished' }]],
  ])('%s', async (_name, text, want) => {
    expect(await linesOf([bytes(text)])).toEqual(want);
  });

  it('gives the same lines however the bytes are cut', async () => {
    const text = `${AT} grün\n${AT} \n${AT} 東京 ok\n`;
    const whole = await linesOf([bytes(text)]);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(bytes(text).length)), async (cuts) => {
        const at = [0, ...cuts.toSorted((a, b) => a - b), bytes(text).length];
        const chunks = at.slice(1).map((end, i) => bytes(text).subarray(at[i], end));
        expect(await linesOf(chunks)).toEqual(whole);
      }),
    );
  });

  it('hands a line beyond 64 KiB on in pieces that tear no character, all with its time', async () => {
    const long = 'é'.repeat(100_000);
    const lines = await linesOf([bytes(`${AT} ${long}\n${AT} next\n`)]);
    expect(lines.length).toBeGreaterThan(3);
    expect(lines.every(({ at }) => at === AT)).toBe(true);
    expect(lines.at(-1)?.text).toBe('next');
    expect(
      lines
        .slice(0, -1)
        .map(({ text }) => text)
        .join(''),
    ).toBe(long);
  });
});
