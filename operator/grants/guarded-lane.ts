/**
 * A lane whose key is a grantee: what is known not to be granted is not sent, because it would fail in a block and cost its fee
 * each time. A failure of that kind makes the grants be read again at once.
 */
import type { ChainMessage, TxLane, TxOutcome } from '../../chain/ports.js';
import { ReasonError } from '../../market/reasons.js';
import type { Reason } from '../../market/reasons.js';

export interface GuardedLaneDeps {
  readonly lane: TxLane;
  readonly faultOf: (messages: readonly ChainMessage[]) => Reason | undefined;
  /** Told when the chain says that a right or the allowance is gone. */
  readonly onDoubt: () => void;
}

/** authz: no grant, expired; feegrant: any; sdk/38: no allowance (x/authz, x/feegrant and types/errors of cosmos-sdk 0.53). */
const isAboutGrants = (outcome: TxOutcome): boolean => {
  if (outcome.status === 'expired') return false;
  const { codespace, code, log } = outcome;
  if (codespace === 'authz' || codespace === 'feegrant') return code !== 0;
  return codespace === 'sdk' && code === 38 && log.includes('fee-grant');
};

export const guardedLane = ({ lane, faultOf, onDoubt }: GuardedLaneDeps): TxLane => {
  const watched = async (outcome: Promise<TxOutcome>): Promise<TxOutcome> => {
    const ended = await outcome;
    if (isAboutGrants(ended)) onDoubt();
    return ended;
  };
  return {
    address: lane.address,
    sign: async (messages, options) => {
      const fault = faultOf(messages);
      if (fault !== undefined) throw new ReasonError(fault);
      return lane.sign(messages, options);
    },
    discard: (tx) => lane.discard(tx),
    broadcast: (tx, signal, onPending) => watched(lane.broadcast(tx, signal, onPending)),
    submit: async (messages, options) => {
      const fault = faultOf(messages);
      if (fault === undefined) return watched(lane.submit(messages, options));
      return {
        ...{ status: 'rejected', hash: '', codespace: fault.code, code: 2 },
        log: fault.message,
      };
    },
    onCharged: (listener) => lane.onCharged(listener),
  };
};
