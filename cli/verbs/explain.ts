/** The verb `explain`. */
import type { Command } from 'commander';
import { readPolicies } from '../backtest/read-policy.js';
import { explainAll } from '../commands/explain.js';
import { offlineDesk, operatorDesk } from '../explain/desks.js';
import type { Desk } from '../explain/desks.js';
import { hypotheticalGroup, readQuestion } from '../explain/question.js';
import type { HypotheticalOptions, Question } from '../explain/question.js';
import { misused } from '../failure.js';
import { readText } from '../input.js';
import type { Wire, Wiring } from '../wiring.js';

interface Options extends HypotheticalOptions {
  readonly operator?: string;
  readonly operatorTokenFile?: string;
  readonly policy?: readonly string[];
  readonly cluster?: string;
  readonly owner: string;
}

const collect = (value: string, before: readonly string[] | undefined): readonly string[] => [
  ...(before ?? []),
  value,
];

const deskOf = async (options: Options, wiring: Wiring): Promise<Desk> => {
  const ctx = wiring.context();
  const stdin = (): Promise<string> => wiring.stdin();
  if (options.policy !== undefined && options.cluster !== undefined) {
    const books = await Promise.all(options.policy.map((path) => readPolicies(path, stdin)));
    const text = await readText(options.cluster, stdin, 'cluster');
    return offlineDesk(books.flat(), { text, path: options.cluster }, ctx);
  }
  const url = options.operator ?? wiring.variable('BERTH_OPERATOR');
  const tokenFile = options.operatorTokenFile ?? wiring.variable('BERTH_OPERATOR_TOKEN_FILE');
  if (url === undefined || tokenFile === undefined) {
    throw misused('OperatorMissing', 'nobody is given who could answer', {
      field: 'operator',
      next: "Give the operator's screening service with --operator URL and --operator-token-file FILE, or --policy FILE and --cluster FILE to do without one.",
    });
  }
  if (!URL.canParse(url)) {
    throw misused('OperatorInvalid', `--operator must be a URL, got "${url}"`, {
      field: 'operator',
    });
  }
  const token = (await readText(tokenFile, stdin, 'operator-token-file')).trim();
  return operatorDesk(url, token, ctx.signal);
};

/** Adds it. */
export const addExplain = (program: Command, wire: Wire): void => {
  program
    .command('explain')
    .description('would the provider bid, at what price, and why not')
    .argument(
      '[what...]',
      'orders (owner/dseq/gseq/oseq) or SDL files; none for a hypothetical order',
    )
    .option('--operator <url>', "the operator's screening service [env BERTH_OPERATOR]")
    .option('--operator-token-file <file>', 'its token [env BERTH_OPERATOR_TOKEN_FILE]')
    .option('--policy <file>', 'without an operator: price books, repeatable', collect)
    .option(
      '--cluster <file>',
      'without an operator: the machines, as hack/cluster/nodes.yaml describes them',
    )
    .option('--owner <address>', 'the tenant who would deploy', '')
    .option('--gpu <what>', 'hypothetical: 8xh100, 2xh100/80Gi/sxm or 1x*')
    .option('--cpu <n>', 'hypothetical: vCPUs of a replica', '1')
    .option('--memory <size>', 'hypothetical: of a replica', '1Gi')
    .option('--disk <size>', 'hypothetical: of a replica', '1Gi')
    .option('--count <n>', 'hypothetical: replicas', '1')
    .action(async (what: readonly string[], options: Options, command: Command) => {
      const wiring = wire(command.optsWithGlobals());
      const { owner } = options;
      const questions: readonly Question[] =
        what.length === 0
          ? [
              {
                ...{ kind: 'groups', label: 'hypothetical order', owner, hostnames: [] },
                groups: [hypotheticalGroup(options)],
              },
            ]
          : await Promise.all(what.map((w) => readQuestion(w, owner, () => wiring.stdin())));
      await explainAll(wiring.context(), await deskOf(options, wiring), questions);
    });
};
