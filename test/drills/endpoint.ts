/** One RPC endpoint as the operator is given it: toxiproxy (the network), then an RPC proxy (a gateway, a liar), then a node. */
import { startRpcProxy } from '../peers/rpc-proxy.js';
import type { RpcProxy } from '../peers/rpc-proxy.js';
import type { ToxicLink, Toxiproxy } from '../peers/toxiproxy.js';
import type { ChainNode } from './three-nodes.js';

export interface Endpoint extends ChainNode {
  /** What the ComputeProvider names. */
  readonly url: string;
  readonly link: ToxicLink;
  readonly proxy: RpcProxy;
}

/** Stop the proxy by `proxy.stop()`; the link goes with toxiproxy. */
export const startEndpoint = async (
  toxiproxy: Toxiproxy,
  node: ChainNode,
  name: string,
): Promise<Endpoint> => {
  const proxy = await startRpcProxy(node.node.rpcUrl);
  const link = await toxiproxy.link(name, proxy.port);
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
