/** Which key a connection counts under. */

const groupsOf = (half: string): readonly string[] => (half === '' ? [] : half.split(':'));

/**
 * The key of a peer's address for limits: an IPv4 address itself (also when it is written as `::ffff:1.2.3.4`), and the
 * first 64 bits of an IPv6 address, because one client usually owns all of the other 64.
 */
export const clientKey = (address: string | undefined): string => {
  if (address === undefined) return 'unknown';
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  if (!address.includes(':')) return address;
  const [head = '', tail] = (address.split('%')[0] ?? '').split('::');
  const left = groupsOf(head);
  const right = groupsOf(tail ?? '');
  const zeros = Array.from({ length: Math.max(0, 8 - left.length - right.length) }, () => '0');
  const all = tail === undefined ? left : [...left, ...zeros, ...right];
  return `${all
    .slice(0, 4)
    .map((group) => group.toLowerCase().replace(/^0+(?=.)/, ''))
    .join(':')}::/64`;
};
