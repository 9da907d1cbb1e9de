/** One websocket connection that is told of every new block. */
import { WebSocket } from 'ws';
import type { EndpointAddress } from '../rpc/endpoint-config.js';
import { readNewBlockFrame } from './new-block-frame.js';
import type { NewBlockFrame } from './new-block-frame.js';

/** The largest frame taken: a full block (21 MiB) with its results in base64 and JSON. */
const MAX_FRAME_BYTES = 128 * 1024 * 1024;
const HANDSHAKE_TIMEOUT_MS = 5_000;

export interface Subscription {
  /** Resolves with the reason when the connection is over, for whatever cause; never rejects. */
  readonly ended: Promise<string>;
  /** Ends it at once, without waiting for the other side (which may be gone). */
  terminate(): void;
}

/** Connects and subscribes; `onFrame` is called for blocks only, forged ones too, with the time at which they came. */
export const subscribeToBlocks = (
  { websocketUrl, authorization }: EndpointAddress,
  onFrame: (
    frame: Extract<NewBlockFrame, { readonly kind: 'block' | 'height' | 'forged' }>,
    arrivedAt: number,
  ) => void,
  now: () => number,
): Subscription => {
  const socket = new WebSocket(websocketUrl, {
    ...(authorization === undefined ? {} : { headers: { authorization } }),
    handshakeTimeout: HANDSHAKE_TIMEOUT_MS,
    maxPayload: MAX_FRAME_BYTES,
    perMessageDeflate: false,
  });
  let why = 'closed by the node';
  const ended = new Promise<string>((resolve) => {
    socket.on('close', () => {
      resolve(why);
    });
  });
  socket.on('error', (error) => {
    why = error.message;
  });
  socket.on('open', () => {
    const params = { query: "tm.event='NewBlock'" };
    socket.send(JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'subscribe', params }));
  });
  socket.on('message', (data) => {
    const arrivedAt = now();
    const frame = readNewBlockFrame((data as Buffer).toString('utf8'));
    if (frame.kind === 'block' || frame.kind === 'height' || frame.kind === 'forged')
      onFrame(frame, arrivedAt);
    if (frame.kind === 'refused') {
      why = `subscription refused: ${frame.why}`;
      socket.terminate();
    }
  });
  return {
    ended,
    terminate: () => {
      socket.terminate();
    },
  };
};
