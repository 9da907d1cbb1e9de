/** The verb `provider doctor`. */
import { Option } from 'commander';
import type { Command } from 'commander';
import { operatorDesk } from '../../explain/desks.js';
import type { Desk } from '../../explain/desks.js';
import { misused } from '../../failure.js';
import { readText } from '../../input.js';
import { doctor } from '../../provider/doctor/command.js';
import { attempt } from '../../provider/doctor/gather/attempt.js';
import type { VantageTarget } from '../../provider/vantage/client.js';
import type { Wire, Wiring } from '../../wiring.js';

interface Options {
  readonly kubeconfig?: string;
  readonly provider: string;
  readonly namespace?: string;
  readonly fix?: boolean;
  readonly vantage?: string;
  readonly vantageTokenFile?: string;
  readonly dnsServer?: readonly string[];
  readonly ingressAddress?: readonly string[];
  readonly operator?: string;
  readonly operatorTokenFile?: string;
}

const collect = (value: string, before: readonly string[] | undefined): readonly string[] => [
  ...(before ?? []),
  value,
];

/** A URL and the file with its token: both or neither. @throws CliFailure */
const target = async (
  wiring: Wiring,
  name: string,
  url: string | undefined,
  tokenFile: string | undefined,
): Promise<VantageTarget | undefined> => {
  if (url === undefined) return undefined;
  if (!URL.canParse(url))
    throw misused('UrlInvalid', `--${name} must be a URL, got "${url}"`, { field: name });
  if (tokenFile === undefined)
    throw misused('OptionMissing', `--${name}-token-file is needed with --${name}`, {
      field: `${name}-token-file`,
    });
  const token = await readText(tokenFile, () => wiring.stdin(), `${name}-token-file`);
  return { url, token: token.trim() };
};

const deskOf = async (wiring: Wiring, options: Options): Promise<Desk | undefined> => {
  const found = await target(
    wiring,
    'operator',
    options.operator ?? wiring.variable('BERTH_OPERATOR'),
    options.operatorTokenFile ?? wiring.variable('BERTH_OPERATOR_TOKEN_FILE'),
  );
  return found && operatorDesk(found.url, found.token, wiring.context().signal);
};

/** Adds it. */
export const addDoctor = (provider: Command, wire: Wire): void => {
  provider
    .command('doctor')
    .description('find what keeps the provider from serving orders, and what mends it')
    .option('--kubeconfig <file>', 'access to the cluster [env KUBECONFIG]')
    .option('--provider <name>', 'the ComputeProvider', 'provider')
    .option('--namespace <name>', "the release's namespace, when it cannot be found out")
    .option('--fix', 'do what is safe: label nodes, create the runtime class')
    .option('--vantage <url>', 'a machine elsewhere that runs berth provider vantage')
    .option('--vantage-token-file <file>', 'its token')
    .addOption(
      new Option(
        '--dns-server <address>',
        'ask this server instead, repeatable: address or address:port',
      ).argParser(collect),
    )
    .option('--ingress-address <ip>', 'where the ingress is seen from outside, repeatable', collect)
    .option('--operator <url>', "the operator's screening service [env BERTH_OPERATOR]")
    .option('--operator-token-file <file>', 'its token [env BERTH_OPERATOR_TOKEN_FILE]')
    .action(async (options: Options, command: Command) => {
      const wiring = wire(command.optsWithGlobals());
      const { vantage, vantageTokenFile, dnsServer = [], ingressAddress = [] } = options;
      const request = {
        ...{ providerName: options.provider, namespace: options.namespace },
        ...{ dnsServers: dnsServer, ingressAddresses: ingressAddress },
        ...{ fix: options.fix === true, yes: wiring.globals.yes },
        vantage: await target(wiring, 'vantage', vantage, vantageTokenFile),
        desk: await deskOf(wiring, options),
      };
      const { serverTime, ...ctx } = await wiring.operatedCluster(options.kubeconfig);
      await doctor({ ...ctx, serverTime: () => attempt(serverTime) }, request);
    });
};
