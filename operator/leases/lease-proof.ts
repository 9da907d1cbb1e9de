/**
 * What the chain says of one lease, asked now. A living lease is believed at once: running it destroys nothing. An end is
 * believed only with proof (`ChainProof`): a record that says "ended", from an endpoint that is trusted or from two that
 * agree, none of them behind what we have already seen. An outage, a lagging endpoint or a missing record is no proof.
 */
import { isChainUnavailable } from '../../chain/ports.js';
import type { ChainProof, ChainReader } from '../../chain/ports.js';
import { formatLeaseId } from '../../market/ids.js';
import type { LeaseId } from '../../market/ids.js';
import type { Reason } from '../../market/reasons.js';
import { LIVE_LEASE_STATES } from '../../market/records.js';
import type { Lease } from '../../market/records.js';
import type { ChainView } from '../chain-view/chain-view.js';

export type LeaseProof =
  | { readonly state: 'live'; readonly lease: Lease; readonly height: bigint }
  | { readonly state: 'ended'; readonly lease: Lease; readonly height: bigint }
  | { readonly state: 'unknown'; readonly reason: Reason };

/** Where proof comes from. */
export interface ProofSource {
  readonly reader: ChainReader;
  readonly proof: ChainProof;
}

const unknown = (code: string, message: string): LeaseProof => ({
  state: 'unknown',
  reason: { code, message },
});

const isLive = (lease: Lease): boolean => LIVE_LEASE_STATES.includes(lease.state);

const absent = (id: LeaseId): LeaseProof =>
  unknown(
    'LeaseNotOnChain',
    `The chain has no record of lease ${formatLeaseId(id)}; without a record of its end nothing is torn down. Is this the right chain?`,
  );

/** What two endpoints must agree on. */
const essence = (lease: Lease | undefined): string =>
  lease === undefined ? 'no record' : `${lease.state} since ${lease.closedOn}`;

/** The state with proof, whichever it is: to be asked before a lease is closed. Never throws for an outage. */
export const proveLeaseState = async (
  { proof }: Pick<ProofSource, 'proof'>,
  view: ChainView,
  id: LeaseId,
): Promise<LeaseProof> => {
  const stale = view.staleness();
  if (stale !== undefined) return { state: 'unknown', reason: stale };
  const said = await proof.read((reader) => reader.lease(id), essence, view.height);
  if (!said.proven) return { state: 'unknown', reason: said.reason };
  if (said.value === undefined) return absent(id);
  return { state: isLive(said.value) ? 'live' : 'ended', lease: said.value, height: said.height };
};

/** Never throws for an outage: that is `unknown`. */
export const proveLease = async (
  source: ProofSource,
  view: ChainView,
  id: LeaseId,
): Promise<LeaseProof> => {
  const stale = view.staleness();
  if (stale !== undefined) return { state: 'unknown', reason: stale };
  const { reader } = source;
  try {
    const head = await reader.head();
    if (head.catchingUp || head.height < view.height) {
      return unknown(
        'ChainLagging',
        `The chain endpoint is at height ${head.height}, ${view.height} was seen already; its answers are not used as proof.`,
      );
    }
    const lease = await reader.lease(id);
    if (lease === undefined) return absent(id);
    if (isLive(lease)) return { state: 'live', lease, height: head.height };
  } catch (error) {
    if (!isChainUnavailable(error)) throw error;
    return unknown('ChainUnavailable', `No chain endpoint answered: ${error.message}`);
  }
  return proveLeaseState(source, view, id);
};
