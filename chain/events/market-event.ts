/** From a chain event to a `MarketEvent`. Types are protobuf full names (provider-wire 6.5). */
import type { MarketEvent } from '../../market/events.js';
import { EventAttributes } from './attributes.js';
import type { RawEvent } from './attributes.js';

type Read = (attributes: EventAttributes) => MarketEvent;

const READERS: Readonly<Record<string, Read>> = {
  'akash.deployment.v1.EventDeploymentCreated': (a) => ({
    type: 'deployment-created',
    id: a.deploymentId(),
    hash: a.bytes('hash'),
  }),
  'akash.deployment.v1.EventDeploymentUpdated': (a) => ({
    type: 'deployment-updated',
    id: a.deploymentId(),
    hash: a.bytes('hash'),
  }),
  'akash.deployment.v1.EventDeploymentClosed': (a) => ({
    type: 'deployment-closed',
    id: a.deploymentId(),
  }),
  'akash.deployment.v1.EventGroupStarted': (a) => ({ type: 'group-started', id: a.groupId() }),
  'akash.deployment.v1.EventGroupPaused': (a) => ({ type: 'group-paused', id: a.groupId() }),
  'akash.deployment.v1.EventGroupClosed': (a) => ({ type: 'group-closed', id: a.groupId() }),
  'akash.market.v1.EventOrderCreated': (a) => ({ type: 'order-created', id: a.orderId() }),
  'akash.market.v1.EventOrderClosed': (a) => ({ type: 'order-closed', id: a.orderId() }),
  'akash.market.v1.EventBidCreated': (a) => ({
    type: 'bid-created',
    id: a.bidId(),
    price: a.price(),
  }),
  'akash.market.v1.EventBidClosed': (a) => ({ type: 'bid-closed', id: a.bidId() }),
  'akash.market.v1.EventLeaseCreated': (a) => ({
    type: 'lease-created',
    id: a.bidId(),
    price: a.price(),
  }),
  'akash.market.v1.EventLeaseClosed': (a) => ({
    type: 'lease-closed',
    id: a.bidId(),
    reason: a.string('reason'),
  }),
  'akash.market.v1.EventLeaseReclaimStarted': (a) => ({
    type: 'lease-reclaim-started',
    id: a.bidId(),
    deadlineSeconds: a.int64('deadline'),
  }),
  'akash.provider.v1beta4.EventProviderCreated': (a) => ({
    type: 'provider-created',
    owner: a.string('owner'),
  }),
  'akash.provider.v1beta4.EventProviderUpdated': (a) => ({
    type: 'provider-updated',
    owner: a.string('owner'),
  }),
};

/** `undefined` for a type that is not of the market. @throws ChainDecodeError on a market event that cannot be read */
export const decodeEvent = (event: RawEvent): MarketEvent | undefined =>
  Object.hasOwn(READERS, event.type)
    ? READERS[event.type]?.(new EventAttributes(event))
    : undefined;
