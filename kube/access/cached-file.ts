/** A small file that someone else rewrites now and then: read at most once a minute. */
import { readFile } from 'node:fs/promises';
import type { Clock } from '../clock.js';
import { KubeAccessError } from './access.js';

const FRESH_MS = 60_000;

export interface CachedFile {
  /** @throws KubeAccessError when it cannot be read and never could; afterwards the last content serves */
  read(): Promise<string>;
  forget(): void;
}

export const cachedFile = (path: string, clock: Pick<Clock, 'monotonic'>): CachedFile => {
  let content: string | undefined;
  let staleAt = Number.NEGATIVE_INFINITY;
  return {
    read: async () => {
      if (content !== undefined && clock.monotonic() < staleAt) return content;
      try {
        content = await readFile(path, 'utf8');
        staleAt = clock.monotonic() + FRESH_MS;
      } catch (cause) {
        if (content === undefined) {
          throw new KubeAccessError(path, 'the file cannot be read', { cause });
        }
      }
      return content;
    },
    forget: () => {
      staleAt = Number.NEGATIVE_INFINITY;
    },
  };
};
