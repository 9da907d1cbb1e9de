/** The verbs `provider drain` and `provider uncordon`. */
import type { Command } from 'commander';
import { misused } from '../../failure.js';
import { readDuration } from '../../input.js';
import { drain, uncordon } from '../../provider/drain/command.js';
import type { Wire } from '../../wiring.js';

interface Options {
  readonly kubeconfig?: string;
  readonly provider: string;
  readonly all?: boolean;
  readonly window?: string;
  readonly reason?: string;
  readonly wait: boolean;
}

/** A node or `--all`, and not both. @throws CliFailure `OptionMissing` */
const whatFrom = (node: string | undefined, all: boolean | undefined): string | undefined => {
  if ((node === undefined) === (all === true)) return node;
  throw misused('OptionMissing', 'name one node, or give --all for the whole provider', {
    field: 'NODE',
  });
};

/** Adds them. */
export const addDrain = (provider: Command, wire: Wire): void => {
  provider
    .command('drain')
    .description(
      'no new bids for a node, or for the provider; leases go on and their tenants are told',
    )
    .argument('[node]', 'the node')
    .option('--all', 'the whole provider')
    .option('--window <time>', 'how long leases have to end, 24h')
    .option('--reason <text>', 'why; tenants are told')
    .option('--no-wait', 'do not wait for the node to become empty')
    .option('--kubeconfig <file>', 'access to the cluster [env KUBECONFIG]')
    .option('--provider <name>', 'the ComputeProvider', 'provider')
    .action(async (node: string | undefined, options: Options, command: Command) => {
      const wiring = wire(command.optsWithGlobals());
      const { window, reason, wait } = options;
      const request = {
        ...{ node: whatFrom(node, options.all), providerName: options.provider, reason, wait },
        windowMs: window === undefined ? undefined : readDuration(window, 'window'),
      };
      await drain(await wiring.operatedCluster(options.kubeconfig), request);
    });
  provider
    .command('uncordon')
    .description('take what drain did back')
    .argument('[node]', 'the node')
    .option('--all', 'the whole provider')
    .option('--kubeconfig <file>', 'access to the cluster [env KUBECONFIG]')
    .option('--provider <name>', 'the ComputeProvider', 'provider')
    .action(async (node: string | undefined, options: Options, command: Command) => {
      const wiring = wire(command.optsWithGlobals());
      const request = { node: whatFrom(node, options.all), providerName: options.provider };
      await uncordon(await wiring.operatedCluster(options.kubeconfig), request);
    });
};
