/** The verb `sdl check`. */
import type { Command } from 'commander';
import { checkSdl } from '../commands/sdl-check.js';
import { readSdlFile } from '../input.js';
import type { Wire } from '../wiring.js';

/** Adds it. */
export const addSdl = (program: Command, wire: Wire): void => {
  program
    .command('sdl')
    .description('work on SDL files')
    .command('check <file>')
    .description('say what an SDL asks for, or what is wrong with it, offline')
    .action(async (file: string, _: unknown, command: Command) => {
      const wiring = wire(command.optsWithGlobals());
      const sdl = await readSdlFile(file, () => wiring.stdin());
      // Without a node there is no block time, hence no price per hour; the rest needs no chain.
      const online = wiring.globals.nodes.length > 0;
      const blockTimeMs = online ? await wiring.chain().chain.blockTimeMs() : undefined;
      checkSdl(wiring.context(), sdl, blockTimeMs);
    });
};
