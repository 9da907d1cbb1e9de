/** Every code the bid engine may answer with, and the sentence that documents it (docs/reasons.md is tested against it). */
import type { Reason } from '../market/reasons.js';

/** Why there is no bid. */
export const SKIP_REASONS = {
  ProviderDraining: 'The provider takes no new orders for now; its leases go on.',
  OrderNotOpen: 'The order is no longer open, so the chain would refuse a bid.',
  OrderTooOld:
    'The order has been open for longer than the operator waits; its tenant has most likely gone.',
  InvalidOrder:
    'The order itself makes no sense (no units, a repeated unit, a negative amount, a GPU attribute of unknown form).',
  OwnOrder: "The order belongs to the provider's own account; the chain refuses such bids.",
  AttributesNotMet:
    "The order requires provider attributes that the provider's record on chain does not have with that value.",
  OrderAttributesNotNamed:
    'The operator serves only orders that name certain attributes, and this order does not name them.',
  AuditorsNotMet:
    'The order requires attributes signed by auditors, and their signatures are missing on chain.',
  TooManyVolumes: 'A unit asks for more volumes than a pod may have here.',
  TooManyEndpoints: 'The order asks for more endpoints than the operator gives one lease.',
  StorageCapabilityMissing:
    "A volume's attributes match no storage capability of the provider's record on chain, so the chain would refuse the bid.",
  StorageClassUnavailable: 'A volume asks for a storage class that the cluster does not have.',
  GpuCapabilityMissing:
    "None of a unit's GPU attributes matches a GPU capability of the provider's record on chain, so the chain would refuse the bid.",
  HostnameBlocked: 'The deployment wants to serve a hostname that the operator has blocked.',
  DenomNotAccepted: 'The order is priced in a coin for which nothing is sold.',
  OrderPriceInvalid:
    'The order offers no positive price, or prices its units in several denominations.',
  TenantDenied: "The tenant is on the price policy's deny list.",
  TenantNotAllowed: 'The price policy has an allow list and the tenant is not on it.',
  OwnerPendingLimit:
    "One tenant's open bids hold as many GPUs as one tenant's may; the limit ends as they are accepted or time out.",
  EscrowUnknown:
    "The deployment's escrow account has not been read yet, and the operator asks what is in it before bidding.",
  EscrowTooLow: "The deployment's escrow pays our price for less time than the operator asks.",
  InsufficientFunds:
    'The wallet cannot pay the bid deposit and the fee without touching the reserve kept for closing and withdrawing.',
  FeesPerHourReached: 'One more bid would take the fees of the last hour over the budget.',
  FeesPerDayReached: 'One more bid would take the fees of the last day over the budget.',
  DepositsPerHourReached: 'One more bid would take the deposits of the last hour over the budget.',
  DepositsPerDayReached: 'One more bid would take the deposits of the last day over the budget.',
  DepositsAtRiskReached:
    'One more bid would lock more in deposits at once than the budget allows; it is decided again when a bid is lost or ends.',
  ReclamationNotOffered: 'The order asks for a reclamation window and the operator offers none.',
  ReclamationWindowTooLong:
    'The order asks for a longer reclamation window than the operator or the chain allows.',
  InsufficientLeasedIps: 'The order asks for more leased addresses than are free.',
  GpuModelUnavailable: 'No node that is for sale has a GPU that the order accepts.',
  InsufficientGpus: 'No node has enough free GPUs of an accepted model for one replica.',
  InsufficientCpu: 'No node that could take a replica has enough free CPU for it.',
  InsufficientMemory: 'No node that could take a replica has enough free memory for it.',
  InsufficientEphemeralStorage:
    'No node that could take a replica has enough free ephemeral storage for it.',
  InsufficientPods: 'Every node that could take a replica already runs its full number of pods.',
  InsufficientPersistentStorage:
    'A storage class, or the part of it that a node reaches, has less free space than the order needs.',
  NoNodeMountsStorageClass: 'No node that is for sale can mount a storage class the order needs.',
  FragmentedCapacity: 'Each resource is free somewhere, but no node has all of them at once.',
  InsufficientReplicas:
    'Some replicas of a unit fit, but not all of them; a group is placed whole or not at all.',
  UnitsDoNotFitTogether: 'Each unit fits alone, but the group does not fit at once.',
  PlacementUncertain:
    'There is room for the group, but Kubernetes binds pod by pod and could put replicas so that others find none; a group is placed so that this cannot be, or not at all.',
  ArchitectureUnavailable: 'No node that is for sale has the CPU architecture a unit asks for.',
  NodesKeptForGpus:
    'Every node that is for sale is kept for pods with GPUs by a taint, and the unit asks for none.',
  PlacementSearchLimit:
    'The group is too intricate to place within the search limit; no placement was found, though one may exist.',
  NoPricingPolicy: 'There is no price policy, so no price can be asked.',
  NoPolicyApplies: 'Every price policy is for other orders: by tenant, attribute or GPU.',
  NoGpuRate: 'The price policy has no rate for a GPU that the order would get.',
  NoStorageRate: 'The price policy has no rate for a storage class that the order would get.',
  PriceScriptPending:
    'The price script is still running; the order is decided again when it is done.',
  PriceScriptFailed: 'The price script ended with an error, so there is no price and no bid.',
  PriceScriptTimeout: 'The price script took too long, so there is no price and no bid.',
  PriceScriptAnswerInvalid: 'The price script printed no positive decimal of at most 18 places.',
  PriceExpressionFailed: "The price policy's expression gave no price for this order.",
  PriceSourceStale:
    'The order is priced in a coin whose price in US dollars is unknown or too old; no bid is made in it until that is known.',
  PriceZero: 'The price policy prices the order at nothing.',
  PriceAboveOrderMaximum: 'Our price is higher than the most the order pays.',
  OrderMaximumBelowFloor: 'The most the order pays is less than the floor of the price policy.',
  PriceAbovePolicyCeiling: 'Our price is higher than the ceiling the operator set as a guard.',
} as const;

