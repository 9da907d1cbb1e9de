/** The verbs `pricing …`. */
import type { Command } from 'commander';
import { convertPricing, lintPricing } from '../commands/pricing.js';
import { readText } from '../input.js';
import type { Wire } from '../wiring.js';

/** Adds them. */
export const addPricing = (program: Command, wire: Wire): void => {
  const pricing = program.command('pricing').description('price books of your own');
  pricing
    .command('lint')
    .description('say what is wrong with a price book, and on which line')
    .argument('<file>', 'PricingPolicy objects or a bare spec as YAML; - reads standard input')
    .action(async (path: string, _: unknown, command: Command) => {
      const wiring = wire(command.optsWithGlobals());
      lintPricing(wiring.context(), await readText(path, () => wiring.stdin(), 'FILE'), path);
    });
  pricing
    .command('convert')
    .description('turn PRICE_TARGET_* settings into a price book that asks the same prices')
    .argument('<file>', 'NAME=value lines as the price script reads them; - reads standard input')
    .option('--name <name>', 'of the PricingPolicy', 'converted')
    .action(async (path: string, { name }: { readonly name: string }, command: Command) => {
      const wiring = wire(command.optsWithGlobals());
      convertPricing(wiring.context(), await readText(path, () => wiring.stdin(), 'FILE'), name);
    });
};
