/**
 * Keeps subscriptions to new blocks at the two best endpoints, so that a silent one costs nothing: whichever is first tells.
 * One that is half-open (silent while the chain goes on), lies, or is excluded is dropped and made anew elsewhere.
 */
import { backoffMs, isAborted } from '../clock.js';
import type { ChainClock } from '../clock.js';
import type { EndpointAddress } from '../rpc/endpoint-config.js';
import type { NewBlockFrame } from './new-block-frame.js';
import { subscribeToBlocks } from './subscription.js';
import type { Subscription } from './subscription.js';

/** A frame that tells of a block. */
export type BlockFrame = Extract<NewBlockFrame, { readonly kind: 'block' | 'height' }>;

export interface SubscriberDeps {
  readonly clock: ChainClock;
  /** The endpoints asked first, the best first, as far as they are known to be good. */
  readonly endpoints: (n: number) => readonly EndpointAddress[];
  readonly isExcluded: (label: string) => boolean;
  /** Told when an endpoint sends what it cannot have from the chain. */
  readonly accuse: (label: string, why: string) => void;
  /** Milliseconds between two looks at a subscription. */
  readonly pollMs: number;
  /** Silence that is no longer usual, milliseconds. */
  readonly silenceMs: () => number;
  /** Newest height known from anywhere. */
  readonly known: () => bigint;
  /** Resolves when a new head is known, or after `ms`. */
  readonly moved: (ms: number, signal: AbortSignal) => Promise<void>;
  /** @param arrivedAt monotonic milliseconds, before anything was read of it */
  readonly onFrame: (frame: BlockFrame, arrivedAt: number) => void;
  readonly onEnd: (label: string, why: string) => void;
}

/** Where to listen at once. */
const SUBSCRIPTIONS = 2;

export class Subscriber {
  readonly #deps: SubscriberDeps;
  readonly #taken = new Set<string>();

  constructor(deps: SubscriberDeps) {
    this.#deps = deps;
  }

  /** Until `signal` aborts. */
  async run(signal: AbortSignal): Promise<void> {
    await Promise.all(Array.from({ length: SUBSCRIPTIONS }, () => this.#keep(signal)));
  }

  async #keep(signal: AbortSignal): Promise<void> {
    const { clock, endpoints, pollMs, moved, onEnd } = this.#deps;
    let failures = 0;
    while (!isAborted(signal)) {
      const address = endpoints(SUBSCRIPTIONS).find(({ label }) => !this.#taken.has(label));
      if (address === undefined) {
        await moved(pollMs, signal);
        continue;
      }
      this.#taken.add(address.label);
      const { why, frames } = await this.#listen(address, signal);
      this.#taken.delete(address.label);
      if (isAborted(signal)) return;
      onEnd(address.label, why);
      failures = frames > 0 ? 0 : failures + 1;
      await clock.sleep(
        backoffMs(failures, 200, 15_000, () => clock.random()),
        signal,
      );
    }
  }

  async #listen(
    address: EndpointAddress,
    signal: AbortSignal,
  ): Promise<{ readonly why: string; readonly frames: number }> {
    const { clock, known, onFrame, accuse } = this.#deps;
    let frames = 0;
    const last = { at: clock.now(), height: known() };
    const subscription = subscribeToBlocks(
      address,
      (frame, arrivedAt) => {
        if (frame.kind === 'forged') {
          accuse(address.label, frame.why);
          return;
        }
        frames += 1;
        last.at = clock.now();
        last.height = frame.kind === 'block' ? frame.block.height : frame.height;
        if (!this.#deps.isExcluded(address.label)) onFrame(frame, arrivedAt);
      },
      () => clock.now(),
    );
    return { why: await this.#watch(address.label, subscription, last, signal), frames };
  }

  /** Until the subscription ends: by itself, by silence while the chain goes on, or by `signal`. */
  async #watch(
    label: string,
    subscription: Subscription,
    last: { readonly at: number; readonly height: bigint },
    signal: AbortSignal,
  ): Promise<string> {
    const { clock, pollMs, silenceMs, known, isExcluded } = this.#deps;
    const ended = new AbortController();
    const why = subscription.ended.finally(() => {
      ended.abort();
    });
    const over = AbortSignal.any([signal, ended.signal]);
    let dropped: string | undefined;
    while (!over.aborted && dropped === undefined) {
      await clock.sleep(pollMs, over);
      if (isExcluded(label)) dropped = 'the endpoint is not listened to any more';
      else if (clock.now() - last.at > silenceMs() && known() > last.height)
        dropped = 'no frame came while the chain went on';
    }
    subscription.terminate();
    const reason = await why;
    return dropped ?? reason;
  }
}
