/** The agent's metrics, all of one node. */
import { Counter, Gauge, Registry } from 'prom-client';
import type { Round } from './agent.js';

export interface AgentMetrics {
  readonly registry: Registry;
  /** A round that came to its end. */
  ended(round: Round, atSeconds: number): void;
  /** A round that failed at the API server. */
  failed(): void;
}

export const createMetrics = (): AgentMetrics => {
  const registry = new Registry();
  const registers = [registry];
  const rounds = new Counter({
    name: 'berth_agent_rounds_total',
    help: 'Rounds of reading the GPUs of a node, by result: told, unread (nvidia-smi gave no answer), failed',
    labelNames: ['result'],
    registers,
  });
  for (const result of ['told', 'unread', 'failed']) rounds.inc({ result }, 0);
  const gpus = new Gauge({
    name: 'berth_agent_gpus',
    help: 'GPUs of the node at the last reading, by state: present, lost',
    labelNames: ['state'],
    registers,
  });
  const told = new Gauge({
    name: 'berth_agent_told_timestamp_seconds',
    help: 'When readings were last told; 0 before the first time',
    registers,
  });
  return {
    registry,
    ended: (round, atSeconds) => {
      rounds.inc({ result: round.told ? 'told' : 'unread' });
      if (!round.told) return;
      gpus.set({ state: 'present' }, round.gpus);
      gpus.set({ state: 'lost' }, round.lost);
      told.set(atSeconds);
    },
    failed: () => {
      rounds.inc({ result: 'failed' });
    },
  };
};
