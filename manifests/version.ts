/** A manifest's version: the hash that the tenant put on chain when creating or updating the deployment. */
import type { Reason } from '../market/reasons.js';
import { canonicalJson } from './canonical-json.js';
import { sha256, toHex } from './digest.js';
import type { ParsedManifest } from './manifest.js';

/** SHA-256 of the canonical JSON of a manifest or of any JSON value, 32 bytes. */
export const manifestVersion = (value: unknown): Uint8Array => sha256(canonicalJson(value));

/** A manifest that could be parsed. */
export type AcceptedManifest = Extract<ParsedManifest, { ok: true }>;

/**
 * Whether the tenant sent the manifest whose hash is on chain. Two hashes are tried, because clients differ: that of the
 * JSON exactly as received, and that of the fields we know, which is what the Akash provider compares.
 * @param onChain the deployment's hash, 32 bytes
 * @returns `undefined` when either is equal, else reason ManifestVersionMismatch
 */
export const checkManifestVersion = (
  parsed: AcceptedManifest,
  onChain: Uint8Array,
): Reason | undefined => {
  const want = toHex(onChain);
  const received = toHex(manifestVersion(parsed.received));
  if (received === want) return undefined;
  const known = toHex(manifestVersion(parsed.manifest));
  if (known === want) return undefined;
  return {
    code: 'ManifestVersionMismatch',
    message: `the manifest's hash is ${received}, the deployment on chain says ${want}: send the manifest of the deployment's last create or update transaction, or update the deployment first`,
    field: 'manifest',
  };
};
