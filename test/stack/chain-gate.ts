/**
 * Stands between Berth and its chain's RPC: passes everything on, remembers which bids were broadcast, and can hold
 * broadcasts back, so that a test may stop the world between "written down" and "sent".
 */
import { createServer, request } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { connect } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { MsgCreateBid } from '@akashnetwork/chain-sdk/private-types/akash.v1beta5';
import { decodeTxRaw } from '@cosmjs/proto-signing';
import { z } from 'zod';
import type { OrderId } from '../../market/ids.js';

export interface ChainGate {
  /** RPC URL for those whose words are to pass here. */
  readonly url: string;
  /** The distinct transactions with a bid on this order that came by, held ones too, as base64. */
  bidsSentOn(order: OrderId): readonly string[];
  /** From now on no transaction gets through; whoever sends one waits for an answer. */
  hold(): void;
  /** Lets transactions pass again. Those that waited are thrown away: their senders are gone. */
  open(): void;
  stop(): Promise<void>;
}

const broadcast = z.object({
  method: z.literal('broadcast_tx_sync'),
  params: z.object({ tx: z.string() }),
});

/** The transaction of a JSON-RPC request that broadcasts one, base64. */
const txOf = (body: Buffer): string | undefined => {
  try {
    return broadcast.parse(JSON.parse(body.toString('utf8'))).params.tx;
  } catch {
    return undefined;
  }
};

const bidsOn = (tx: string, order: OrderId): boolean =>
  decodeTxRaw(Buffer.from(tx, 'base64')).body.messages.some(({ typeUrl, value }) => {
    if (!typeUrl.endsWith('.MsgCreateBid')) return false;
    const id = MsgCreateBid.decode(value).id;
    return id?.owner === order.owner && BigInt(id.dseq.toString()) === order.dseq;
  });

/** Carries an upgraded connection (the block subscription) to the other side as it is. */
const tunnel = (target: URL, incoming: IncomingMessage, client: Socket, head: Buffer): Socket => {
  const upstream = connect(Number(target.port), target.hostname, () => {
    const headers = incoming.rawHeaders.flatMap((name, i, all) =>
      i % 2 === 0 ? [`${name}: ${all[i + 1] ?? ''}`] : [],
    );
    upstream.write(`GET ${incoming.url ?? '/'} HTTP/1.1\r\n${headers.join('\r\n')}\r\n\r\n`);
    upstream.write(head);
    client.pipe(upstream).pipe(client);
  });
  for (const [one, other] of [
    [client, upstream],
    [upstream, client],
  ] as const) {
    one.on('error', () => other.destroy());
    one.on('close', () => other.destroy());
  }
  return upstream;
};

const passOn = (target: URL, body: Buffer, from: IncomingMessage, to: ServerResponse): void => {
  const onward = request(
    target,
    { method: from.method, path: from.url, headers: { ...from.headers, host: target.host } },
    (answer) => {
      to.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(to);
    },
  );
  // A chain that does not answer must look like one that does not answer.
  onward.on('error', () => to.destroy());
  onward.end(body);
};

/** Listens on a port of its own until stopped. */
export const startChainGate = async (rpcUrl: string): Promise<ChainGate> => {
  const target = new URL(rpcUrl);
  const sent = new Set<string>();
  const waiting = new Set<ServerResponse>();
  const tunnels = new Set<Socket>();
  let holding = false;

  const server = createServer((incoming, answer) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      const body = Buffer.concat(chunks);
      const tx = txOf(body);
      if (tx !== undefined) sent.add(tx);
      if (tx !== undefined && holding) waiting.add(answer);
      else passOn(target, body, incoming, answer);
    });
  });
  server.on('upgrade', (incoming, client: Socket, head) => {
    tunnels.add(tunnel(target, incoming, client, head));
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const open = (): void => {
    holding = false;
    for (const answer of waiting) answer.destroy();
    waiting.clear();
  };
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    bidsSentOn: (order) => [...sent].filter((tx) => bidsOn(tx, order)),
    hold: () => {
      holding = true;
    },
    open,
    stop: async () => {
      open();
      for (const socket of tunnels) socket.destroy();
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
};
