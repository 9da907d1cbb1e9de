/** One RPC endpoint as the operator is given it: toxiproxy (the network), then an RPC proxy (a gateway, a liar), then a node. */
import { startRpcProxy } from '../peers/rpc-proxy.js';
import type { RpcProxy } from '../peers/rpc-proxy.js';
import { startToxicLink } from '../peers/toxiproxy.js';
import type { OwnToxicLink } from '../peers/toxiproxy.js';
import type { ChainNode } from './three-nodes.js';

export interface Endpoint extends ChainNode {
  /** What the ComputeProvider names. */
  readonly url: string;
  readonly link: OwnToxicLink;
  readonly proxy: RpcProxy;
}

/** @param dir for logs */
export const startEndpoint = async (
  dir: string,
  node: ChainNode,
  name: string,
): Promise<Endpoint> => {
  const proxy = await startRpcProxy(node.node.rpcUrl);
  const link = await startToxicLink(dir, name, proxy.port);
  return { ...node, proxy, link, url: `http://127.0.0.1:${link.port}` };
};

/** As new, whatever was done to it; a paused node goes on and a dead one is started. */
export const healEndpoint = async ({ proxy, link, node, peering }: Endpoint): Promise<void> => {
  node.resume();
  proxy.use();
  proxy.thawSockets();
  await Promise.all([link.heal(), peering?.heal()]);
  if (node.appPid === undefined) await node.start();
};

export const stopEndpoint = async ({ proxy, link }: Endpoint): Promise<void> => {
  await Promise.all([proxy.stop(), link.stop()]);
};
