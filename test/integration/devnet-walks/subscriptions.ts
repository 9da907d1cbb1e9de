/** The two subscriptions of the recorded websocket: transactions under id 1, block headers under id 2. */
import type { Frame } from './recording.js';

const QUERIES = ["tm.event='Tx'", "tm.event='NewBlockHeader'"];

export class Subscriptions {
  readonly frames: Frame[] = [];
  readonly #socket: WebSocket;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.addEventListener('message', ({ data }) => {
      this.frames.push(JSON.parse(String(data)) as Frame);
    });
  }

  /** Resolves when both are confirmed. */
  static async open(rpcUrl: string): Promise<Subscriptions> {
    const socket = new WebSocket(`${rpcUrl.replace('http', 'ws')}/websocket`);
    await new Promise<void>((resolve, reject) => {
      socket.addEventListener('open', () => resolve(), { once: true });
      socket.addEventListener('error', () => reject(new Error('no websocket')), { once: true });
    });
    const subscriptions = new Subscriptions(socket);
    const confirmed = new Promise<void>((resolve) => {
      socket.addEventListener('message', () => {
        if (subscriptions.frames.length >= QUERIES.length) resolve();
      });
    });
    QUERIES.forEach((query, index) => {
      const request = { jsonrpc: '2.0', id: index + 1, method: 'subscribe', params: { query } };
      socket.send(JSON.stringify(request));
    });
    await confirmed;
    return subscriptions;
  }

  close(): void {
    this.#socket.close();
  }
}
