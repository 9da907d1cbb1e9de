/** Generated from crds/schemas by hack/generate-crds.ts. Do not edit. */
import type { ObjectMeta } from '../object.js';

/**
 * Which GPU model and node an order gets (docs/placement.md): the model of least price over free share (pressureOfUse, the default), the cheapest model with room (lowestPrice), or that on the first node by name (firstFit).
 */
export type PlacementPolicy = ("pressureOfUse" | "lowestPrice" | "firstFit");
/**
 * Where the bid stands.
 */
export type BidState = ("Pending" | "Submitted" | "Open" | "Won" | "Lost" | "Closed" | "Expired" | "Failed");
/**
 * Where the lease stands. Scheduled means pods are bound to nodes; Running means a kubelet reports their containers running.
 */
export type LeasePhase = ("AwaitingManifest" | "Deploying" | "Scheduled" | "Running" | "Degraded" | "Closing" | "Closed");
/**
 * A hot key that acts for the provider's account by grants, so that the account's own key can stay cold.
 */
export interface GranteeSpec {
    /**
     * The hot key's account.
     */
    readonly address: string;
    /**
     * Whose coins pay fees: the provider's through a fee allowance, or the grantee's own. Default: "provider".
     */
    readonly fees: ("provider" | "grantee");
    /**
     * How long before a grant or the fee allowance ends it is told. Default: 14.
     */
    readonly warnDays: number;
}
/**
 * One RPC node.
 */
export interface ChainEndpoint {
    /**
     * http, https, ws or wss URL.
     */
    readonly url: string;
    /**
     * Whether answers need no second opinion before something is torn down. Default: false.
     */
    readonly trusted: boolean;
}
/**
 * Which chain, and through which nodes.
 */
export interface ChainSpec {
    /**
     * For example akashnet-2.
     */
    readonly chainId: string;
    /**
     * RPC nodes; the healthiest one is used.
     *
     * @minItems 1
     * @maxItems 16
     */
    readonly endpoints: readonly ChainEndpoint[];
}
/**
 * One attribute.
 */
export interface ProviderAttribute {
    /**
     * Key.
     */
    readonly key: string;
    /**
     * Value.
     */
    readonly value: string;
}
/**
 * How to reach the people behind it, as registered on chain.
 */
export interface ProviderInfo {
    /**
     * Email address.
     */
    readonly email?: string;
    /**
     * Website.
     */
    readonly website?: string;
}
/**
 * How tenants' hostnames are served.
 */
export interface IngressSpec {
    /**
     * IngressClass; absent for the cluster default.
     */
    readonly className?: string;
    /**
     * Domain under which tenants' generated hostnames lie.
     */
    readonly domain: string;
    /**
     * Give every service a generated hostname, also beside its own ones. Default: true.
     */
    readonly staticHosts: boolean;
}
/**
 * One attribute.
 */
export interface OrderAttribute {
    /**
     * Key.
     */
    readonly key: string;
    /**
     * Value.
     */
    readonly value: string;
}
/**
 * When and how orders are bid on.
 */
export interface BiddingSpec {
    /**
     * No new bids; leases go on. Default: false.
     */
    readonly paused: boolean;
    /**
     * Why, for those who ask why an order gets no bid.
     */
    readonly pauseReason?: string;
    /**
     * Deposit of a bid with its denomination. Default: "500000uakt".
     */
    readonly deposit: string;
    /**
     * How long a bid may wait for its tenant before it is closed and its GPUs are freed. Default: 300.
     */
    readonly timeoutSeconds: number;
    /**
     * The same while another order could be served with what the bid holds; absent for a fifth of timeoutSeconds.
     */
    readonly contestedTimeoutSeconds?: number;
    /**
     * The same while nothing else wants what the bid holds; absent for six times timeoutSeconds.
     */
    readonly idleTimeoutSeconds?: number;
    /**
     * Most GPUs reserved by open bids for one tenant; absent for no limit.
     */
    readonly maxPendingGpusPerOwner?: number;
    readonly placement?: PlacementPolicy;
    /**
     * Only orders that require all of these attributes are served; absent for every order.
     *
     * @maxItems 64
     */
    readonly orderAttributes?: readonly OrderAttribute[];
    /**
     * Names that no tenant may serve: example.com itself, or .example.com for it and every name under it.
     *
     * @maxItems 256
     *
     * Items: Name.
     */
    readonly blockedHostnames?: readonly string[];
    /**
     * Longest notice period promised to orders that ask for one; absent to refuse them.
     */
    readonly maxReclamationSeconds?: number;
    /**
     * Most endpoints of one order; absent for no limit.
     */
    readonly maxEndpoints?: number;
    /**
     * Blocks after which an open order counts as abandoned; absent for never.
     */
    readonly maxOrderAgeBlocks?: number;
    /**
     * How long a deployment's escrow must pay our price before it gets a bid; absent not to ask.
     */
    readonly minEscrowSeconds?: number;
    /**
     * Only PricingPolicies with all of these labels price orders of this provider; absent for every one.
     */
    readonly policyLabels?: {
        /**
         * Value of the label.
         */
        readonly [k: string]: string;
    };
    /**
     * Most of the cluster's GPUs, CPU and memory, each in percent, that open bids hold for one tenant, 100 for no limit; a tenant's only open bid may hold more. Default: 50.
     */
    readonly maxPendingPercentPerOwner?: number;
}
/**
 * How leases are kept.
 */
