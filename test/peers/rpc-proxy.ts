/**
 * Stands in front of a node's RPC, HTTP and websocket, and does to its words what a rule says: passes them, keeps them,
 * answers in the node's place, or changes them on the way, as an overloaded gateway, a half-open socket or a liar would.
 */
import { createServer, request } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SocketRelay } from './socket-relay.js';
import { methodsOf, rewriteResults } from './rpc-words.js';
import type { RpcCall } from './rpc-words.js';

/** What becomes of a request. */
export type Fate =
  | { readonly fate: 'pass' }
  /** Never reaches the node and is never answered. */
  | { readonly fate: 'hold' }
  /** Reaches the node; its answer is lost. */
  | { readonly fate: 'swallow' }
  /** Reaches the node once `first` has settled. */
  | { readonly fate: 'after'; readonly first: Promise<unknown> }
  /** Answered here, as a gateway would. */
  | { readonly fate: 'answer'; readonly status: number; readonly body: string }
  /** Reaches the node; its result is replaced by what `lie` makes of it. */
  | { readonly fate: 'lie'; readonly lie: (result: unknown) => unknown };

/** What a proxy does; what is left out passes. */
export interface RpcRule {
  readonly onCall?: (call: RpcCall) => Fate;
  /** New websockets are refused with this HTTP status. */
  readonly refuseSockets?: number;
  /** Changes what a subscription tells (the whole JSON-RPC result). */
  readonly onFrame?: (result: unknown) => unknown;
}

export interface RpcProxy {
  readonly url: string;
  readonly port: number;
  /** Called with every request that comes, whatever the rule. */
  listen(hear: (call: RpcCall) => void): void;
  /** From now on; without a rule everything passes and what was kept is thrown away. */
  use(rule?: RpcRule): void;
  /** Present websockets stay open and carry nothing more, as after a silent loss of the way; `new` ones too if `also`. */
  freezeSockets(also?: 'new'): void;
  /** Closes every websocket there is. */
  dropSockets(): void;
  /** New websockets work again; frozen ones stay so until their owner gives up. */
  thawSockets(): void;
  /** Websockets that were opened since the start. */
  socketsOpened(): number;
  stop(): Promise<void>;
}

const PASS: Fate = { fate: 'pass' };

/** Of several calls in one batch, the first fate that is not "pass" rules, lies apart: they are told call by call. */
const fateOf = (calls: readonly RpcCall[], rule: RpcRule): Fate => {
  const fates = calls.map((c) => rule.onCall?.(c) ?? PASS);
  const whole = fates.find((f) => f.fate !== 'pass' && f.fate !== 'lie');
  if (whole !== undefined) return whole;
  if (!fates.some((f) => f.fate === 'lie')) return PASS;
  const lies = new Map(
    calls.map((c, i) => {
      const fate = fates[i];
      return [c.id, fate?.fate === 'lie' ? fate.lie : (r: unknown): unknown => r] as const;
    }),
  );
  return { fate: 'lie', lie: (answer) => rewriteResults(answer, lies) };
};

const passOn = (
  target: URL,
  body: Buffer,
  from: IncomingMessage,
  answered: (answer: IncomingMessage) => void,
  failed: () => void,
): void => {
  const onward = request(
    new URL(from.url ?? '/', target),
    { method: from.method, headers: { ...from.headers, host: target.host } },
    answered,
  );
  onward.on('error', failed);
  onward.end(body);
};

const bodyOf = async (message: IncomingMessage): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
};

/** Listens on a port of 127.0.0.1 of its own until stopped. */
export const startRpcProxy = async (rpcUrl: string): Promise<RpcProxy> => {
  const target = new URL(rpcUrl);
  const waiting = new Set<ServerResponse>();
  const hearers: ((call: RpcCall) => void)[] = [];
  const relay = new SocketRelay(target);
  let rule: RpcRule = {};

  const forward = (
    body: Buffer,
    incoming: IncomingMessage,
    answer: ServerResponse,
    failed: () => void,
  ): void => {
    const pipe = (told: IncomingMessage): void => {
      answer.writeHead(told.statusCode ?? 502, told.headers);
      told.on('error', failed);
      told.pipe(answer);
    };
    passOn(target, body, incoming, pipe, failed);
  };
  const serve = async (incoming: IncomingMessage, answer: ServerResponse): Promise<void> => {
    const body = await bodyOf(incoming);
    const calls = methodsOf(body);
    for (const call of calls) for (const hear of hearers) hear(call);
    const fate = fateOf(calls, rule);
    // A node that does not answer must look like one that does not answer.
    const failed = (): void => void answer.destroy();
    switch (fate.fate) {
      case 'hold':
        waiting.add(answer);
        return;
      case 'answer':
        answer.writeHead(fate.status, { 'content-type': 'text/html', 'retry-after': '1' });
        answer.end(fate.body);
        return;
      case 'after':
        await fate.first.catch(() => undefined);
        forward(body, incoming, answer, failed);
        return;
      case 'swallow':
        waiting.add(answer);
        passOn(target, body, incoming, (lost) => lost.resume(), failed);
        return;
      case 'lie':
        passOn(
          target,
          body,
          incoming,
          (told) => {
            const retell = async (): Promise<void> => {
              const text = (await bodyOf(told)).toString('utf8');
              answer.writeHead(told.statusCode ?? 502, { 'content-type': 'application/json' });
              answer.end(JSON.stringify(fate.lie(JSON.parse(text))));
            };
            retell().catch(failed);
          },
          failed,
        );
        return;
      case 'pass':
        forward(body, incoming, answer, failed);
    }
  };
  const server = createServer((incoming, answer) => {
    serve(incoming, answer).catch(() => answer.destroy());
  });
  server.on('upgrade', (incoming, socket, head) => {
    if (rule.refuseSockets === undefined) relay.accept(incoming, socket, head);
    else socket.end(`HTTP/1.1 ${rule.refuseSockets} Refused\r\nConnection: close\r\n\r\n`);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const use = (next: RpcRule = {}): void => {
    rule = next;
    relay.retellWith(next.onFrame);
    for (const answer of waiting) answer.destroy();
    waiting.clear();
  };
  const { port } = server.address() as AddressInfo;
  return {
    ...{ url: `http://127.0.0.1:${port}`, port, use },
    listen: (hear) => hearers.push(hear),
    freezeSockets: (also) => relay.freeze(also === 'new'),
    dropSockets: () => relay.drop(),
    thawSockets: () => relay.thaw(),
    socketsOpened: () => relay.opened,
    stop: async () => {
      use();
      relay.close();
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
};
