/**
 * The line of ordered transactions of one account. Sequences are given without waiting for blocks, so that many
 * transactions land in one block; they are sent one after the other, because CheckTx takes them in order only.
 */
import type { AccountState } from './account-state.js';
import { PriorityGate } from './priority-gate.js';
import type { TxPriority } from './priority.js';

/** Given and not yet taken by a mempool. What is in the line cannot be overtaken, so withdrawals may hold few places. */
const PLACES = { close: 1024, bid: 1000, withdraw: 2 } as const;

/** What a refusal for the sequence means for the one that was refused. */
export type SequenceVerdict =
  /** Earlier ones were lost by the mempool and are being sent again: it is to be sent again after them. */
  | 'later'
  /** The sequence was used by another transaction, or nothing will ever fill the gap before it. */
  | 'lost';

/** A place in the line: from the moment its sequence is given until its transaction has ended. */
export interface Place {
  readonly sequence: bigint;
  /** Waits for all earlier ones; `false` when one was never sent, so that this one would leave a gap, or when aborted. */
  turn(signal: AbortSignal): Promise<boolean>;
  /** A mempool took it. `resend` is called when it seems lost again. */
  sent(resend: () => void): void;
  /** A mempool refused it for its sequence and, if it said so, wanted `expected`. */
  mismatch(expected: bigint | undefined): SequenceVerdict;
  /** Its transaction has ended or will never be sent. */
  leave(): void;
}

interface Member {
  readonly sequence: bigint;
  readonly giveBack: () => void;
  state: 'waiting' | 'sent' | 'void' | 'left';
  resend: () => void;
  /** Ends its wait for its turn. */
  wake: () => void;
}

const NOTHING = (): void => undefined;

export class SequenceLine {
  readonly #account: AccountState;
  readonly #gate = new PriorityGate(PLACES);
  /** Ascending by sequence. */
  #members: Member[] = [];
  #next: bigint | undefined;
  #reading: Promise<bigint> | undefined;

  constructor(account: AccountState) {
    this.#account = account;
  }

  /** The next place. @throws ChainUnavailableError; AccountMissingError */
  async take(priority: TxPriority, signal?: AbortSignal): Promise<Place> {
    const giveBack = await this.#gate.enter(priority, signal);
    try {
      if (this.#next === undefined) {
        this.#reading ??= this.#account.committedSequence().finally(() => {
          this.#reading = undefined;
        });
        const committed = await this.#reading;
        this.#next ??= committed;
      }
      const sequence = this.#free(this.#next);
      const member: Member = {
        sequence,
        giveBack,
        state: 'waiting',
        resend: NOTHING,
        wake: NOTHING,
      };
      this.#next = sequence + 1n;
      this.#insert(member);
      return this.#placeOf(member);
    } catch (error) {
      giveBack();
      throw error;
    }
  }

  /** Keeps the line ascending: a gap may be filled while later sequences are in mempools. */
  #insert(member: Member): void {
    const after = this.#members.findIndex((m) => m.sequence > member.sequence);
    this.#members.splice(after === -1 ? this.#members.length : after, 0, member);
  }

  #placeOf(member: Member): Place {
    return {
      sequence: member.sequence,
      turn: async (signal) => {
        if (member.state === 'waiting' && this.#first() !== member) {
          await new Promise<void>((resolve) => {
            member.wake = resolve;
            signal.addEventListener('abort', () => resolve(), { once: true });
          });
        }
        return member.state === 'waiting' && this.#first() === member;
      },
      sent: (resend) => {
        member.resend = resend;
        if (member.state === 'waiting') this.#move(member, 'sent');
      },
      mismatch: (expected) => this.#mismatch(member, expected),
      leave: () => {
        // Never sent: its sequence is free, and what comes after it in the line would leave a gap.
        if (member.state === 'waiting') this.#voidFrom(member.sequence);
        this.#move(member, 'left');
        this.#members = this.#members.filter((m) => m !== member);
      },
    };
  }

  /** Whose turn it is. */
  #first(): Member | undefined {
    return this.#members.find((m) => m.state === 'waiting');
  }

  #mismatch(member: Member, expected: bigint | undefined): SequenceVerdict {
    if (expected === undefined) {
      this.#voidFrom(member.sequence);
      this.#next = undefined;
      return 'lost';
    }
    if (expected > member.sequence) {
      // Used elsewhere. Those after it keep their places, unless their sequences are used as well.
      if (this.#next !== undefined && this.#next < expected) this.#next = expected;
      this.#move(member, 'left');
      return 'lost';
    }
    const missing = this.#members.filter(
      (m) => m.state === 'sent' && m.sequence >= expected && m.sequence < member.sequence,
    );
    if (missing[0]?.sequence === expected) {
      for (const lost of missing) lost.resend();
      return 'later';
    }
    this.#voidFrom(expected);
    return 'lost';
  }

  /** Gives the sequences from here on anew; whoever waits with one of them is told by its `turn`. */
  #voidFrom(sequence: bigint): void {
    for (const m of this.#members) {
      if (m.state === 'waiting' && m.sequence >= sequence) this.#move(m, 'void');
    }
    this.#next = sequence;
  }

  /** The lowest sequence from `from` on that no transaction in a mempool holds. */
  #free(from: bigint): bigint {
    const sent = new Set(this.#members.filter((m) => m.state === 'sent').map((m) => m.sequence));
    let free = from;
    while (sent.has(free)) free += 1n;
    return free;
  }

  #move(member: Member, state: Member['state']): void {
    member.state = state;
    member.giveBack();
    member.wake();
    this.#first()?.wake();
  }
}

/** The sequence that CheckTx wanted instead, by the words of the Cosmos SDK (x/auth/ante/sigverify.go). */
export const expectedSequence = (log: string): bigint | undefined => {
  const found = /account sequence mismatch, expected (\d+), got \d+/.exec(log)?.[1];
  return found === undefined ? undefined : BigInt(found);
};
