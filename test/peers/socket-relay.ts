/** Carries websocket messages between a client and a node, until told to go silent. */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocket, WebSocketServer } from 'ws';

const textOf = (data: unknown): string => (data as Buffer).toString('utf8');

export class SocketRelay {
  /** How many clients connected since the start. */
  opened = 0;
  readonly #target: URL;
  // Pings are answered by hand: a frozen socket must not even do that.
  readonly #server = new WebSocketServer({ noServer: true, autoPong: false });
  readonly #frozen = new WeakSet<WebSocket>();
  readonly #clients = new Set<WebSocket>();
  #freezeNew = false;
  #retell: ((result: unknown) => unknown) | undefined;

  /** @param target the node's RPC */
  constructor(target: URL) {
    this.#target = target;
  }

  /** Takes over an upgrade request. */
  accept(incoming: IncomingMessage, socket: Duplex, head: Buffer): void {
    this.#server.handleUpgrade(incoming, socket, head, (client) =>
      this.#carry(client, incoming.url ?? '/'),
    );
  }

  /** Present clients, and new ones if wanted, hear and say nothing more; their connections stay. */
  freeze(newOnes: boolean): void {
    this.#freezeNew = newOnes;
    for (const client of this.#clients) this.#frozen.add(client);
  }

  /** New clients are served again. */
  thaw(): void {
    this.#freezeNew = false;
  }

  /** Results in frames are put through `change` from now on. */
  retellWith(change: ((result: unknown) => unknown) | undefined): void {
    this.#retell = change;
  }

  drop(): void {
    for (const client of this.#clients) client.terminate();
  }

  close(): void {
    this.drop();
    this.#server.close();
  }

  #carry(client: WebSocket, path: string): void {
    this.opened += 1;
    this.#clients.add(client);
    if (this.#freezeNew) this.#frozen.add(client);
    const url = new URL(path, this.#target);
    url.protocol = 'ws:';
    const node = new WebSocket(url, { perMessageDeflate: false });
    const early: string[] = [];
    const mute = (): boolean => this.#frozen.has(client);
    client.on('ping', (data) => {
      if (!mute()) client.pong(data);
    });
    client.on('message', (data) => {
      if (mute()) return;
      if (node.readyState === WebSocket.OPEN) node.send(textOf(data));
      else early.push(textOf(data));
    });
    node.on('open', () => {
      for (const text of early.splice(0)) node.send(text);
    });
    node.on('message', (data) => {
      if (!mute() && client.readyState === WebSocket.OPEN) client.send(this.#told(textOf(data)));
    });
    node.on('error', () => client.terminate());
    node.on('close', () => {
      // Of a frozen connection nobody learns that the other side is gone.
      if (!mute()) client.terminate();
    });
    client.on('error', () => node.terminate());
    client.on('close', () => {
      this.#clients.delete(client);
      node.terminate();
    });
  }

  #told(text: string): string {
    if (this.#retell === undefined) return text;
    const frame = JSON.parse(text) as { readonly result?: unknown };
    return JSON.stringify({ ...frame, result: this.#retell(frame.result) });
  }
}
