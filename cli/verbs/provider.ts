/** The verbs `provider …`: for those who run a provider. One file of `verbs/provider/` each. */
import type { Command } from 'commander';
import type { Wire } from '../wiring.js';
import { addKeys } from './provider/keys.js';
import { addDoctor } from './provider/doctor.js';
import { addDrain } from './provider/drain.js';
import { addStatus } from './provider/status.js';
import { addVantage } from './provider/vantage.js';

/** Adds them. */
export const addProvider = (program: Command, wire: Wire): void => {
  const provider = program.command('provider').description('set up, check and run a provider');
  addKeys(provider, wire);
  addDoctor(provider, wire);
  addDrain(provider, wire);
  addStatus(provider, wire);
  addVantage(provider, wire);
};
