/** The agent's settings: environment variables, because one of them (the node's name) comes from the pod itself. */
import { z } from 'zod';

const ms = (def: number): z.ZodDefault<z.ZodCoercedNumber> =>
  z.coerce.number().int().min(100).max(3_600_000).default(def);

const schema = z.object({
  /** The node that this agent looks at. */
  NODE_NAME: z.string().min(1).max(253),
  /** The operator's own namespace, where readings are told. */
  NAMESPACE: z.string().min(1).max(63),
  /** Path of a kubeconfig; left out inside a pod. */
  KUBECONFIG: z.string().min(1).optional(),
  /** The program that is asked, by name or path. */
  NVIDIA_SMI: z.string().min(1).default('nvidia-smi'),
  /** Metrics of dcgm-exporter, for Xid codes. */
  DCGM_URL: z.url({ protocol: /^https?$/ }).optional(),
  /** Between two rounds. */
  PERIOD_MS: ms(30_000),
  /** How long nvidia-smi may take. */
  SMI_TIMEOUT_MS: ms(20_000),
  /** Port of /metrics, /healthz and /readyz; 0 picks a free one. */
  HTTP_PORT: z.coerce.number().int().min(0).max(65_535).default(9093),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error']).default('info'),
});

export type AgentSettings = z.infer<typeof schema>;

/** A variable is missing or wrong; the message names every one. */
export class AgentSettingsError extends Error {
  constructor(message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'AgentSettingsError';
  }
}

/** An empty variable counts as one that is not set. @throws AgentSettingsError */
export const readSettings = (env: Readonly<Record<string, string | undefined>>): AgentSettings => {
  const set = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const result = schema.safeParse(set);
  if (result.success) return result.data;
  const faults = result.error.issues.map((i) => `${i.path.join('.')}: ${i.message}`);
  throw new AgentSettingsError(`the agent's environment is invalid: ${faults.join('; ')}`, {
    cause: result.error,
  });
};
