/** Runs one command line from arguments to exit code; the one place where failures are printed. */
import { CommanderError } from 'commander';
import type { Command } from 'commander';
import { misused, ToldFailure, toFailure } from './failure.js';
import type { CliFailure } from './failure.js';
import { outputModeOf, readGlobals } from './globals.js';
import type { Environment } from './globals.js';
import type { OutputMode } from './ports.js';
import { createProgram } from './program.js';
import { toJson } from './terminal.js';
import { Wiring } from './wiring.js';
import type { Process } from './wiring.js';

/** 0: done. 1: refused, with a reason. 2: wrong use or input. */
export type ExitCode = 0 | 1 | 2;

const print = (failure: CliFailure, mode: OutputMode, { streams }: Process): void => {
  const { code, message, field, next, reasons } = failure;
  if (mode === 'text') {
    const lines = [
      `${code}: ${message}`,
      ...reasons.map((r) => `${r.code}: ${r.message}`),
      ...(next === undefined ? [] : [next]),
    ];
    streams.stderr.write(`${lines.join('\n')}\n`);
    return;
  }
  const error = {
    code,
    message,
    ...(field === undefined ? {} : { field }),
    ...(next === undefined ? {} : { next }),
    ...(reasons.length === 0 ? {} : { reasons }),
  };
  streams.stdout.write(`${toJson({ error }, mode === 'json' ? 2 : undefined)}\n`);
};

/** Commander writes its own complaints; they are ours to print, in the form asked for. */
const silence = (command: Command, { streams }: Process): void => {
  command.exitOverride().configureOutput({
    writeOut: (text) => void streams.stdout.write(text),
    writeErr: () => undefined,
    outputError: () => undefined,
  });
  for (const sub of command.commands) silence(sub, { streams } as Process);
};

const usageFailure = (error: CommanderError): CliFailure =>
  misused('UsageInvalid', error.message.replace(/^error: /, ''), {
    next: 'berth --help, or berth COMMAND --help',
    cause: error,
  });

/** Runs `argv` (without node and the script). Never throws. */
export const run = async (
  argv: readonly string[],
  environment: Environment,
  process: Process,
): Promise<ExitCode> => {
  let wiring: Wiring | undefined;
  const program = createProgram((options) => {
    wiring = new Wiring(readGlobals(options, environment), process);
    return wiring;
  });
  silence(program, process);
  try {
    await program.parseAsync([...argv], { from: 'user' });
    return 0;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return 0;
    const failure = error instanceof CommanderError ? usageFailure(error) : toFailure(error);
    if (!(failure instanceof ToldFailure)) print(failure, outputModeOf(argv), process);
    return failure.exit;
  } finally {
    wiring?.close();
  }
};
