/**
 * The process that owns a demo: it starts the stack, a real node with --real, and Prometheus, tells its parent, and ends everything when told to. When
 * its parent vanishes it ends too, unless it was told that the demo is to be kept.
 */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { RealNode } from '../../test/peers/node/types.js';
import { startPrometheus } from '../../test/peers/prometheus.js';
import { startStackOnRealNode } from '../../test/stack/on-real-node.js';
import { startStack } from '../../test/stack/stack.js';
import type { Stack, StackOptions } from '../../test/stack/stack.js';
import { stateFile } from './state.js';
import type { DemoState, HostMessage, HostOrder } from './state.js';

const DEMO_WITHDRAWAL_SECONDS = 6;

const { values } = parseArgs({
  options: {
    dir: { type: 'string', default: '' },
    blockTimeMs: { type: 'string', default: '1000' },
    real: { type: 'boolean', default: false },
  },
});
const { dir } = values;
const tell = (message: HostMessage): void => {
  if (process.connected) process.send?.(message);
};

const stop = new AbortController();
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => stop.abort());
let kept = false;
process.on('message', (order: HostOrder) => {
  if (order === 'keep') kept = true;
  else stop.abort();
});
process.on('disconnect', () => {
  if (!kept) stop.abort();
});

const hostOf = (url: string): `${string}:${number}` => {
  const { hostname, port } = new URL(url);
  return `${hostname}:${Number(port)}`;
};

/** On simulated nodes, or on a real one of our own. */
const startDemo = async (): Promise<{
  readonly stack: Stack;
  readonly node?: RealNode;
  readonly stop: () => Promise<void>;
}> => {
  const options: StackOptions = {
    dir,
    blockTimeMs: Number(values.blockTimeMs),
    signal: stop.signal,
    log: (line) => tell({ type: 'progress', line }),
    provider: { withdrawalPeriodSeconds: DEMO_WITHDRAWAL_SECONDS },
  };
  if (values.real) {
    return startStackOnRealNode({
      ...options,
      devicesFile: join(import.meta.dirname, 'devices.yaml'),
    });
  }
  const stack = await startStack(options);
  return { stack, stop: () => stack.stop() };
};

const main = async (): Promise<void> => {
  const { stack, node, stop: stopDemo } = await startDemo();
  try {
    tell({ type: 'progress', line: 'starting Prometheus' });
    const prometheus = await startPrometheus({
      dir: join(dir, 'prometheus'),
      targets: [
        { job: 'berth-operator', address: hostOf(stack.operatorMetrics) },
        { job: 'berth-gateway', address: hostOf(stack.gatewayMetrics) },
      ],
    });
    const state: DemoState = {
      pid: process.pid,
      kubeconfig: stack.cluster.kubeconfigPath,
      auditLog: stack.cluster.auditLogPath,
      rpcUrl: stack.chain.rpcUrl,
      chainId: stack.chain.chainId,
      tenant: stack.chain.account('tenant').address,
      tenantMnemonicFile: join(dir, 'tenant.key'),
      prometheusUrl: prometheus.url,
      screening: stack.screening,
      operatorLog: stack.operator.logPath,
      gatewayLog: stack.gateway.logPath,
      operatorPid: stack.operator.pid() ?? 0,
      describe: [
        ...stack.cluster.describe(),
        ...(node?.describe() ?? []),
        ...stack.chain.describe(),
      ],
      ...(node !== undefined && { ingressUrl: node.ingressUrl }),
    };
    writeFileSync(state.tenantMnemonicFile, stack.chain.account('tenant').mnemonic, {
      mode: 0o600,
    });
    writeFileSync(stateFile(dir), JSON.stringify(state, null, 2));
    tell({ type: 'up', state });
    await new Promise<void>((resolve) => {
      if (stop.signal.aborted) resolve();
      stop.signal.addEventListener('abort', () => resolve(), { once: true });
    });
    await prometheus.stop();
  } finally {
    await stopDemo();
    rmSync(stateFile(dir), { force: true });
  }
};

main().then(
  () => process.exit(0),
  (error: unknown) => {
    if (!stop.signal.aborted)
      tell({ type: 'failed', message: error instanceof Error ? error.message : String(error) });
    process.exit(1);
  },
);
