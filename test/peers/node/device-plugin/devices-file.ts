/** The small YAML file that says which GPUs a real node claims to have (default `hack/node/devices.yaml`). */
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';
import { gpuSchema } from '../../cluster/nodes-file.js';
import { NodeError } from '../types.js';

const mig = z.strictObject({
  /** Profile as NVIDIA spells it: compute slices and memory. It becomes the resource nvidia.com/mig-<profile>. */
  profile: z.string().regex(/^\d+g\.\d+gb([-+.a-z]*)$/, 'must be a MIG profile such as 1g.10gb'),
  count: z.number().int().min(1).max(64),
  memoryMiB: z.number().int().min(1).max(1_000_000),
});

const file = z.strictObject({
  gpu: gpuSchema.omit({ unhealthy: true }),
  /** Slices of further cards, as the plugin's MIG strategy `mixed` shows them. */
  mig: z.array(mig).default([]),
  /** How a container is told its devices: in NVIDIA_VISIBLE_DEVICES, or by one mount for each (the plugin's names). */
  deviceListStrategy: z.enum(['envvar', 'volume-mounts']).default('envvar'),
});

/** The whole file, defaults filled in. */
export type DevicesFile = z.infer<typeof file>;

/** Reads the text of a devices file. @throws NodeError naming every field that is wrong */
export const parseDevicesFile = (text: string, path: string): DevicesFile => {
  let raw: unknown;
  try {
    raw = parse(text);
  } catch (error) {
    throw new NodeError(`${path} is not YAML`, { cause: error });
  }
  const result = file.safeParse(raw);
  if (result.success) return result.data;
  const lines = result.error.issues.map(
    (issue) => `  ${issue.path.join('.') || '(the file)'}: ${issue.message}`,
  );
  throw new NodeError(`${path} does not describe GPUs:\n${lines.join('\n')}`);
};

/** Reads a devices file. @throws NodeError also when it cannot be read */
export const readDevicesFile = (path: string): DevicesFile => {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new NodeError(`${path} cannot be read`, { cause: error });
  }
  return parseDevicesFile(text, path);
};
