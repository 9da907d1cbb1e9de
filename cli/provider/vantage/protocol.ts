/**
 * The vantage's protocol, version 1: a machine elsewhere is asked whether it gets through to some ports of ours.
 *
 *     POST /v1/connect    Authorization: Bearer TOKEN
 *     {"host":"provider.example.com","ports":[8443,8444]}
 *     200 {"results":[{"port":8443,"outcome":"open","address":"203.0.113.7"},{"port":8444,"outcome":"timeout"}]}
 *
 * Every other answer is `{"error":{"code","message"}}`: 401 `TokenInvalid`, 403 `HostNotAllowed` or `PortNotAllowed`, 400
 * `RequestInvalid`. A vantage connects only to the hosts and ports it was started for: it is nobody's port scanner.
 */
import { z } from 'zod';

/** What became of one connection. */
export const CONNECT_OUTCOMES = [
  'open',
  'refused',
  'timeout',
  'unreachable',
  'nameUnresolved',
] as const;
export type ConnectOutcome = (typeof CONNECT_OUTCOMES)[number];

const port = z.number().int().min(1).max(65_535);

export const connectRequestSchema = z.strictObject({
  host: z.string().min(1).max(253),
  ports: z.array(port).min(1).max(16),
});

export const connectAnswerSchema = z.object({
  results: z.array(
    z.object({
      port,
      outcome: z.enum(CONNECT_OUTCOMES),
      /** The address that was tried, as the vantage resolves the name. */
      address: z.string().optional(),
    }),
  ),
});

export const vantageErrorSchema = z.object({
  error: z.object({ code: z.string(), message: z.string() }),
});

export type ConnectResult = z.infer<typeof connectAnswerSchema>['results'][number];

/** The ports of a provider that the internet has to reach: gateway, its gRPC, and the ingress. */
export const PUBLIC_PORTS: readonly number[] = [8443, 8444, 80, 443];
