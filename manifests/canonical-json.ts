/**
 * The JSON text that a manifest's hash is taken of: object keys sorted, no white space, and the escaping of Go's
 * encoding/json, which differs from JSON.stringify only in `<`, `>`, `&`, U+2028, U+2029 and broken surrogates
 * (provider-wire 5.1).
 */

const GO_ESCAPES = /[<>&\u2028\u2029]/g;
// A surrogate without its partner: Go reads it as U+FFFD.
const LONE_SURROGATE = /\p{Surrogate}/gu;

const escape = (character: string): string =>
  `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;

const quote = (text: string): string =>
  JSON.stringify(text.replace(LONE_SURROGATE, '\ufffd')).replace(GO_ESCAPES, escape);

/** Go sorts keys by their UTF-8 bytes, which is the order of code points, not that of UTF-16 units. */
const byCodePoint = (a: string, b: string): number => {
  const left = Array.from(a, (c) => c.codePointAt(0) ?? 0);
  const right = Array.from(b, (c) => c.codePointAt(0) ?? 0);
  const at = left.findIndex((point, i) => point !== right[i]);
  return at === -1 ? left.length - right.length : (left[at] ?? 0) - (right[at] ?? -1);
};

/**
 * The canonical text of a plain JSON value; members that are `undefined` are left out. Recursion is as deep as the
 * value: bound its depth first (json-limits.ts).
 * @throws TypeError for what JSON cannot hold
 */
export const canonicalJson = (value: unknown): string => {
  if (value === null) return 'null';
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  switch (typeof value) {
    case 'string':
      return quote(value);
    case 'number':
    case 'boolean':
      return JSON.stringify(value);
    case 'object': {
      const members = Object.entries(value)
        .filter(([, member]) => member !== undefined)
        .sort(([a], [b]) => byCodePoint(a, b))
        .map(([key, member]) => `${quote(key)}:${canonicalJson(member)}`);
      return `{${members.join(',')}}`;
    }
    default:
      throw new TypeError(`JSON cannot hold a ${typeof value}`);
  }
};
