/** Bounds on JSON text, checked by one cheap pass over the bytes before anything is parsed or hashed. */
import type { Reason } from '../market/reasons.js';

/** How large and how nested a manifest may be. */
export interface JsonLimits {
  /** Bytes of the text. */
  readonly maxBytes: number;
  /** Objects and arrays inside one another. */
  readonly maxDepth: number;
  /** Objects, arrays, members and elements together. */
  readonly maxNodes: number;
}

/** The largest real manifests have some hundred services of some hundred nodes each. */
export const MANIFEST_LIMITS: JsonLimits = {
  maxBytes: 1024 * 1024,
  maxDepth: 32,
  maxNodes: 100_000,
};

const QUOTE = 0x22;
const COMMA = 0x2c;
const OPEN_BRACKET = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

/** Index of the quote that ends the string which begins at `start`, or the length when none does. */
const endOfString = (bytes: Uint8Array, start: number): number => {
  let i = start + 1;
  while (i < bytes.length && bytes[i] !== QUOTE) i += bytes[i] === BACKSLASH ? 2 : 1;
  return i;
};

/** The first bound that `bytes` breaks, or `undefined`. Does not say whether the text is JSON. */
export const exceededJsonLimit = (
  bytes: Uint8Array,
  limits: JsonLimits = MANIFEST_LIMITS,
): Reason | undefined => {
  if (bytes.length > limits.maxBytes) {
    return {
      code: 'ManifestTooLarge',
      message: `the manifest is ${bytes.length} bytes long, more than the ${limits.maxBytes} allowed`,
    };
  }
  let depth = 0;
  let nodes = 0;
  for (let i = 0; i < bytes.length; i += 1) {
    const byte = bytes[i];
    if (byte === QUOTE) i = endOfString(bytes, i);
    else if (byte === COMMA) nodes += 1;
    else if (byte === CLOSE_BRACKET || byte === CLOSE_BRACE) depth -= 1;
    else if (byte === OPEN_BRACKET || byte === OPEN_BRACE) {
      depth += 1;
      nodes += 1;
    }
    if (depth > limits.maxDepth) {
      return {
        code: 'ManifestTooDeep',
        message: `the manifest nests objects and lists more than ${limits.maxDepth} levels deep`,
      };
    }
    if (nodes > limits.maxNodes) {
      return {
        code: 'ManifestTooManyNodes',
        message: `the manifest has more than ${limits.maxNodes} members and elements`,
      };
    }
  }
  return undefined;
};