export interface LeasePolicySpec {
    /**
     * How long a new lease may stay without a manifest before it is closed. Default: 300.
     */
    readonly manifestTimeoutSeconds: number;
    /**
     * Longest time between two withdrawals of one lease; sooner where the fee is worth it. Default: 604800.
     */
    readonly withdrawalPeriodSeconds: number;
    /**
     * What money is worth to the provider: with the fee, it sets how often a lease is withdrawn from. Default: 15.
     */
    readonly capitalPercentPerYear: number;
    /**
     * Blocks before an escrow account is empty at which its earnings are withdrawn regardless. Default: 5.
     */
    readonly runOutMarginBlocks: number;
    /**
     * How long before an escrow account is empty the tenant is warned. Default: 3600.
     */
    readonly fundsWarningSeconds: number;
    /**
     * Smallest earnings worth a withdrawal, in uact. Default: "0".
     */
    readonly minWithdrawUact: string;
}
/**
 * Turning earned uact into uakt for fees (MsgBurnACT), within bounds.
 */
export interface RefillSpec {
    /**
     * The wallet is refilled when it holds less than this, in uakt.
     */
    readonly belowUakt: string;
    /**
     * And up to about this, in uakt.
     */
    readonly toUakt: string;
    /**
     * Never burned, in uact. Default: "0".
     */
    readonly keepUact: string;
    /**
     * Most burned in a day, in uact.
     */
    readonly maxUactPerDay: string;
}
/**
 * What the wallet may spend.
 */
export interface BudgetSpec {
    /**
     * No bid is made once the transaction fees of the last hour reach this, in uakt; absent for no limit.
     */
    readonly feesUaktPerHour?: string;
    /**
     * No bid is made once the transaction fees of the last day reach this, in uakt; absent for no limit.
     */
    readonly feesUaktPerDay?: string;
    /**
     * Most put into bid deposits within an hour, in uakt (in uact where deposits are paid in uact); absent for no limit.
     */
    readonly depositsUaktPerHour?: string;
    /**
     * Most put into bid deposits within a day, likewise; absent for no limit.
     */
    readonly depositsUaktPerDay?: string;
    /**
     * Most locked in bid deposits at once, likewise; absent for no limit.
     */
    readonly depositsUakt?: string;
    /**
     * Kept back from bidding for fees of live leases, in uakt. Default: "0".
     */
    readonly reserveUakt: string;
    /**
     * The wallet counts as not funded when its fees last no longer than this, at the recent pace. Default: 12.
     */
    readonly warnHours: number;
    readonly refill?: RefillSpec;
}
/**
 * How the record on chain follows the cluster and this object.
 */
export interface RecordSpec {
    /**
     * Apply sends changes once they have stood for a while; DryRun only shows them in the status. Default: "Apply".
     */
    readonly mode: ("Apply" | "DryRun");
    /**
     * How long a change must stand, and is shown, before it is sent. Default: 300.
     */
    readonly quietSeconds: number;
    /**
     * How long the cluster must lack a capability before it is taken off the record. Default: 86400.
     */
    readonly dropAfterSeconds: number;
    /**
     * Most updates of the record within a day; each costs a fee. Default: 6.
     */
    readonly updatesPerDay: number;
}
/**
 * The wanted provider.
 */
export interface ComputeProviderSpec {
    /**
     * The provider's account.
     */
    readonly address: string;
    readonly grantee?: GranteeSpec;
    readonly chain: ChainSpec;
    /**
     * The gateway's address as registered on chain.
     */
    readonly hostUri: string;
    /**
     * Domain of this provider.
     */
    readonly domain: string;
    /**
     * Attributes as registered on chain.
     *
     * @maxItems 512
     */
    readonly attributes: readonly ProviderAttribute[];
    readonly info: ProviderInfo;
    readonly ingress: IngressSpec;
    /**
     * RuntimeClass of GPU pods; absent to use `nvidia` where that class exists.
     */
    readonly runtimeClassName?: string;
    readonly bidding: BiddingSpec;
    readonly leases: LeasePolicySpec;
    readonly budgets: BudgetSpec;
    readonly record: RecordSpec;
}
/**
 * One observation of the state of an object.
 */
export interface Condition {
    /**
     * Kind of observation, CamelCase.
     */
    readonly type: string;
    /**
     * Whether it holds.
     */
    readonly status: ("True" | "False" | "Unknown");
    /**
     * Generation of the spec that was observed.
     */
    readonly observedGeneration: number;
    /**
     * When the status last changed.
     */
    readonly lastTransitionTime: string;
    /**
     * Stable CamelCase code for the status.
     */
    readonly reason: string;
    /**
     * One sentence for people.
     */
    readonly message: string;
}
/**
 * One RPC node.
 */
