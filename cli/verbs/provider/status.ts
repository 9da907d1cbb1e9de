/** The verb `provider status`. */
import type { Command } from 'commander';
import { readDuration } from '../../input.js';
import { status } from '../../provider/status/command.js';
import type { Wire } from '../../wiring.js';

interface Options {
  readonly kubeconfig?: string;
  readonly provider: string;
  readonly watch?: boolean;
  readonly every: string;
}

/** Adds it. */
export const addStatus = (provider: Command, wire: Wire): void => {
  provider
    .command('status')
    .description('conditions, chain, wallet, GPUs, bids, leases and alarms on one screen')
    .option('--watch', 'again and again, until Ctrl-C')
    .option('--every <time>', 'how often, with --watch', '2s')
    .option('--kubeconfig <file>', 'access to the cluster [env KUBECONFIG]')
    .option('--provider <name>', 'the ComputeProvider', 'provider')
    .action(async (options: Options, command: Command) => {
      const wiring = wire(command.optsWithGlobals());
      const everyMs = readDuration(options.every, 'every');
      const request = { providerName: options.provider, watch: options.watch === true, everyMs };
      await status(await wiring.operatedCluster(options.kubeconfig), request);
    });
};