/** Why a node, or its GPUs, are not for sale, and what did not add up while counting. */
export const INVENTORY_REASONS = {
  NodeCordoned: 'The node is marked unschedulable.',
  NodeDraining:
    'The node is being emptied (`berth provider drain`); what runs there goes on until it ends.',
  NodeNotReady: 'The node does not report Ready.',
  NodeTainted: 'The node has a taint that tenant pods do not tolerate.',
  NodeQuantityInvalid: 'The node reports an amount that cannot be read.',
  NodeNotSelected: 'The node lacks a label that the operator demands of nodes for sale.',
  GpuNotReported: 'The node has GPUs but the device plugin reports none; is it running?',
  GpuMixed: 'The GPUs of the node are of several models and nothing tells them apart.',
  GpuShared:
    'The GPUs of the node are shared (time-sliced or MPS), so none can be sold as a whole one.',
  NodeQuarantined: 'NVSentinel holds the node back (quarantined, draining or being mended).',
  GpuFaultReported:
    'A fault monitor names GPUs of the node in a node condition; those it names are not sold, all of them when it names none.',
  GpuTainted: 'A DRA device taint keeps new pods from the GPU.',
  GpuPoolIncomplete:
    'The DRA driver has not published every part of its pool yet, so what there is is unknown.',
  GpuNotMapped:
    "No DeviceClass stands for nvidia.com/gpu, so tenants' pods cannot ask for the DRA driver's GPUs.",
  GpuReportedTwice:
    "Device plugin and DRA driver both offer the node's GPUs, which may give one to two pods; the plugin's count is used.",
  GpuXid: 'The driver reported an Xid error after which the GPU has to be reset or looked at.',
  GpuLost: 'The driver does not reach the GPU any more.',
  GpuMemoryFaulty: "The GPU's memory has errors that could not be corrected or remapped.",
  GpuSuspect:
    'Something about the GPU is worth watching; it is not sold until it has given no further cause for a while.',
  GpuProving: 'The GPU was ill and is well again; it is sold after a proving run.',
  GpuUnhealthy: 'The device plugin reports fewer usable GPUs than the node has.',
  GpuModelUnknown: 'The node has GPUs but no label says which model they are.',
  PodQuantityInvalid:
    'A pod requests an amount that cannot be read, so what its node has free is unknown; the node is not for sale.',
  NodeOverAllocated:
    'Pods and reservations take more of the node than it has; free counts as zero.',
  StorageCapacityUnknown:
    'Nobody tells how much of the storage class is free, so nothing of it is sold: its driver publishes no CSIStorageCapacity, and the operator states no capacity (`inventory.storage`).',
  StorageBoundBlindly:
    'The storage class makes a volume before its pod has a node, and not every node reaches it; no volume of it is sold.',
  StorageOverAllocated:
    'Reservations or claims take more of a storage class than there is; free counts as zero.',
  LeasedIpsOverAllocated:
    'Reservations take more leased addresses than are free; free counts as zero.',
  ReservedNodeMissing: 'A reservation names a node that is not in the inventory.',
  PodNodeMissing: 'A pod runs on a node that is not in the inventory.',
} as const;

export type SkipCode = keyof typeof SKIP_REASONS;
export type InventoryCode = keyof typeof INVENTORY_REASONS;

/** A reason whose code is one of ours. */
export const reason = (code: SkipCode | InventoryCode, message: string, field?: string): Reason =>
  field === undefined ? { code, message } : { code, message, field };