export interface EndpointStatus {
    /**
     * Host and port.
     */
    readonly endpoint: string;
    /**
     * Stable CamelCase code, see docs/reasons.md.
     */
    readonly code: string;
    /**
     * One sentence for people.
     */
    readonly message: string;
    /**
     * Whether its word alone is proof.
     */
    readonly trusted: boolean;
    /**
     * Whether it gave the last answer.
     */
    readonly serving: boolean;
}
/**
 * How far the chain was followed.
 */
export interface ChainStatus {
    /**
     * Height of the last block processed.
     */
    readonly height: string;
    /**
     * Host and port of the endpoint that serves.
     */
    readonly endpoint: string;
    /**
     * That block's time, Unix milliseconds.
     */
    readonly timeMs: string;
    /**
     * Every endpoint as it is.
     *
     * @maxItems 16
     */
    readonly endpoints?: readonly EndpointStatus[];
}
/**
 * One change.
 */
export interface RecordChange {
    /**
     * `+ key=value`, `- key=value` or `key: old -> new`.
     */
    readonly change: string;
    /**
     * When it was first seen.
     */
    readonly since: string;
    /**
     * When it may be sent.
     */
    readonly due: string;
}
/**
 * What is to become of the record on chain.
 */
export interface RecordStatus {
    /**
     * Apply or DryRun.
     */
    readonly mode: string;
    /**
     * Changes that will be sent, or in a dry run would be.
     *
     * @maxItems 512
     */
    readonly pending: readonly RecordChange[];
    /**
     * Changes that are not made as long as an active lease relies on what they would take away.
     *
     * @maxItems 512
     *
     * Items: One change.
     */
    readonly held: readonly string[];
    /**
     * What auditors signed and the pending changes would take away.
     *
     * @maxItems 512
     *
     * Items: Auditor and attribute.
     */
    readonly signaturesLost: readonly string[];
    /**
     * Updates within the last day.
     */
    readonly updatesToday: number;
    /**
     * Most that may be.
     */
    readonly updatesPerDay: number;
}
/**
 * GPUs of all models.
 */
export interface GpuTotals {
    /**
     * GPUs that nodes offer.
     */
    readonly allocatable: number;
    /**
     * GPUs of live leases.
     */
    readonly leased: number;
    /**
     * GPUs held for open bids.
     */
    readonly reserved: number;
    /**
     * GPUs that could be bid now.
     */
    readonly available: number;
    /**
     * GPUs that are shared, unhealthy or on nodes that take no pods.
     */
    readonly unsellable: number;
}
/**
 * One GPU model.
 */
export interface GpuInventory {
    /**
     * For example nvidia.
     */
    readonly vendor: string;
    /**
     * For example h100.
     */
    readonly model: string;
    /**
     * For example 80Gi; absent when nodes do not tell.
     */
    readonly ram?: string;
    /**
     * pcie or sxm; absent when nodes do not tell.
     */
    readonly interface?: string;
    /**
     * GPUs that nodes offer.
     */
    readonly allocatable: number;
    /**
     * GPUs of live leases.
     */
    readonly leased: number;
    /**
     * GPUs held for open bids.
     */
    readonly reserved: number;
    /**
     * GPUs that could be bid now.
     */
    readonly available: number;
    /**
     * GPUs that are shared, unhealthy or on nodes that take no pods.
     */
    readonly unsellable: number;
}
/**
 * A stable code and a sentence.
 */
export interface NodeReason {
    /**
     * Stable CamelCase code, see docs/reasons.md.
     */
    readonly code: string;
    /**
     * One sentence for people.
     */
    readonly message: string;
}
/**
 * One node.
 */
export interface NodeInventory {
    /**
     * Name of the node.
     */
    readonly name: string;
    /**
     * Whether replicas can be placed here.
     */
    readonly sellable: boolean;
    /**
     * Allocatable GPUs.
     */
    readonly gpus?: number;
    /**
     * GPU model.
     */
    readonly model?: string;
    /**
     * GPUs of the machine, usable or not.
     */
    readonly gpusPresent?: number;
    /**
     * MIG slices by resource name.
     */
    readonly slices?: {
        /**
         * Allocatable slices.
         */
        readonly [k: string]: number;
    };
    /**
     * GPU driver version, as far as the node tells.
     */
    readonly driver?: string;
    /**
     * Newest CUDA that the driver takes, as far as the node tells.
     */
    readonly cuda?: string;
    /**
     * Why it is not, or not fully, sellable.
     *
     * @maxItems 16
     */
    readonly reasons?: readonly NodeReason[];
}
/**
 * One reason.
 */
export interface UnsellableCount {
    /**
     * Stable CamelCase code, see docs/reasons.md.
     */
    readonly code: string;
    /**
     * Nodes that are not for sale because of it.
     */
    readonly nodes: number;
    /**
     * GPUs that are not for sale because of it.
     */
    readonly gpus: number;
}
/**
 * One proof.
 */
export interface DeviceEvidence {
    /**
     * For example identity, capability or burn-in.
     */
    readonly kind: string;
    /**
     * When it was made.
     */
    readonly at: string;
    /**
     * SHA-256 of the evidence, hex.
     */
    readonly digest: string;
    /**
     * Where it can be had.
     */
    readonly reference: string;
}
/**
 * One GPU.
 */
