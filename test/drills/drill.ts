/** A fault, and how to bring it about. */
import type { Trial } from './trial.js';

export interface Drill {
  readonly name: string;
  /** Breaks, waits, heals and measures; ends with everything healed. Throws when something else than the figures is wrong. */
  run(trial: Trial): Promise<void>;
}
