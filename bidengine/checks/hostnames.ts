import { reason } from '../reasons.js';
import type { Check } from './check.js';

const isBlocked = (hostname: string, entry: string): boolean =>
  entry.startsWith('.')
    ? hostname === entry.slice(1) || hostname.endsWith(entry)
    : hostname === entry;

/** Names are compared without case; an order on chain names none, a manifest or an SDL does. */
export const hostnames: Check = {
  name: 'no hostname is blocked',
  run: ({ hostnames: wanted = [], blockedHostnames }) => {
    const entries = blockedHostnames.map((e) => e.toLowerCase());
    const blocked = wanted.filter((h) => entries.some((e) => isBlocked(h.toLowerCase(), e)));
    return blocked.length === 0
      ? undefined
      : reason('HostnameBlocked', `blocked by the operator: ${blocked.join(', ')}`, 'hostnames');
  },
};