export interface DeviceInventory {
    /**
     * Name of the node.
     */
    readonly node: string;
    /**
     * The driver's name of it, for example GPU-….
     */
    readonly uuid: string;
    /**
     * Its number on the node.
     */
    readonly index: number;
    /**
     * Only healthy ones are sold; back means well again and in its proving run.
     */
    readonly state: ("healthy" | "suspect" | "draining" | "quarantined" | "back");
    /**
     * When it became so.
     */
    readonly since: string;
    /**
     * When it was last looked at.
     */
    readonly readAt: string;
    /**
     * Stable CamelCase code, see docs/reasons.md.
     */
    readonly reason: string;
    /**
     * One sentence for people.
     */
    readonly message: string;
    /**
     * Whether the device plugin leaves it out of what it offers as well.
     */
    readonly pluginSees: boolean;
    /**
     * What was proved about it, and where the proof lies; for whoever proves things about devices.
     *
     * @maxItems 8
     */
    readonly evidence?: readonly DeviceEvidence[];
}
/**
 * A stable code and a sentence.
 */
export interface StorageReason {
    /**
     * Stable CamelCase code, see docs/reasons.md.
     */
    readonly code: string;
    /**
     * One sentence for people.
     */
    readonly message: string;
}
/**
 * One class.
 */
export interface StorageInventory {
    /**
     * Name of the class.
     */
    readonly name: string;
    /**
     * Free bytes; absent when neither its driver nor the operator tells.
     */
    readonly availableBytes?: string;
    /**
     * Why no volume of it is sold.
     *
     * @maxItems 16
     */
    readonly reasons?: readonly StorageReason[];
}
/**
 * Leases held.
 */
export interface LeaseCounts {
    /**
     * Live leases.
     */
    readonly active: number;
}
/**
 * Orders of the last full listing.
 */
export interface OrderCounts {
    /**
     * Open orders on chain.
     */
    readonly open: number;
    /**
     * Open orders we hold a bid on.
     */
    readonly bid: number;
    /**
     * Open orders we do not bid on.
     */
    readonly skipped: number;
}
/**
 * How long the wallet pays fees at the recent pace.
 */
export interface FeeOutlook {
    /**
     * Fees paid per hour of late, in uakt.
     */
    readonly uaktPerHour: string;
    /**
     * Hours until the wallet holds no more than the reserve.
     */
    readonly hoursLeft?: number;
}
/**
 * What the wallet holds and pays in US dollars; uact is a dollar by protocol, uakt is valued.
 */
export interface Worth {
    /**
     * US dollars for one AKT.
     */
    readonly aktUsd: string;
    /**
     * Fresh: the median of the price sources. Conservative: none is fresh, the configured careful rate.
     */
    readonly rate: ("Fresh" | "Conservative");
    /**
     * Which sources count, or what each of them lacks.
     */
    readonly basis: string;
    /**
     * The wallet.
     */
    readonly walletUsd: string;
    /**
     * What is kept back from bidding.
     */
    readonly reserveUsd: string;
    /**
     * What is locked in open bids.
     */
    readonly depositsUsd: string;
    /**
     * Transaction fees per hour of late.
     */
    readonly feesUsdPerHour?: string;
}
/**
 * The provider as it is.
 */
export interface ComputeProviderStatus {
    /**
     * Generation of the spec that this status describes.
     */
    readonly observedGeneration?: number;
    /**
     * Observations of the latest state. Types: Ready, ChainSynced, InventorySynced, InventoryConsistent, Registered, RecordCurrent, Funded, Granted, Bidding, GatewayReachable.
     *
     * @maxItems 16
     */
    readonly conditions?: readonly Condition[];
    readonly chain?: ChainStatus;
    readonly record?: RecordStatus;
    readonly gpus?: GpuTotals;
    /**
     * GPUs by model.
     *
     * @maxItems 256
     */
    readonly inventory?: readonly GpuInventory[];
    /**
     * What each node contributes.
     *
     * @maxItems 5000
     */
    readonly nodes?: readonly NodeInventory[];
    /**
     * Why what there is cannot be sold; a node with two reasons is in both rows.
     *
     * @maxItems 128
     */
    readonly unsellable?: readonly UnsellableCount[];
    /**
     * GPUs that are not healthy, or about which there is evidence.
     *
     * @maxItems 4096
     */
    readonly devices?: readonly DeviceInventory[];
    /**
     * Persistent storage classes.
     *
     * @maxItems 256
     */
    readonly storage?: readonly StorageInventory[];
    /**
     * Addresses that can still be leased.
     */
    readonly leasedIpsAvailable?: number;
    /**
     * The wallet's coins with their denominations, for example 123uakt.
     *
     * @maxItems 64
     *
     * Items: Amount with denomination.
     */
    readonly balances?: readonly string[];
    readonly leases?: LeaseCounts;
    readonly orders?: OrderCounts;
    /**
     * Open orders not bid on, by reason code.
     */
    readonly skippedByReason?: {
        /**
         * Orders.
         */
        readonly [k: string]: number;
    };
    readonly fees?: FeeOutlook;
    readonly worth?: Worth;
    /**
     * Earned since midnight UTC, in uact.
     */
    readonly earnedTodayUact?: string;
    /**
     * When this status was computed.
     */
    readonly updatedAt?: string;
}
/**
 * A provider account on the Akash marketplace and the terms on which this cluster is offered.
 */
