/** Addresses that a tenant's pod must not reach although they are not in its cluster's ranges. */

/** Private, shared, link-local (cloud metadata), loopback, benchmark, multicast and reserved IPv4 (RFC 6890). */
export const DENIED_IPV4: readonly string[] = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '224.0.0.0/4',
  '240.0.0.0/4',
];

/**
 * Their IPv6 likes, and the forms that carry an IPv4 address inside: NAT64, 6to4, Teredo. IPv4-mapped addresses
 * (`::ffff:0:0/96`) never leave a host, and the API server refuses them here.
 */
export const DENIED_IPV6: readonly string[] = [
  '::/128',
  '::1/128',
  '64:ff9b::/96',
  '64:ff9b:1::/48',
  '100::/64',
  '2001::/32',
  '2002::/16',
  'fc00::/7',
  'fe80::/10',
  'ff00::/8',
];

/** An address block of the internet with what is cut out of it. */
export interface OpenBlock {
  readonly cidr: string;
  readonly except: string[];
}

/** The internet, in both families, without the denied ranges and without `clusterCidrs`. */
export const internetBlocks = (clusterCidrs: readonly string[]): readonly OpenBlock[] => {
  const isIpv6 = (cidr: string): boolean => cidr.includes(':');
  const unique = (list: readonly string[]): string[] => [...new Set(list)];
  return [
    {
      cidr: '0.0.0.0/0',
      except: unique([...DENIED_IPV4, ...clusterCidrs.filter((c) => !isIpv6(c))]),
    },
    { cidr: '::/0', except: unique([...DENIED_IPV6, ...clusterCidrs.filter(isIpv6)]) },
  ];
};
