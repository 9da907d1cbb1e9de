/** The configuration's seconds as the milliseconds that timers take. */
import type { GatewayConfig } from './config.js';
import type { GatewayLimits } from './gateway.js';
import type { LeaseWait } from './routes/lease-finder.js';

/** The limits of the tenants' port. */
export const gatewayLimits = ({ limits }: GatewayConfig): GatewayLimits => ({
  maxBodyBytes: limits.maxBodyBytes,
  maxHeaderBytes: limits.maxHeaderBytes,
  helloTimeoutMs: limits.helloSeconds * 1000,
  timeouts: {
    handshakeMs: limits.handshakeSeconds * 1000,
    headersMs: limits.headersSeconds * 1000,
    requestMs: limits.requestSeconds * 1000,
    keepAliveMs: limits.keepAliveSeconds * 1000,
    checkMs: limits.checkSeconds * 1000,
  },
  connections: { total: limits.connections, perClient: limits.connectionsPerAddress },
  newConnections: limits.newConnections,
  perAddress: limits.perAddress,
  perOwner: limits.perOwner,
  screenings: limits.screenings,
});

/** How long a manifest may wait for its lease. */
export const leaseWait = ({ manifest }: GatewayConfig): LeaseWait => ({
  timeoutMs: manifest.waitSeconds * 1000,
  pollMs: manifest.pollSeconds * 1000,
  maxWaiting: manifest.maxWaiting,
});
