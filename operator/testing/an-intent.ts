/** Intents and bids for tests of bidding. */
import { bidIdOf, formatOrderId } from '../../market/ids.js';
import type { OrderId } from '../../market/ids.js';
import { parseDecimal } from '../../market/money.js';
import type { Bid } from '../../market/records.js';
import type { BidIntent } from '../bidding/intent.js';
import { PROVIDER, TENANT } from './world.js';

export const anOrderId = (dseq = 7n): OrderId => ({ owner: TENANT, dseq, gseq: 1, oseq: 1 });

/** Of eight GPUs on node `h100-0`; `timeoutMs` 0 stands for an ordered transaction. */
export const anIntent = (orderId = anOrderId(), hash = 'AA', timeoutMs = 60_000): BidIntent => ({
  orderId,
  price: { denom: 'uact', amount: '10.000000000000000000' },
  usdPerHour: '20.0000',
  ...{ gpus: 8, cpu: '8', memory: '64Gi' },
  placement: [{ unitId: 1, replica: 0, node: 'h100-0', gpus: 8 }],
  reservation: {
    key: formatOrderId(orderId),
    owner: orderId.owner,
    perNode: [
      {
        node: 'h100-0',
        quantities: {
          ...{ milliCpu: 8000n, memoryBytes: 2n ** 36n, ephemeralBytes: 0n, gpus: 8n, pods: 1n },
        },
      },
    ],
    storage: [],
    leasedIps: 0,
    reason: 'bid open',
  },
  tx: { hash, bytes: 'AA==', timeoutNs: (BigInt(timeoutMs) * 1_000_000n).toString() },
});

export const aBid = (orderId = anOrderId(), state: Bid['state'] = 'open'): Bid => ({
  id: bidIdOf(orderId, PROVIDER),
  state,
  price: { denom: 'uact', amount: parseDecimal('10') },
  createdAt: 5n,
  resourcesOffer: [],
});
