/** From a cold machine to a node whose kubelet runs: the part that a reboot does again. */
import { mkdirSync, rmSync } from 'node:fs';
import { assertRunning, type Program, type ProgramSpec } from '../process.js';
import { waitFor } from '../wait.js';
import { createCgroupRoot } from './cgroups.js';
import { ctr } from './images.js';
import { bootMachine, type Machine } from './machine.js';
import { connectMachine } from './network.js';
import { containerd, coreDns, kubelet, kubeProxy, nginx, type ProgramContext } from './programs.js';

/** Kubeconfigs of the node's programs. */
export interface NodeKubeconfigs {
  readonly kubelet: string;
  readonly kubeProxy: string;
}

/** A machine with containerd up and nothing else yet. */
export interface BootedNode {
  readonly machine: Machine;
  /** Starts kubelet, kube-proxy, CoreDNS and nginx. */
  readonly startServices: () => Promise<void>;
  /** Ends the kubelet in its own time and starts it again. */
  readonly restartKubelet: () => Promise<void>;
  /** Makes nginx read its configuration again. @throws Error when it is not up or refuses */
  readonly reloadIngress: () => Promise<void>;
  /** @throws ProgramError or NodeError when a part has ended by itself */
  readonly guard: () => void;
}

const KUBELET_GRACE_MS = 15_000;

/** Boots, and waits until containerd answers. @throws NodeError, ProgramError or WaitTimeoutError; nothing runs then */
export const bootNode = async (
  context: ProgramContext,
  kubeconfigs: NodeKubeconfigs,
  signal: AbortSignal,
): Promise<BootedNode> => {
  const { layout } = context;
  const machine = await bootMachine(layout, context.nodeName, signal);
  const running = new Map<string, Program>();
  const start = async (spec: ProgramSpec): Promise<void> => {
    running.set(spec.name, await machine.start(spec));
  };
  const guard = (): void => {
    machine.guard();
    running.forEach(assertRunning);
  };
  try {
    await connectMachine(machine);
    createCgroupRoot();
    rmSync(layout.containerdSocket, { force: true });
    mkdirSync(layout.devicePlugins, { recursive: true });
    await start(containerd(context));
    await waitFor(
      'containerd to answer',
      async () => {
        await ctr(layout, 'version');
        return true;
      },
      { timeoutMs: 20_000, signal, guard },
    );
  } catch (error) {
    await machine.stop();
    throw error;
  }
  return {
    machine,
    guard,
    startServices: async () => {
      await start(coreDns(context));
      await start(nginx(context));
      await start(kubelet(context, kubeconfigs.kubelet));
      await start(kubeProxy(context, kubeconfigs.kubeProxy));
    },
    reloadIngress: async () => {
      await machine.run('nginx', ['-e', 'stderr', '-c', layout.nginxConf, '-s', 'reload']);
    },
    restartKubelet: async () => {
      await running.get('kubelet')?.stop(KUBELET_GRACE_MS);
      await start(kubelet(context, kubeconfigs.kubelet));
    },
  };
};
