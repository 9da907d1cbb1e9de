/**
 * What an agent on a node says of its GPUs: ConfigMap `berth-gpu-<node>` in the operator's namespace, label
 * `berth.dev/gpu-readings=true`, data `readings.json`. Anything that can write one may be the agent; Berth's own is optional
 * (`agent/`). The name counts: an admission policy holds each agent to the ConfigMap of its own node, so what stands in it
 * must not be believed about another.
 */
import { z } from 'zod';
import type { DeviceReading } from '../../bidengine/device-health.js';
import { GPU_READINGS } from '../../crds/constants.js';
import type { ConfigMap } from '../../kube/core-objects.js';

const reading = z.object({
  uuid: z.string().min(1).max(128),
  index: z.number().int().min(0).max(1023),
  readAtMs: z.number().int().min(0),
  xids: z.array(z.number().int().min(0).max(100_000)).max(256),
  reachable: z.boolean(),
  uncorrectedErrors: z.number().int().min(0),
  rowRemapFailed: z.boolean(),
  rowRemapPending: z.boolean(),
  hardwareSlowdown: z.boolean(),
  pcieWidth: z.number().int().min(0).max(64).optional(),
  pcieWidthMost: z.number().int().min(0).max(64).optional(),
  recoveryAction: z.string().max(64).optional(),
  inUse: z.boolean(),
});

const schema = z.object({ node: z.string().min(1).max(253), readings: z.array(reading).max(64) });

export interface NodeReadings {
  readonly node: string;
  readonly readings: readonly DeviceReading[];
}

/** Thrown for readings that cannot be read; what was known of the node's GPUs stands. */
export class ReadingsFormatError extends Error {
  constructor(source: string, cause: unknown) {
    super(`GPU readings in ConfigMap ${source} cannot be read`, { cause });
    this.name = 'ReadingsFormatError';
  }
}

/** The node that a ConfigMap of readings is about. */
export const nodeOf = ({ metadata: { name } }: ConfigMap): string =>
  name.startsWith(GPU_READINGS.namePrefix) ? name.slice(GPU_READINGS.namePrefix.length) : name;

/** @throws ReadingsFormatError also for readings of a node that the name is not of */
export const parseReadings = (map: ConfigMap): NodeReadings => {
  const { metadata, data } = map;
  let told: NodeReadings;
  try {
    told = schema.parse(JSON.parse(data?.[GPU_READINGS.key] ?? ''));
  } catch (cause) {
    throw new ReadingsFormatError(metadata.name, cause);
  }
  if (metadata.name === `${GPU_READINGS.namePrefix}${told.node}`) return told;
  const cause = new Error(`they are of node "${told.node}"`);
  throw new ReadingsFormatError(metadata.name, cause);
};
