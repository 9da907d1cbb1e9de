/** What the checks look at: plain data, gathered at one moment. A part that could not be read says why. */
import type { PricingPolicy } from '../../../bidengine/pricing-policy.js';
import type { InventorySnapshot } from '../../../bidengine/snapshot.js';
import type { ComputeProvider } from '../../../crds/generated/types.js';
import type { KubeObject } from '../../../crds/object.js';
import type { CoordinationLease, Deployment, Node } from '../../../kube/core-objects.js';
import type { Coin } from '../../../market/money.js';
import type { Certificate, MarketParams, Provider } from '../../../market/records.js';
import type { ConnectResult } from '../vantage/protocol.js';

export type Known<T> =
  { readonly known: true; readonly value: T } | { readonly known: false; readonly why: string };

export const known = <T>(value: T): Known<T> => ({ known: true, value });
export const unknown = (why: string): Known<never> => ({ known: false, why });

/** A price book, or why it is none. */
export interface PriceBook {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly policy: PricingPolicy | undefined;
  /** The fault with its field. */
  readonly fault: string | undefined;
}

/** A definition of a kind of ours as the API server has it. */
export interface InstalledCrd {
  readonly name: string;
  /** Served and stored versions with the paths of their fields below spec and status. */
  readonly versions: readonly { readonly name: string; readonly fields: ReadonlySet<string> }[];
}

export interface StorageClassFact {
  readonly name: string;
  readonly isDefault: boolean;
  /** Free bytes by its driver's word, `undefined` when it does not tell. */
  readonly availableBytes: bigint | undefined;
}

/** One look at one chain endpoint. */
export interface EndpointLook {
  /** Host and port. */
  readonly label: string;
  /** `undefined` when it did not answer. */
  readonly answer:
    | {
        readonly chainId: string;
        readonly height: bigint;
        /** Block time, Unix milliseconds. */
        readonly timeMs: number;
        readonly catchingUp: boolean;
        readonly latencyMs: number;
      }
    | undefined;
}

/** The gateway's certificate Secret, opened. */
export interface StoredCertificate {
  readonly secret: string;
  /** Decimal. */
  readonly serial: string;
  readonly notAfterMs: number;
  readonly hosts: readonly string[];
  readonly keyMatches: boolean;
}

export type CertificateInCluster =
  | { readonly state: 'missing'; readonly secret: string }
  | { readonly state: 'unreadable'; readonly secret: string; readonly why: string }
  | ({ readonly state: 'there' } & StoredCertificate);

/** What a name resolves to; empty when it does not. */
export interface ResolvedName {
  readonly name: string;
  readonly addresses: readonly string[];
}

/** A right of a service account that the API server denies. */
export interface DeniedRight {
  /** `system:serviceaccount:namespace:name` */
  readonly user: string;
  /** `get secrets in berth-system` */
  readonly right: string;
}

/** How the installation is laid out. */
export interface Installation {
  /** Manifests, intents, the leader-election Lease, the gateway's certificate. */
  readonly stateNamespace: string;
  readonly operatorNamespace: string;
  readonly certificateSecret: string;
  /** Labels that nodes for sale must bear. */
  readonly nodeSelector: Readonly<Record<string, string>>;
  /** Of one gas unit, for example `0.025uakt`. */
  readonly gasPrice: string;
  readonly dnsPods: PodPeer;
  readonly ingressPods: PodPeer;
}

export interface PodPeer {
  readonly namespaceLabels: Readonly<Record<string, string>>;
  readonly podLabels: Readonly<Record<string, string>>;
}

export interface DoctorFacts {
  /** This machine's clock, Unix milliseconds. */
  readonly nowMs: number;
  readonly providerName: string;
  readonly provider: Known<ComputeProvider | undefined>;
  readonly installation: Installation;
  readonly crds: Known<readonly InstalledCrd[]>;
  readonly nodes: Known<readonly Node[]>;
  /** Counted by the bid engine, no reservations taken off. */
  readonly snapshot: Known<InventorySnapshot>;
  /** Names. */
  readonly runtimeClasses: Known<readonly string[]>;
  readonly ingressClasses: Known<readonly string[]>;
  readonly storageClasses: Known<readonly StorageClassFact[]>;
  /** Ready pods of the cluster's DNS. */
  readonly dnsPodsReady: Known<number>;
  readonly host: Known<ResolvedName>;
  /** A name under the ingress domain that nobody has made. */
  readonly wildcard: Known<ResolvedName>;
  /** Where the ingress is; `stated` when the operator said so. */
  readonly ingressAddresses: Known<{
    readonly addresses: readonly string[];
    readonly stated: boolean;
  }>;
  readonly ports: Known<readonly (ConnectResult & { readonly host: string })[]>;
  /** The API server's clock less this machine's, milliseconds. */
  readonly apiServerAheadMs: Known<number>;
  /** Each node's newest heartbeat, by the node's own clock, Unix milliseconds. */
  readonly heartbeats: Known<readonly { readonly node: string; readonly atMs: number }[]>;
  readonly endpoints: Known<readonly EndpointLook[]>;
  readonly balances: Known<readonly Coin[]>;
  readonly record: Known<Provider | undefined>;
  readonly marketParams: Known<MarketParams>;
  readonly certificate: Known<CertificateInCluster>;
  /** Those of the provider's account, on chain. */
  readonly published: Known<readonly Pick<Certificate, 'serial' | 'state'>[]>;
  readonly deniedRights: Known<readonly DeniedRight[]>;
  /** Names of admission policies with a binding. */
  readonly admissionPolicies: Known<readonly string[]>;
  readonly priceBooks: Known<readonly PriceBook[]>;
  readonly deployments: Known<readonly (Deployment & KubeObject)[]>;
  readonly leaderLease: Known<CoordinationLease | undefined>;
}