export interface ComputeProvider {
    readonly apiVersion: "berth.dev/v1alpha1";
    readonly kind: "ComputeProvider";
    readonly metadata: ObjectMeta;
    readonly spec: ComputeProviderSpec;
    readonly status?: ComputeProviderStatus;
}
/**
 * A kind of GPU.
 */
export interface GpuSelector {
    /**
     * For example nvidia, or * for any. Default: "nvidia".
     */
    readonly vendor: string;
    /**
     * For example h100, or * for every other model.
     */
    readonly model: string;
    /**
     * For example 80Gi, or * for any. Default: "*".
     */
    readonly ram: string;
    /**
     * Or * for any. Default: "*".
     */
    readonly interface: ("*" | "pcie" | "sxm");
}
/**
 * One attribute.
 */
export interface RequiredAttribute {
    /**
     * Key.
     */
    readonly key: string;
    /**
     * Value.
     */
    readonly value: string;
}
/**
 * Which orders the book may price; absent for every order. Every part that is there has to hold.
 */
export interface PolicySelector {
    /**
     * Orders that get a GPU of one of these kinds.
     *
     * @minItems 1
     * @maxItems 64
     */
    readonly gpus?: readonly GpuSelector[];
    /**
     * Orders of these tenants.
     *
     * @minItems 1
     * @maxItems 256
     *
     * Items: Tenant.
     */
    readonly tenants?: readonly string[];
    /**
     * Orders that require all of these attributes of their provider.
     *
     * @minItems 1
     * @maxItems 64
     */
    readonly attributes?: readonly RequiredAttribute[];
}
/**
 * The price of one GPU of a model. The most exact match counts.
 */
export interface GpuRate {
    /**
     * For example nvidia, or * for any. Default: "nvidia".
     */
    readonly vendor: string;
    /**
     * For example h100, or * for every other model.
     */
    readonly model: string;
    /**
     * For example 80Gi, or * for any. Default: "*".
     */
    readonly ram: string;
    /**
     * Or * for any. Default: "*".
     */
    readonly interface: ("*" | "pcie" | "sxm");
    /**
     * US dollars per GPU and hour.
     */
    readonly usdPerHour: string;
}
/**
 * US dollars per hour.
 */
export interface Rates {
    /**
     * Per vCPU (1000 milli-CPU). Default: "0".
     */
    readonly cpuUsdPerHour: string;
    /**
     * Per GiB of memory. Default: "0".
     */
    readonly memoryGibUsdPerHour: string;
    /**
     * Per GiB of storage by class: `ephemeral`, or a persistent class such as beta2 or beta3. An order for a class without a rate is not bid on.
     */
    readonly storageGibUsdPerHour?: {
        /**
         * Per GiB.
         */
        readonly [k: string]: string;
    };
    /**
     * Per endpoint on a shared address. Default: "0".
     */
    readonly endpointUsdPerHour: string;
    /**
     * Per leased IP address. Default: "0".
     */
    readonly leasedIpUsdPerHour: string;
    /**
     * Per GPU, by model. A model without a rate is not bid on.
     *
     * @maxItems 64
     */
    readonly gpus: readonly GpuRate[];
}
/**
 * The price of one GPU of a model.
 */
export interface MonthlyGpuRate {
    /**
     * For example nvidia, or * for any. Default: "nvidia".
     */
    readonly vendor: string;
    /**
     * For example h100, or * for every other model.
     */
    readonly model: string;
    /**
     * For example 80Gi, or * for any. Default: "*".
     */
    readonly ram: string;
    /**
     * Or * for any. Default: "*".
     */
    readonly interface: ("*" | "pcie" | "sxm");
    /**
     * US dollars per GPU and month.
     */
    readonly usdPerMonth: string;
}
/**
 * US dollars per month, beside the hourly rates; a resource may have a rate in one of the two.
 */
export interface MonthlyRates {
    /**
     * Per vCPU (1000 milli-CPU).
     */
    readonly cpuUsdPerMonth?: string;
    /**
     * Per GiB of memory.
     */
    readonly memoryGibUsdPerMonth?: string;
    /**
     * Per GiB of storage by class.
     */
    readonly storageGibUsdPerMonth?: {
        /**
         * Per GiB.
         */
        readonly [k: string]: string;
    };
    /**
     * Per endpoint on a shared address.
     */
    readonly endpointUsdPerMonth?: string;
    /**
     * Per leased IP address.
     */
    readonly leasedIpUsdPerMonth?: string;
    /**
     * Per GPU, by model.
     *
     * @maxItems 64
     */
    readonly gpus?: readonly MonthlyGpuRate[];
}
/**
 * Straight lines join the points; outside them the curve is level.
 */
export interface CurvePoint {
    /**
     * Of the resource in use.
     */
    readonly percent: number;
    /**
     * Above 0, and never less than at a lower percent.
     */
    readonly multiplier: string;
}
/**
 * Multiplies prices by how much of a resource is in use.
 */
