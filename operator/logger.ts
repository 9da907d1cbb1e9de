/** Structured logs, one JSON line each; secrets never reach them, and known carriers are redacted all the same. */
import { pino } from 'pino';
import type { Logger } from 'pino';

export type { Logger } from 'pino';

/** The process's logger. @param level pino level */
export const createLogger = (level: string, destination?: { write(line: string): void }): Logger =>
  pino(
    {
      level,
      base: { controller: 'operator' },
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: [
        'mnemonic',
        'key',
        'token',
        'authorization',
        '*.mnemonic',
        '*.token',
        '*.authorization',
        'err.config',
      ],
    },
    destination ?? pino.destination({ fd: 2, sync: true }),
  );
