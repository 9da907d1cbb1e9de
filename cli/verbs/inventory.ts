/** The verb `inventory`. */
import type { Command } from 'commander';
import { onCluster } from '../cluster.js';
import { inventory } from '../commands/inventory.js';
import type { Wire } from '../wiring.js';

interface Options {
  readonly kubeconfig?: string;
  readonly provider?: string;
  readonly withheld?: boolean;
}

/** Adds it. */
export const addInventory = (program: Command, wire: Wire): void => {
  program
    .command('inventory')
    .description("what of a provider's cluster is for sale, and why the rest is not")
    .option('--kubeconfig <file>', 'access to the cluster [env KUBECONFIG]')
    .option('--provider <name>', 'the ComputeProvider, where there are several')
    .option('--withheld', 'only nodes that are not, or not wholly, for sale')
    .action(async ({ kubeconfig, provider, withheld }: Options, command: Command) => {
      const ctx = await wire(command.optsWithGlobals()).cluster(kubeconfig);
      await onCluster(() => inventory(ctx, { provider, withheldOnly: withheld === true }));
    });
};
