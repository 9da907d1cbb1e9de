/**
 * The manifest a tenant PUTs, as it stands on the wire (provider-wire 5.1): field names, nulls and number forms are those
 * of the Akash provider's structs, so that {@link canonicalJson} of a parsed manifest is what that provider would hash.
 */
import type { Attribute } from '../market/attributes.js';
import type { Reason } from '../market/reasons.js';
import { exceededJsonLimit } from './json-limits.js';
import { describeIssues } from './manifest-issues.js';
import { manifestSchema } from './manifest-schema.js';

/** A quantity as decimal text: milli-CPU, bytes or devices by context; at most an int64. */
export interface Quantity {
  readonly val: string;
}

/** A countable resource: milli-CPU or GPUs. */
export interface ManifestUnits {
  readonly units: Quantity;
  readonly attributes?: readonly Attribute[] | undefined;
}

/** One volume of a service's resources. */
export interface ManifestStorage {
  readonly name: string;
  readonly size: Quantity;
  readonly attributes?: readonly Attribute[] | undefined;
}

/** The resources of one replica; `id` names the unit of the on-chain group. */
export interface ManifestResources {
  readonly id: number;
  readonly cpu?: ManifestUnits | undefined;
  readonly memory?:
    { readonly size: Quantity; readonly attributes?: readonly Attribute[] | undefined } | undefined;
  readonly storage?: readonly ManifestStorage[] | undefined;
  readonly gpu?: ManifestUnits | undefined;
  /** `kind` is 0 (shared HTTP, left out), 1 (random port) or 2 (leased IP). */
  readonly endpoints?:
    | readonly { readonly kind?: number | undefined; readonly sequence_number: number }[]
    | null
    | undefined;
}

/** What a tenant may tune of the ingress in front of a service: sizes in bytes, times in milliseconds. */
export interface ManifestHttpOptions {
  readonly maxBodySize: number;
  readonly readTimeout: number;
  readonly sendTimeout: number;
  readonly nextTries: number;
  readonly nextTimeout: number;
  readonly nextCases?: readonly string[] | undefined;
  readonly proxyBufferSize?: number | undefined;
}

/** One port of a service, to the world (`global`) or to another service. `externalPort` 0 means `port`. */
export interface ManifestExpose {
  readonly port: number;
  readonly externalPort: number;
  readonly proto: string;
  readonly service: string;
  readonly global: boolean;
  readonly hosts: readonly string[] | null;
  readonly httpOptions: ManifestHttpOptions;
  /** Name of the leased IP, empty for none. */
  readonly ip: string;
  readonly endpointSequenceNumber: number;
}

/** How a tenant's images are pulled. */
export interface ManifestCredentials {
  readonly host: string;
  readonly email: string;
  readonly username: string;
  readonly password: string;
}

/** Where volumes are mounted, and what the service may read of its own deployment. */
export interface ManifestParams {
  readonly storage: readonly { name: string; mount: string; readOnly: boolean }[] | null;
  readonly credentials?: ManifestCredentials | undefined;
  readonly permissions?: { readonly read?: readonly string[] | undefined } | undefined;
  readonly tee?: { readonly type: string; readonly attestation: boolean } | undefined;
}

/** One container image with its replicas. */
export interface ManifestService {
  readonly name: string;
  readonly image: string;
  readonly command: readonly string[] | null;
  readonly args: readonly string[] | null;
  readonly env: readonly string[] | null;
  readonly resources: ManifestResources;
  readonly count: number;
  readonly expose: readonly ManifestExpose[] | null;
  readonly params?: ManifestParams | undefined;
  readonly credentials: ManifestCredentials | null;
}

/** The services of one placement group, which one provider runs under one lease. */
export interface ManifestGroup {
  readonly name: string;
  readonly services: readonly ManifestService[] | null;
}

/** Every group of a deployment. */
export type Manifest = readonly ManifestGroup[];

/** What {@link parseManifest} found. */
export type ParsedManifest =
  | {
      readonly ok: true;
      /** Known fields only, with the zero values of those that were missing. */
      readonly manifest: Manifest;
      /** The JSON value as received, unknown fields included: what most tenants hash. */
      readonly received: unknown;
    }
  | { readonly ok: false; readonly reasons: readonly Reason[] };

/**
 * Reads the body of a manifest PUT. Size, depth and number of nodes are bounded before anything is parsed. Reasons have
 * codes ManifestTooLarge, ManifestTooDeep, ManifestTooManyNodes, ManifestNotJson and ManifestFieldInvalid; the last names
 * the field, for example `manifest[0].services[1].count`.
 */
export const parseManifest = (bytes: Uint8Array): ParsedManifest => {
  const exceeded = exceededJsonLimit(bytes);
  if (exceeded !== undefined) return { ok: false, reasons: [exceeded] };
  let received: unknown;
  try {
    received = JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    const message = `the manifest is not JSON in UTF-8: ${why}`;
    return { ok: false, reasons: [{ code: 'ManifestNotJson', message }] };
  }
  const result = manifestSchema.safeParse(received);
  return result.success
    ? { ok: true, manifest: result.data, received }
    : { ok: false, reasons: describeIssues(result.error.issues) };
};

/** The group that a lease runs: manifests and on-chain groups share their names. */
export const manifestGroup = (manifest: Manifest, name: string): ManifestGroup | undefined =>
  manifest.find((group) => group.name === name);
