/** The verb `why`. */
import type { Command } from 'commander';
import { onCluster } from '../cluster.js';
import { why } from '../commands/why.js';
import { misused } from '../failure.js';
import type { Wire } from '../wiring.js';

interface Options {
  readonly kubeconfig?: string;
  readonly namespace: string;
  readonly recheck?: boolean;
}

const ORDER = /^([a-z0-9]+\/\d+\/\d+\/\d+|\d+(\/\d+){0,2})$/;

/** Adds it. */
export const addWhy = (program: Command, wire: Wire): void => {
  program
    .command('why <order>')
    .description('why there was, or was not, a bid on an order within the last day')
    .option('--kubeconfig <file>', "access to the provider's cluster [env KUBECONFIG]")
    .option('--namespace <name>', "the operator's namespace", 'berth-system')
    .option('--recheck', 'decide again on the same input')
    .action(async (order: string, options: Options, command: Command) => {
      if (!ORDER.test(order)) {
        throw misused(
          'IdInvalid',
          `ORDER must be OWNER/DSEQ/GSEQ/OSEQ or DSEQ/GSEQ/OSEQ, got "${order}"`,
          {
            field: 'ORDER',
          },
        );
      }
      const { kubeconfig, namespace } = options;
      const ctx = await wire(command.optsWithGlobals()).cluster(kubeconfig);
      await onCluster(() => why(ctx, { order, namespace, recheck: options.recheck === true }));
    });
};
