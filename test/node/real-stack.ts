/** The whole of Berth with a real node, a tenant, and the little that tests look with. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { ReadSdl } from '../../cli/sdl.js';
import { leaseNamespace } from '../../manifests/names.js';
import type { BidId, OrderId } from '../../market/ids.js';
import { expectCondition, expectPhase } from '../e2e/expectations.js';
import { Tenant } from '../e2e/tenant.js';
import type { RealNode } from '../peers/node/types.js';
import { toolsDir } from '../peers/tools.js';
import { startStackOnRealNode } from '../stack/on-real-node.js';
import type { Stack } from '../stack/stack.js';

const run = promisify(execFile);

/** A lease whose manifest was taken. */
export interface RealLease {
  readonly order: OrderId;
  readonly id: BidId;
  readonly namespace: string;
}

export interface RealStack {
  readonly stack: Stack;
  readonly node: RealNode;
  readonly tenant: Tenant;
  /** Runs kubectl as administrator to its end. @throws Error with what it said */
  readonly kubectl: (...args: readonly string[]) => Promise<string>;
  /** Order, bid, lease and manifest; resolves when the gateway has taken the manifest. */
  readonly lease: (sdl: ReadSdl) => Promise<RealLease>;
  readonly stop: () => Promise<void>;
}

/**
 * Starts it in a folder of its own, which goes with it unless BERTH_KEEP_RUN is set.
 * @param devicesFile the GPUs of the node; default hack/node/devices.yaml
 */
export const startRealStack = async (devicesFile?: string): Promise<RealStack> => {
  const dir = mkdtempSync(join(tmpdir(), 'berth-node-'));
  const running = await startStackOnRealNode({
    ...{ dir, blockTimeMs: 200 },
    ...(devicesFile !== undefined && { devicesFile }),
  });
  const { stack, node } = running;
  const tenant = await Tenant.of(stack);
  await expectCondition(stack, 'Bidding', 'Bidding');
  const bin = await toolsDir(['kubernetes'], ['kubectl']);
  let dseq = 9000n;
  return {
    ...{ stack, node, tenant },
    kubectl: async (...args) => {
      const { stdout } = await run(join(bin, 'kubectl'), args, {
        env: { ...process.env, KUBECONFIG: stack.cluster.kubeconfigPath },
      });
      return stdout;
    },
    lease: async (sdl) => {
      dseq += 1n;
      const order = await tenant.openOrder(sdl, dseq);
      const { id } = await tenant.waitForBid(order);
      await tenant.acceptBid(id);
      await expectPhase(stack, id, 'AwaitingManifest');
      const taken = await tenant.sendManifest(order, sdl.manifest);
      if (taken.status !== 200) throw new Error(`the manifest was refused: ${taken.body}`);
      return { order, id, namespace: leaseNamespace(id) };
    },
    stop: async () => {
      tenant.close();
      await running.stop();
      if (process.env['BERTH_KEEP_RUN'] === undefined) rmSync(dir, { recursive: true });
      else console.log(`kept: ${dir}`);
    },
  };
};
