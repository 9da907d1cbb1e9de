/**
 * `make demo`: the whole story on real parts, told as a timeline. Ends with a non-zero status at the first step that does not
 * happen. `--keep` leaves everything up; `--real` runs it on a real node, as root.
 */
import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdirSync, openSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { toolsDir } from '../../test/peers/tools.js';
import { DEMO_DIR, ROOT } from './paths.js';
import { endDemo, readState } from './state.js';
import type { DemoState, HostMessage } from './state.js';
import { tellStory } from './story.js';

const { values } = parseArgs({
  options: {
    keep: { type: 'boolean', default: false },
    real: { type: 'boolean', default: false },
  },
});
const colour = process.stdout.isTTY;
const TOOLS = ['etcd', 'cometbft', 'kube-apiserver', 'kubectl', 'kwok', 'prometheus', 'helm'];

/** Starts the process that owns the demo. */
const spawnHost = (): ChildProcess => {
  rmSync(DEMO_DIR, { recursive: true, force: true });
  mkdirSync(DEMO_DIR, { recursive: true });
  const log = openSync(join(DEMO_DIR, 'host.log'), 'a');
  const hostArgs = ['--dir', DEMO_DIR, ...(values.real ? ['--real'] : [])];
  return fork(join(import.meta.dirname, 'host.ts'), hostArgs, {
    cwd: ROOT,
    detached: true, // Ctrl-C reaches this process alone, which then ends the host in order
    execArgv: ['--import', 'tsx'],
    stdio: ['ignore', log, log, 'ipc'],
  });
};

/** Shows the host's progress until it is up. @throws Error with the host's own words, or the signal's reason */
const whenUp = (host: ChildProcess, signal: AbortSignal): Promise<DemoState> => {
  const started = performance.now();
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => {
      reject(signal.reason as Error);
    });
    host.on('message', (message: HostMessage) => {
      if (message.type === 'progress') {
        const seconds = ((performance.now() - started) / 1000).toFixed(1);
        console.error(`${seconds.padStart(6)} s  ${message.line}`);
      } else if (message.type === 'up') resolve(message.state);
      else reject(new Error(message.message));
    });
    host.once('exit', (code) => {
      const log = join(DEMO_DIR, 'host.log');
      reject(new Error(`the demo's host ended with status ${code ?? 'unknown'}; see ${log}`));
    });
  });
};

const howToLook = (state: DemoState, bin: string): string =>
  [
    '',
    'The demo stays up. Look at it:',
    '',
    `    export KUBECONFIG=${state.kubeconfig}`,
    `    alias kubectl=${join(bin, 'kubectl')}`,
    '    kubectl get berth -o wide',
    `    open ${state.prometheusUrl}`,
    `    tail -f ${state.operatorLog}`,
    '',
    'Ask the operator what it would bid, and why not:',
    '',
    `    export BERTH_OPERATOR=${state.screening.url} BERTH_OPERATOR_TOKEN_FILE=${state.screening.tokenFile}`,
    '    npm run -s berth -- explain examples/*.yaml',
    '',
    'Be the tenant:',
    '',
    `    export BERTH_NODE=${state.rpcUrl} BERTH_HOME=${join(DEMO_DIR, 'berth')}`,
    '    npm run -s berth -- deploy examples/notebook.yaml --accept cheapest',
    '',
    'End it: make demo-down',
  ].join('\n');

const main = async (): Promise<number> => {
  const running = readState(DEMO_DIR);
  if (running !== undefined) {
    console.error('a kept demo is up; ending it first');
    await endDemo(running);
  }
  const stop = new AbortController();
  let host: ChildProcess | undefined;
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => stop.abort(new Error(`interrupted by ${signal}`)));
  const endHost = async (): Promise<void> => {
    if (host === undefined || host.exitCode !== null || !host.connected) return;
    const gone = new Promise((resolve) => host?.once('exit', resolve));
    host.send('stop');
    await gone;
  };
  try {
    const bin = await toolsDir(
      ['etcd', 'cometbft', 'kubernetes', 'kwok', 'prometheus', 'helm'],
      TOOLS,
      stop.signal,
    );
    host = spawnHost();
    const state = await whenUp(host, stop.signal);
    const interrupted = new Promise<never>((_, reject) => {
      stop.signal.addEventListener('abort', () => {
        reject(stop.signal.reason as Error);
      });
    });
    const story = tellStory({
      ...{ state, bin, colour, keep: values.keep, signal: stop.signal },
      print: (line) => console.log(line),
    });
    await Promise.race([story, interrupted]);
    if (values.keep) {
      host.send('keep');
      host.disconnect();
      host.unref();
      console.log(howToLook(state, bin));
      return 0;
    }
    return 0;
  } catch (error) {
    console.error(
      `\nthe demo stopped here: ${error instanceof Error ? error.message : String(error)}`,
    );
    console.error(`logs: ${DEMO_DIR}`);
    return 1;
  } finally {
    await endHost();
  }
};

// A story that was interrupted may still be waiting for something; nobody waits for it.
process.exit(await main());
