/** The optional node agent, one per GPU node, until SIGTERM or SIGINT. Its settings are environment variables (`settings.ts`). */
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { pino } from 'pino';
import { inClusterAccess } from '../kube/access/in-cluster.js';
import { kubeconfigAccess } from '../kube/access/kubeconfig.js';
import { HttpKubeApi } from '../kube/http-api.js';
import { HttpsTransport } from '../kube/https-transport.js';
import { Agent } from './agent.js';
import { createInternalServer } from './internal-server.js';
import { createMetrics } from './metrics.js';
import { NvidiaSmi, nvidiaSmiAt } from './nvidia-smi.js';
import { Rounds } from './rounds.js';
import { readSettings } from './settings.js';

const { env } = process;
const settings = readSettings(env);
const log = pino({ level: settings.LOG_LEVEL });
const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());

const dcgm = async (): Promise<string | undefined> => {
  if (settings.DCGM_URL === undefined) return undefined;
  try {
    const answer = await fetch(settings.DCGM_URL, { signal: AbortSignal.timeout(5_000) });
    return answer.ok ? await answer.text() : undefined;
  } catch (err) {
    log.warn({ err }, 'dcgm-exporter did not answer');
    return undefined;
  }
};

const clock = { now: () => Date.now(), monotonic: () => performance.now() };
const access =
  settings.KUBECONFIG === undefined
    ? await inClusterAccess({ env, clock })
    : await kubeconfigAccess({ path: settings.KUBECONFIG, clock, env });
const transport = new HttpsTransport(access);
const metrics = createMetrics();
const rounds = new Rounds({
  agent: new Agent({
    ...{ api: new HttpKubeApi(transport), node: settings.NODE_NAME },
    ...{ namespace: settings.NAMESPACE, timeoutMs: settings.SMI_TIMEOUT_MS },
    smi: new NvidiaSmi(nvidiaSmiAt(settings.NVIDIA_SMI), (ms) => AbortSignal.timeout(ms)),
    ...{ dcgm, nowMs: clock.now },
  }),
  ...{ metrics, periodMs: settings.PERIOD_MS, nowMs: clock.now },
  pause: (ms) => sleep(ms, undefined, { signal: stop.signal }).catch(() => undefined),
  warn: (err, message) => log.warn({ err }, message),
});

const server = createInternalServer(metrics.registry, rounds.probes);
server.listen(settings.HTTP_PORT);
await once(server, 'listening');
log.info({ node: settings.NODE_NAME, address: server.address() }, 'the agent listens');
await rounds.run(stop.signal);
server.close();
server.closeAllConnections();
transport.close();
