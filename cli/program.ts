/** The command line: global options and every verb. */
import { Command, Option } from 'commander';
import { addBacktest } from './verbs/backtest.js';
import { addDeploy } from './verbs/deploy.js';
import { addDeploymentVerbs } from './verbs/deployment.js';
import { addInventory } from './verbs/inventory.js';
import { addLease } from './verbs/lease.js';
import { addRecord } from './verbs/record.js';
import { addExplain } from './verbs/explain.js';
import { addPricing } from './verbs/pricing.js';
import { addProvider } from './verbs/provider.js';
import { addSdl } from './verbs/sdl.js';
import { addWallet } from './verbs/wallet.js';
import { addWhy } from './verbs/why.js';
import type { Wire } from './wiring.js';

const collect = (value: string, before: readonly string[] | undefined): readonly string[] => [
  ...(before ?? []),
  value,
];

/** The whole of it, unparsed. */
export const createProgram = (wire: Wire): Command => {
  const program = new Command('berth')
    .description('Rent GPUs on the Akash marketplace, or run a provider there.')
    .option('--node <url>', 'RPC URL of a chain node, repeatable [env BERTH_NODE]', collect)
    .option('--home <dir>', "Berth's own folder [env BERTH_HOME, default ~/.berth]")
    .option('--key <name>', 'the key to sign with', 'default')
    .addOption(new Option('-o, --output <form>', 'text, json or jsonl').default('text'))
    .option('--gas-price <price>', 'what is paid for a unit of gas', '0.025uakt')
    .option('-y, --yes', 'ask nothing, take the default answers')
    .configureHelp({ showGlobalOptions: true })
    .exitOverride();
  addBacktest(program, wire);
  addDeploy(program, wire);
  addDeploymentVerbs(program, wire);
  addExplain(program, wire);
  addInventory(program, wire);
  addLease(program, wire);
  addPricing(program, wire);
  addProvider(program, wire);
  addRecord(program, wire);
  addSdl(program, wire);
  addWallet(program, wire);
  addWhy(program, wire);
  return program;
};