export interface UtilisationCurves {
    /**
     * GPUs, by the share of their own model that is in use.
     *
     * @minItems 1
     * @maxItems 32
     */
    readonly gpuModel?: readonly CurvePoint[];
    /**
     * GPUs, by the share of all GPUs in use.
     *
     * @minItems 1
     * @maxItems 32
     */
    readonly gpu?: readonly CurvePoint[];
    /**
     * vCPU, by the share of all CPUs in use.
     *
     * @minItems 1
     * @maxItems 32
     */
    readonly cpu?: readonly CurvePoint[];
    /**
     * Memory, by the share of all memory in use.
     *
     * @minItems 1
     * @maxItems 32
     */
    readonly memory?: readonly CurvePoint[];
}
/**
 * Multiplies every price while the wall clock is within it.
 */
export interface TimeWindow {
    /**
     * For explanations, for example night.
     */
    readonly name: string;
    /**
     * IANA name, for example Europe/Berlin.
     */
    readonly timeZone: string;
    /**
     * On which it begins; absent for every day.
     *
     * @minItems 1
     * @maxItems 7
     *
     * Items: Day.
     */
    readonly days?: readonly ("Sun" | "Mon" | "Tue" | "Wed" | "Thu" | "Fri" | "Sat")[];
    /**
     * First minute, for example 22:00.
     */
    readonly from: string;
    /**
     * Minute after the last; at or before `from` it is on the next day.
     */
    readonly to: string;
    /**
     * Above 0.
     */
    readonly multiplier: string;
}
/**
 * One step.
 */
export interface ScarcityStep {
    /**
     * Holds while at most so many wholly free nodes are left.
     */
    readonly wholeNodesLeft: number;
    /**
     * At least 1, and never more than with fewer nodes left.
     */
    readonly multiplier: string;
}
/**
 * What an order for less than a node pays for each GPU when it has to break one of the last whole nodes of a model, up to the price of the whole node.
 */
export interface Scarcity {
    /**
     * Nodes of at least so many GPUs are kept whole.
     */
    readonly nodeGpus: number;
    /**
     * By how many are left.
     *
     * @minItems 1
     * @maxItems 16
     */
    readonly steps: readonly ScarcityStep[];
}
/**
 * One GPU with its share of the node.
 */
export interface GpuCost {
    /**
     * For example nvidia, or * for any. Default: "nvidia".
     */
    readonly vendor: string;
    /**
     * For example h100, or * for every other model.
     */
    readonly model: string;
    /**
     * For example 80Gi, or * for any. Default: "*".
     */
    readonly ram: string;
    /**
     * Or * for any. Default: "*".
     */
    readonly interface: ("*" | "pcie" | "sxm");
    /**
     * Drawn under load, in watts.
     */
    readonly watts: string;
    /**
     * Bought for; 0 when it is paid off.
     */
    readonly capexUsd: string;
    /**
     * Over which it is written off.
     */
    readonly lifeMonths: number;
}
/**
 * What GPUs cost their owner; no GPU is ever priced under it.
 */
export interface Costs {
    /**
     * Price of electricity.
     */
    readonly usdPerKwh: string;
    /**
     * Power of the site over power of the machines (PUE); absent for 1.
     */
    readonly siteOverhead?: string;
    /**
     * Per GPU, by model; a model that is not listed has no floor.
     *
     * @maxItems 64
     */
    readonly gpus: readonly GpuCost[];
}
/**
 * One tenant who pays less.
 */
export interface TenantDiscount {
    /**
     * Tenant.
     */
    readonly tenant: string;
    /**
     * Off every price, 0 to 100.
     */
    readonly percent: string;
}
/**
 * Who may buy.
 */
export interface TenantRules {
    /**
     * Only these tenants, when not empty.
     *
     * @maxItems 256
     *
     * Items: Tenant.
     */
    readonly allow: readonly string[];
    /**
     * Never these tenants.
     *
     * @maxItems 256
     *
     * Items: Tenant.
     */
    readonly deny: readonly string[];
    /**
     * Tenants who pay less; no floor is broken by it.
     *
     * @maxItems 256
     */
    readonly discounts?: readonly TenantDiscount[];
}
/**
 * The price book.
 */
export interface PricingPolicySpec {
    /**
     * Denomination of bids. Default: "uact".
     */
    readonly denom: "uact";
    /**
     * Block time used for conversion; absent to measure it.
     */
    readonly blockTimeMs?: number;
    /**
     * Of the books that apply to an order the one with the highest priority prices it; of equals the first by name.
     */
    readonly priority?: number;
    readonly appliesTo?: PolicySelector;
    readonly rates: Rates;
    readonly monthlyRates?: MonthlyRates;
    /**
     * Hours of a month in monthly rates; absent for 730.
     */
    readonly hoursPerMonth?: string;
    /**
     * Whether endpoints and leased addresses count once per lease (the default) or once per replica, as price scripts count.
     */
    readonly countEndpoints?: ("lease" | "replica");
    readonly utilisation?: UtilisationCurves;
    /**
     * Multiplies every price by wall clock; the first that holds counts.
     *
     * @maxItems 32
     */
    readonly timeWindows?: readonly TimeWindow[];
    readonly scarcity?: Scarcity;
    readonly costs?: Costs;
    /**
     * A CEL expression that has the last word on the price, floors and ceiling aside; it yields a Decimal, US dollars per hour.
     */
    readonly expression?: string;
    /**
     * Decimal places of a price per block; absent for 6.
     */
    readonly places?: number;
    /**
     * How a price per block is rounded; absent for up.
     */
    readonly rounding?: ("up" | "nearest");
    /**
     * Least price of a whole order; a lower result is raised to it.
     */
    readonly floorUsdPerHour?: string;
    /**
     * Most a whole order may cost; a dearer order is not bid on.
     */
    readonly ceilingUsdPerHour?: string;
    /**
     * Least price of a whole order per block, in uact.
     */
    readonly minimumUactPerBlock?: string;
    readonly tenants: TenantRules;
}
/**
 * Whether the price book is in use.
 */
