/** The signer's metrics: counts only, no accounts and no amounts as labels. */
import { Counter, Gauge, Registry } from 'prom-client';
import type { Reason } from '../market/reasons.js';

export interface SignerMetrics {
  readonly registry: Registry;
  answered(result: { readonly signed: number; readonly refused: readonly Reason[] }): void;
  /** Seconds since the epoch at which the counters were last found missing. */
  countersLost(atSeconds: number): void;
}

export const createMetrics = (): SignerMetrics => {
  const registry = new Registry();
  const registers = [registry];
  const signed = new Counter({
    name: 'berth_signer_signatures_total',
    help: 'Transactions signed',
    registers,
  });
  const refused = new Counter({
    name: 'berth_signer_refusals_total',
    help: 'Transactions refused, by reason code',
    labelNames: ['reason'],
    registers,
  });
  const lost = new Gauge({
    name: 'berth_signer_counters_lost_timestamp_seconds',
    help: 'When the counters were last found missing or unreadable; 0 for never',
    registers,
  });
  return {
    registry,
    answered: (result) => {
      signed.inc(result.signed);
      for (const { code } of result.refused) refused.inc({ reason: code });
    },
    countersLost: (at) => {
      lost.set(at);
    },
  };
};
