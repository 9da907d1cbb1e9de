/** What one can do to the GPUs of a real node while it runs. */
import type { GpuDevice } from './device-set.js';

export interface GpuControl {
  /** All devices that are offered now, the ill ones included. */
  readonly devices: () => readonly GpuDevice[];
  /**
   * Turns a device ill or well. NVIDIA's plugin never does the latter without a restart; ours may.
   * @param which a UUID, or an index into `devices()`
   * @throws NodeError when there is no such device
   */
  readonly setHealth: (which: string, healthy: boolean) => void;
  /** Keeps the first `count` GPUs and forgets the others, as after a card was pulled; `restart` brings them back. */
  readonly shrink: (count: number) => void;
  /** As a restart of the plugin's pod: sockets anew, registered anew, every device of the file there and well. */
  readonly restart: () => Promise<void>;
}
