/** The real terminal: people read stderr, results go to stdout; nothing is asked where nobody can answer. */
import { createInterface } from 'node:readline';
import { stripVTControlCharacters, styleText } from 'node:util';
import { refused } from './failure.js';
import type { Output, OutputMode, Style, Terminal } from './ports.js';

export interface Streams {
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
}

export interface TerminalOptions {
  /** Answers nothing and asks nothing. */
  readonly quiet: boolean;
  /** Called when the user presses Ctrl-C at a question, where the terminal swallows the signal. */
  readonly onInterrupt: () => void;
}

const UP = (lines: number): string => `\u001b[${lines}A\r\u001b[J`;

/** A question on stderr, its answer from stdin; an end of input is the wish to stop. */
const askLine = (
  { stdin, stderr }: Streams,
  question: string,
  onInterrupt: () => void,
  signal: AbortSignal,
): Promise<string> =>
  new Promise((resolve, reject) => {
    const lines = createInterface({ input: stdin, output: stderr, terminal: true });
    let answered = false;
    const stop = (): void => {
      lines.close();
    };
    lines.on('SIGINT', onInterrupt);
    lines.on('close', () => {
      signal.removeEventListener('abort', stop);
      if (!answered) {
        stderr.write('\n');
        reject(refused('Interrupted', 'you asked to stop instead of answering'));
      }
    });
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) {
      stop();
      return;
    }
    lines.question(question, (answer) => {
      answered = true;
      lines.close();
      resolve(answer.trim());
    });
  });

/** Built on the process's streams. */
export const createTerminal = (streams: Streams, options: TerminalOptions): Terminal => {
  const { stdin, stderr } = streams;
  const redraws = stderr.isTTY && !options.quiet;
  let shown: readonly string[] = [];
  const clear = (): void => {
    if (shown.length > 0) stderr.write(UP(shown.length));
    shown = [];
  };
  const settle = (): void => {
    shown = [];
  };
  return {
    redraws,
    canAsk: stdin.isTTY && stderr.isTTY && !options.quiet,
    say: (text) => {
      const block = shown;
      clear();
      stderr.write(`${text}\n`);
      if (block.length > 0) {
        stderr.write(`${block.join('\n')}\n`);
        shown = block;
      }
    },
    live: (lines) => {
      if (!redraws) return;
      clear();
      // A line that wraps would make the count of lines wrong.
      const width = Math.max(20, stderr.columns || 80) - 1;
      shown = lines.map((line) => {
        const plain = stripVTControlCharacters(line);
        return plain.length > width ? plain.slice(0, width) : line;
      });
      if (shown.length > 0) stderr.write(`${shown.join('\n')}\n`);
    },
    settle,
    ask: (question, signal) => {
      settle();
      return askLine(streams, question, options.onInterrupt, signal);
    },
    style: (style: Style, text) => (redraws ? styleText(style, text, { stream: stderr }) : text),
  };
};

const jsonValue = (_key: string, value: unknown): unknown =>
  typeof value === 'bigint' ? value.toString() : value;

/** JSON with 64-bit numbers as strings. */
export const toJson = (value: unknown, indent?: number): string =>
  JSON.stringify(value, jsonValue, indent);

/** Results on stdout: text, one JSON document, or a JSON document a line. */
export const createOutput = (
  stdout: { write(text: string): unknown },
  mode: OutputMode,
): Output => ({
  mode,
  result: (value, text) => {
    if (mode === 'text') {
      if (text !== '') stdout.write(`${text}\n`);
    } else if (mode === 'json') stdout.write(`${toJson(value, 2)}\n`);
    else
      for (const line of Array.isArray(value) ? value : [value]) stdout.write(`${toJson(line)}\n`);
  },
  line: (value, text) => {
    stdout.write(`${mode === 'text' ? text : toJson(value)}\n`);
  },
  step: (step) => {
    if (mode === 'jsonl') stdout.write(`${toJson(step)}\n`);
  },
});
