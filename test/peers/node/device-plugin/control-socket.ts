/**
 * A unix socket that takes one command a line, for people and scripts: `list`, `ill N`, `well N`, `shrink N`, `restart`.
 * Each is answered by one line of JSON: the devices, or an error. N is an index or a UUID.
 */
import { rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { createInterface } from 'node:readline';
import type { GpuControl } from './control.js';

const COMMANDS = 'list, ill N, well N, shrink N, restart';

/** Carries out one command and returns its answer. */
export const obey = async (control: GpuControl, line: string): Promise<string> => {
  const [verb = '', which = ''] = line.trim().split(/\s+/);
  try {
    switch (verb) {
      case 'list':
        break;
      case 'ill':
        control.setHealth(which, false);
        break;
      case 'well':
        control.setHealth(which, true);
        break;
      case 'shrink':
        control.shrink(which === '' ? Number.NaN : Number(which));
        break;
      case 'restart':
        await control.restart();
        break;
      default:
        return JSON.stringify({ error: `unknown command "${verb}"; known: ${COMMANDS}` });
    }
  } catch (error) {
    return JSON.stringify({ error: error instanceof Error ? error.message : 'failed' });
  }
  return JSON.stringify({ devices: control.devices() });
};

/** Listens at `path`; the returned function stops it. */
export const serveControl = async (control: GpuControl, path: string): Promise<() => void> => {
  rmSync(path, { force: true });
  const server = createServer((socket) => {
    socket.on('error', () => undefined); // who hung up wants no answer
    const lines = createInterface({ input: socket });
    lines.on('line', (line) => {
      void obey(control, line).then((answer) => socket.write(`${answer}\n`));
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, resolve);
  });
  return () => {
    server.close();
    rmSync(path, { force: true });
  };
};
