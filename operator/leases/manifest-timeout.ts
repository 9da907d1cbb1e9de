/**
 * A lease whose tenant never sends a manifest is closed after a while: it pays, but it holds capacity for nothing. The
 * deadline counts blocks from the lease's creation, so a restart changes nothing. A lease that ever had a manifest, or whose
 * pods exist, is never closed for want of one: a lost Secret is our trouble, not the tenant's.
 */
import { COMPUTE_LEASES } from '../../kube/resources.js';
import { formatLeaseId } from '../../market/ids.js';
import type { Lease } from '../../market/records.js';
import { blocksFor } from '../bidding/bid-timeout.js';
import type { LeaseControllerDeps, LiveLease } from './lease-context.js';
import { proveLeaseState } from './lease-proof.js';
import { readManifest } from './manifest-secret.js';

export const manifestDeadline = (lease: Lease, timeoutBlocks: bigint): bigint =>
  lease.createdAt + timeoutBlocks;

/** Closes the lease on chain when its deadline is past. Returns whether it did. @throws when the close cannot be sent */
export const closeWithoutManifest = async (
  deps: LeaseControllerDeps,
  live: LiveLease,
  signal: AbortSignal,
): Promise<boolean> => {
  const { api, view, lane, events, log, namespace, provider } = deps;
  const timeoutBlocks = blocksFor(provider().spec.leases.manifestTimeoutSeconds, view.blockTimeMs);
  if (live.lease.state !== 'active' || live.lease.reclamation !== undefined) return false;
  if (view.height < manifestDeadline(live.lease, timeoutBlocks)) return false;
  const path = formatLeaseId(live.id);
  if (!deps.closes.isDue(path, view.height)) return false;
  if (live.object.spec.manifest !== undefined) return false;
  // Read both once more: a manifest or an end that came in the meantime must win.
  const proof = await proveLeaseState(deps, view, live.id);
  if (proof.state === 'unknown') {
    // Looked at again in a few blocks, and said once for each.
    deps.closes.failed(path, view.height);
    log.warn({ lease: path, reason: proof.reason.code }, proof.reason.message);
  }
  if (proof.state !== 'live' || (await readManifest(api, namespace, live.name)) !== undefined)
    return false;
  const outcome = await lane.submit(
    [{ type: 'close-bid', id: live.id, reason: 'manifest_timeout' }],
    { signal },
  );
  const closed = outcome.status === 'included' && outcome.code === 0;
  const about = { lease: path, outcome: outcome.status };
  if (!closed) {
    deps.closes.failed(path, view.height);
    log.warn(about, 'ManifestTimeout: the lease could not be closed; trying again later');
    return false;
  }
  deps.closes.succeeded(path);
  const object = (await api.get(COMPUTE_LEASES, { name: live.name })) ?? live.object;
  events.record(object, {
    type: 'Warning',
    reason: 'ManifestTimeout',
    action: 'CloseLease',
    note: `No manifest came within ${timeoutBlocks} blocks of the lease; it was closed.`,
  });
  log.info(about, 'ManifestTimeout: lease closed, its tenant sent no manifest');
  return true;
};
