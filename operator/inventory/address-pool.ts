/** Addresses that can be leased, as MetalLB's IPAddressPool lists them: `203.0.113.0/28`, `203.0.113.40-203.0.113.50`, IPv6 too. */
import { BlockList, isIP } from 'node:net';

/** More than this many are never leased; an IPv6 range holds more than a number can. */
const MOST = 1_000_000;

const BITS = { 4: 32, 6: 128 } as const;
type Family = keyof typeof BITS;
const NAMES = { 4: 'ipv4', 6: 'ipv6' } as const;

const familyOf = (address: string): Family | undefined => {
  const family = isIP(address);
  return family === 4 || family === 6 ? family : undefined;
};

/** An address as a number; IPv6 text may be shortened by `::`. */
const numberOf = (address: string, family: Family): bigint => {
  if (family === 4) return address.split('.').reduce((n, part) => n * 256n + BigInt(part), 0n);
  const [head = '', tail] = address.split('::');
  const groups = (text: string): string[] => (text === '' ? [] : text.split(':'));
  const left = groups(head);
  const right = tail === undefined ? [] : groups(tail);
  const missing = tail === undefined ? 0 : 8 - left.length - right.length;
  return [...left, ...Array<string>(missing).fill('0'), ...right].reduce(
    (n, group) => n * 65536n + BigInt(`0x${group}`),
    0n,
  );
};

interface Range {
  readonly family: Family;
  readonly count: bigint;
  readonly addTo: (list: BlockList) => void;
}

const parseRange = (text: string): Range | undefined => {
  const [from = '', to] = text.split('-').map((part) => part.trim());
  if (to !== undefined) {
    const family = familyOf(from);
    if (family === undefined || familyOf(to) !== family || from.includes('.') !== to.includes('.'))
      return undefined;
    const count = numberOf(to, family) - numberOf(from, family) + 1n;
    if (count <= 0n) return undefined;
    return { family, count, addTo: (list) => list.addRange(from, to, NAMES[family]) };
  }
  const [network = '', prefix] = from.split('/');
  const family = familyOf(network);
  if (family === undefined || prefix === undefined || !/^\d{1,3}$/.test(prefix)) return undefined;
  const bits = BITS[family] - Number(prefix);
  if (bits < 0) return undefined;
  return {
    family,
    count: 2n ** BigInt(bits),
    addTo: (list) => list.addSubnet(network, Number(prefix), NAMES[family]),
  };
};

/** Whether a configured entry can be read; an IPv4 address inside IPv6 notation cannot. */
export const isAddressRange = (text: string): boolean =>
  !text.includes('::ffff:') && parseRange(text) !== undefined;

export interface AddressPool {
  /** How many there are, at most a million; ranges that overlap are counted in each. */
  readonly size: number;
  has(address: string): boolean;
}

/** @throws RangeError for an entry that {@link isAddressRange} refuses */
export const addressPool = (entries: readonly string[]): AddressPool => {
  const list = new BlockList();
  let size = 0n;
  for (const entry of entries) {
    const range = isAddressRange(entry) ? parseRange(entry) : undefined;
    if (range === undefined) throw new RangeError(`no address range: ${entry}`);
    range.addTo(list);
    size += range.count;
  }
  return {
    size: size > BigInt(MOST) ? MOST : Number(size),
    has: (address) => {
      const family = familyOf(address);
      return family !== undefined && list.check(address, NAMES[family]);
    },
  };
};
