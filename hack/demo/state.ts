/** What a running demo leaves behind for whoever wants to look at it or end it. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface DemoState {
  /** Process that owns everything; SIGTERM ends it in order. */
  readonly pid: number;
  readonly kubeconfig: string;
  readonly auditLog: string | undefined;
  readonly rpcUrl: string;
  readonly chainId: string;
  readonly tenant: string;
  readonly tenantMnemonicFile: string;
  readonly prometheusUrl: string;
  /** The operator's screening service and the file with its token. */
  readonly screening: { readonly url: string; readonly tokenFile: string };
  readonly operatorLog: string;
  readonly gatewayLog: string;
  readonly operatorPid: number;
  readonly describe: readonly string[];
  /** Where the HTTP ingress of a real node answers; absent on simulated nodes, where nothing runs. */
  readonly ingressUrl?: string;
}

/** From the host to whoever started it. */
export type HostMessage =
  | { readonly type: 'progress'; readonly line: string }
  | { readonly type: 'up'; readonly state: DemoState }
  | { readonly type: 'failed'; readonly message: string };

/** From whoever started it to the host. */
export type HostOrder = 'keep' | 'stop';

export const stateFile = (dir: string): string => join(dir, 'state.json');

/** The state of the demo in `dir`, if one lives there. */
export const readState = (dir: string): DemoState | undefined => {
  if (!existsSync(stateFile(dir))) return undefined;
  const state = JSON.parse(readFileSync(stateFile(dir), 'utf8')) as DemoState;
  try {
    process.kill(state.pid, 0);
    return state;
  } catch {
    return undefined;
  }
};

/** Ends a demo and waits until its owner is gone. */
export const endDemo = async (state: DemoState): Promise<void> => {
  process.kill(state.pid, 'SIGTERM');
  const deadline = performance.now() + 60_000;
  for (;;) {
    try {
      process.kill(state.pid, 0);
    } catch {
      return;
    }
    if (performance.now() > deadline)
      throw new Error(`the demo (process ${state.pid}) does not end; see its folder's logs`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
};