export interface PricingPolicyStatus {
    /**
     * Generation of the spec that this status describes.
     */
    readonly observedGeneration?: number;
    /**
     * Observations of the latest state. Types: Ready.
     *
     * @maxItems 16
     */
    readonly conditions?: readonly Condition[];
    /**
     * The cheapest GPU rate.
     */
    readonly gpuFloorUsdPerHour?: string;
}
/**
 * What the cluster costs, in US dollars per hour.
 */
export interface PricingPolicy {
    readonly apiVersion: "berth.dev/v1alpha1";
    readonly kind: "PricingPolicy";
    readonly metadata: ObjectMeta;
    readonly spec: PricingPolicySpec;
    readonly status?: PricingPolicyStatus;
}
/**
 * Identifier of an order on chain.
 */
export interface OrderRef {
    /**
     * The tenant's address.
     */
    readonly owner: string;
    /**
     * Deployment sequence, a uint64 as a decimal string.
     */
    readonly dseq: string;
    /**
     * Group sequence.
     */
    readonly gseq: number;
    /**
     * Order sequence.
     */
    readonly oseq: number;
}
/**
 * A price per block.
 */
export interface Price {
    /**
     * Denomination, for example uact.
     */
    readonly denom: string;
    /**
     * Amount per block, a decimal with at most 18 places.
     */
    readonly amount: string;
}
/**
 * What is offered in all, for people.
 */
export interface BidResources {
    /**
     * GPUs of all replicas.
     */
    readonly gpus: number;
    /**
     * CPU of all replicas as a Kubernetes quantity, for example 16.
     */
    readonly cpu: string;
    /**
     * Memory of all replicas as a Kubernetes quantity, for example 64Gi.
     */
    readonly memory: string;
}
/**
 * One replica of one resource unit on one node.
 */
export interface Placement {
    /**
     * Number of the resource unit within its group.
     */
    readonly unitId: number;
    /**
     * Name of the service, once a manifest tells it.
     */
    readonly service?: string;
    /**
     * Index of the replica, from 0.
     */
    readonly replica: number;
    /**
     * Name of the node.
     */
    readonly node: string;
    /**
     * GPUs of this replica.
     */
    readonly gpus: number;
    /**
     * GPU model of the node, for example h100; absent without GPUs.
     */
    readonly model?: string;
    /**
     * What the pod asks for where that is not nvidia.com/gpu, for example nvidia.com/mig-1g.10gb.
     */
    readonly resource?: string;
}
/**
 * The bid as it was decided; it never changes.
 */
export interface BidSpec {
    readonly orderId: OrderRef;
    /**
     * The order path owner/dseq/gseq/oseq, for people and columns.
     */
    readonly order: string;
    /**
     * The provider's address.
     */
    readonly provider: string;
    readonly price: Price;
    /**
     * The price in US dollars per hour when the bid was made.
     */
    readonly usdPerHour: string;
    readonly resources: BidResources;
    /**
     * Where each replica was placed when the bid was made.
     *
     * @maxItems 5000
     */
    readonly placement: readonly Placement[];
    /**
     * The placement policy that chose the nodes (spec.bidding.placement).
     */
    readonly placedBy?: string;
    /**
     * Timestamp after which the transaction is invalid, Unix nanoseconds.
     */
    readonly timeoutNs: string;
    /**
     * Name of the ConfigMap that held the intent.
     */
    readonly intent?: string;
}
/**
 * What became of it.
 */
export interface BidStatus {
    /**
     * Generation of the spec that this status describes.
     */
    readonly observedGeneration?: number;
    /**
     * Observations of the latest state. Types: Ready.
     *
     * @maxItems 16
     */
    readonly conditions?: readonly Condition[];
    readonly state: BidState;
    /**
     * Stable CamelCase code, see docs/reasons.md.
     */
    readonly reason?: string;
    /**
     * One sentence for people.
     */
    readonly message?: string;
    /**
     * Hash of the transaction, upper-case hex.
     */
    readonly txHash?: string;
    /**
     * Height of the block that holds it.
     */
    readonly height?: string;
    readonly winningPrice?: Price;
    /**
     * When the chain was last asked.
     */
    readonly observedAt?: string;
}
/**
 * An order that a bid is or was held on.
 */
export interface Bid {
    readonly apiVersion: "berth.dev/v1alpha1";
    readonly kind: "Bid";
    readonly metadata: ObjectMeta;
    readonly spec: BidSpec;
    readonly status?: BidStatus;
}
/**
 * Identifier of a lease on chain.
 */
