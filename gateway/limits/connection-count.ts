/** How many connections are open, in total and per client. */

export interface ConnectionLimits {
  readonly total: number;
  readonly perClient: number;
}

export type ConnectionVerdict =
  /** `release` must be called once, when the connection has closed. */
  | { readonly ok: true; readonly release: () => void }
  | { readonly ok: false; readonly reason: 'TooManyConnections' | 'TooManyConnectionsOfClient' };

export interface ConnectionCounter {
  admit(client: string): ConnectionVerdict;
  /** Connections open now. */
  open(): number;
}

/** Counts open connections against `limits`. */
export const createConnectionCounter = (limits: ConnectionLimits): ConnectionCounter => {
  const perClient = new Map<string, number>();
  let total = 0;
  return {
    open: () => total,
    admit: (client) => {
      const own = perClient.get(client) ?? 0;
      if (total >= limits.total) return { ok: false, reason: 'TooManyConnections' };
      if (own >= limits.perClient) return { ok: false, reason: 'TooManyConnectionsOfClient' };
      total += 1;
      perClient.set(client, own + 1);
      let released = false;
      const release = (): void => {
        if (released) return;
        released = true;
        total -= 1;
        const left = (perClient.get(client) ?? 1) - 1;
        if (left === 0) perClient.delete(client);
        else perClient.set(client, left);
      };
      return { ok: true, release };
    },
  };
};
