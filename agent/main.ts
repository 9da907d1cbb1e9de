/**
 * The optional node agent, one per GPU node. NODE_NAME and NAMESPACE (the operator's own) are needed; DCGM_URL names
 * dcgm-exporter's metrics, PERIOD_MS the time between rounds (30,000).
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { pino } from 'pino';
import { inClusterAccess } from '../kube/access/in-cluster.js';
import { HttpKubeApi } from '../kube/http-api.js';
import { HttpsTransport } from '../kube/https-transport.js';
import { Agent } from './agent.js';
import { NvidiaSmi, startNvidiaSmi } from './nvidia-smi.js';

const log = pino();
const need = (name: string): string => {
  const value = process.env[name] ?? '';
  if (value === '') throw new Error(`${name} is not set`);
  return value;
};
const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stop.abort());

const dcgmUrl = process.env['DCGM_URL'] ?? '';
const dcgm = async (): Promise<string | undefined> => {
  if (dcgmUrl === '') return undefined;
  try {
    const answer = await fetch(dcgmUrl, { signal: AbortSignal.timeout(5_000) });
    return answer.ok ? await answer.text() : undefined;
  } catch (err) {
    log.warn({ err }, 'dcgm-exporter did not answer');
    return undefined;
  }
};

const clock = { now: () => Date.now(), monotonic: () => performance.now() };
const transport = new HttpsTransport(await inClusterAccess({ env: process.env, clock }));
const agent = new Agent({
  ...{ api: new HttpKubeApi(transport), node: need('NODE_NAME'), namespace: need('NAMESPACE') },
  smi: new NvidiaSmi(startNvidiaSmi, (ms) => AbortSignal.timeout(ms)),
  ...{ timeoutMs: 20_000, dcgm, nowMs: () => Date.now() },
});
const periodMs = Number(process.env['PERIOD_MS'] ?? '30000');
while (!stop.signal.aborted) {
  try {
    const round = await agent.round();
    if (!round.told) log.warn({ why: round.why }, 'the GPUs were not read');
  } catch (err) {
    log.warn({ err }, 'a round failed; trying again');
  }
  await sleep(periodMs, undefined, { signal: stop.signal }).catch(() => undefined);
}
transport.close();