export interface LeaseRef {
    /**
     * The tenant's address.
     */
    readonly owner: string;
    /**
     * Deployment sequence, a uint64 as a decimal string.
     */
    readonly dseq: string;
    /**
     * Group sequence.
     */
    readonly gseq: number;
    /**
     * Order sequence.
     */
    readonly oseq: number;
    /**
     * The provider's address.
     */
    readonly provider: string;
}
/**
 * The tenant's manifest.
 */
export interface ManifestRef {
    /**
     * Hex SHA-256.
     */
    readonly hash: string;
    /**
     * Secret in the operator's namespace.
     */
    readonly secretName: string;
}
/**
 * The lease as the chain holds it, and what is to run for it.
 */
export interface ComputeLeaseSpec {
    readonly leaseId: LeaseRef;
    readonly price: Price;
    /**
     * The price in US dollars per hour when the lease was made.
     */
    readonly usdPerHour: string;
    /**
     * GPUs of all replicas.
     */
    readonly gpus: number;
    /**
     * GPU models placed, comma-separated; empty without GPUs.
     */
    readonly gpuModel: string;
    /**
     * Namespace of the workload.
     */
    readonly namespace: string;
    /**
     * Where each replica was placed when the bid was made.
     *
     * @maxItems 5000
     */
    readonly placement: readonly Placement[];
    /**
     * Height at which the lease was made.
     */
    readonly createdAtHeight: string;
    readonly manifest?: ManifestRef;
}
/**
 * One service of the manifest.
 */
export interface LeaseServiceStatus {
    /**
     * Name of the service.
     */
    readonly name: string;
    /**
     * Replicas that are ready.
     */
    readonly ready: number;
    /**
     * Replicas wanted.
     */
    readonly total: number;
    /**
     * Hostnames that lead to it.
     *
     * @maxItems 256
     *
     * Items: Hostname.
     */
    readonly uris: readonly string[];
    /**
     * Why replicas are not ready.
     */
    readonly message?: string;
    /**
     * How a container or pod of it ended last before it was started again or replaced, and when.
     */
    readonly lastEnding?: string;
    /**
     * Devices under its containers that the device plugin reports ill.
     *
     * @maxItems 256
     *
     * Items: Name of the device, for example a UUID.
     */
    readonly illDevices?: readonly string[];
}
/**
 * One forwarded port or leased address.
 */
export interface LeaseEndpoint {
    /**
     * Name of the service.
     */
    readonly service: string;
    /**
     * Transport.
     */
    readonly protocol: ("TCP" | "UDP");
    /**
     * The service's own port.
     */
    readonly port: number;
    /**
     * The port outside.
     */
    readonly externalPort: number;
    /**
     * Hostname or IP address outside.
     */
    readonly host: string;
}
/**
 * How long the tenant has paid for.
 */
export interface EscrowStatus {
    /**
     * Left in the deployment's escrow at the last look, in uact.
     */
    readonly balanceUact: string;
    /**
     * Left in uakt, which pays only while the chain has minting of uact halted.
     */
    readonly fallbackUakt?: string;
    /**
     * First height that it cannot pay in full, at the present rates of all leases on it.
     */
    readonly runOutHeight?: string;
    /**
     * Estimate of the time of that height.
     */
    readonly runOutAt?: string;
}
/**
 * The last one that succeeded.
 */
export interface Withdrawal {
    /**
     * Height of its block.
     */
    readonly height: string;
    /**
     * Hash of its transaction, upper-case hex.
     */
    readonly txHash: string;
}
/**
 * What runs and what it earned.
 */
export interface ComputeLeaseStatus {
    /**
     * Generation of the spec that this status describes.
     */
    readonly observedGeneration?: number;
    readonly phase: LeasePhase;
    /**
     * Observations of the latest state. Types: Ready, ManifestReceived, Deployed, Healthy, GpusHealthy, Funded, FundsLow, Reclaiming.
     *
     * @maxItems 16
     */
    readonly conditions?: readonly Condition[];
    /**
     * What runs, by service.
     *
     * @maxItems 256
     */
    readonly services?: readonly LeaseServiceStatus[];
    /**
     * Ports reachable from outside beside HTTP hostnames.
     *
     * @maxItems 1024
     */
    readonly endpoints?: readonly LeaseEndpoint[];
    readonly escrow?: EscrowStatus;
    /**
     * Earned so far, withdrawn or not, in uact.
     */
    readonly earnedUact?: string;
    /**
     * Withdrawn so far, in uact.
     */
    readonly withdrawnUact?: string;
    readonly lastWithdrawal?: Withdrawal;
    /**
     * Why the lease ended, in the words of the chain or of docs/reasons.md.
     */
    readonly closeReason?: string;
}
/**
 * A lease on the Akash marketplace; named after the namespace of its workload.
 */
export interface ComputeLease {
    readonly apiVersion: "berth.dev/v1alpha1";
    readonly kind: "ComputeLease";
    readonly metadata: ObjectMeta;
    readonly spec: ComputeLeaseSpec;
    readonly status?: ComputeLeaseStatus;
}
