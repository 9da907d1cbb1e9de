/**
 * Stands between Berth and its chain's RPC: passes everything on, remembers which bids were broadcast, and can hold
 * broadcasts back, so that a test may stop the world between "written down" and "sent".
 */
import type { OrderId } from '../../market/ids.js';
import { startRpcProxy } from '../peers/rpc-proxy.js';
import { txOf } from '../peers/rpc-words.js';
import { marketActs } from './market-acts.js';
import type { MarketAct } from './market-acts.js';

export interface ChainGate {
  /** RPC URL for those whose words are to pass here. */
  readonly url: string;
  /** The distinct transactions with a bid on this order that came by, held ones too, as base64. */
  bidsSentOn(order: OrderId): readonly string[];
  /** What every distinct transaction that came by does on the market, in the order of their coming. */
  acts(): readonly MarketAct[];
  /** From now on no transaction gets through; whoever sends one waits for an answer. */
  hold(): void;
  /** Lets transactions pass again. Those that waited are thrown away: their senders are gone. */
  open(): void;
  stop(): Promise<void>;
}

/** Listens on a port of its own until stopped. */
export const startChainGate = async (rpcUrl: string): Promise<ChainGate> => {
  const proxy = await startRpcProxy(rpcUrl);
  const sent = new Set<string>();
  proxy.listen((call) => {
    const tx = txOf(call);
    if (tx !== undefined) sent.add(tx);
  });
  return {
    url: proxy.url,
    bidsSentOn: (order) =>
      [...sent].filter((tx) =>
        marketActs(Buffer.from(tx, 'base64')).some(
          ({ kind, id }) => kind === 'bid' && id.owner === order.owner && id.dseq === order.dseq,
        ),
      ),
    acts: () => [...sent].flatMap((tx) => marketActs(Buffer.from(tx, 'base64'))),
    hold: () =>
      proxy.use({
        onCall: (call) => ({ fate: txOf(call) === undefined ? 'pass' : 'hold' }),
      }),
    open: () => proxy.use(),
    stop: () => proxy.stop(),
  };
};
