/** Addresses of module accounts: bech32 of the first 20 bytes of SHA-256 over the module's name, as the Cosmos SDK derives them. */
import { toBech32 } from '@cosmjs/encoding';
import { sha256 } from '@cosmjs/crypto';

/** Human-readable part of every address on this chain. */
export const ADDRESS_PREFIX = 'akash';

const known = new Map<string, string>();

/** The account of module `name`, for example `escrow` or `fee_collector`. */
export const moduleAddress = (name: string): string => {
  let address = known.get(name);
  if (address === undefined) {
    address = toBech32(ADDRESS_PREFIX, sha256(new TextEncoder().encode(name)).slice(0, 20));
    known.set(name, address);
  }
  return address;
};
