/** The small YAML file that says which machines and classes a simulated cluster has (default `hack/cluster/nodes.yaml`). */
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';

const name = z
  .string()
  .max(50)
  .regex(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/, 'must be lowercase letters, digits and dashes');
const quantity = z
  .string()
  .regex(/^\d+(\.\d+)?(m|k|M|G|T|Ki|Mi|Gi|Ti)?$/, 'must be a Kubernetes quantity such as 512Gi');
const whole = (max: number): z.ZodNumber => z.number().int().min(1).max(max);

/** The GPUs of a machine, as the nodes file and the devices file of a real node describe them. */
export const gpuSchema = z.strictObject({
  /** `nvidia.com/gpu.product` as GPU feature discovery writes it: spaces are dashes. */
  product: z.string().regex(/^[A-Za-z0-9][-A-Za-z0-9_.]*$/, 'must be a label value'),
  count: whole(16),
  memoryMiB: whole(1_000_000),
  family: z.string().min(1),
  /** CUDA compute capability, major.minor. */
  compute: z.string().regex(/^\d+\.\d+$/, "must be major.minor in quotes, such as '9.0'"),
  machine: z.string().min(1),
  /** How many pods share one GPU; above 1 the sharing strategy must say how. */
  replicas: whole(64).default(1),
  sharingStrategy: z.enum(['none', 'mps', 'time-slicing']).default('none'),
  /** Devices that the device plugin has marked unhealthy: they are missing from allocatable. */
  unhealthy: z.number().int().min(0).max(16).default(0),
  driverVersion: z
    .string()
    .regex(/^\d+\.\d+\.\d+$/)
    .default('595.91.07'),
  cudaVersion: z
    .string()
    .regex(/^\d+\.\d+$/)
    .default('13.2'),
});

const taint = z.strictObject({
  key: z.string().min(1),
  value: z.string().optional(),
  effect: z.enum(['NoSchedule', 'PreferNoSchedule', 'NoExecute']),
});

const group = z.strictObject({
  name,
  count: whole(5000),
  cpu: quantity,
  memory: quantity,
  ephemeralStorage: quantity,
  pods: whole(1000).default(110),
  gpu: gpuSchema.optional(),
  labels: z.record(z.string(), z.string()).default({}),
  taints: z.array(taint).default([]),
});

const file = z
  .strictObject({
    runtimeClasses: z.array(name).default([]),
    storageClasses: z.array(name).default([]),
    nodes: z.array(group).min(1),
  })
  .superRefine((value, context) => {
    value.nodes.forEach((node, index) => {
      const at = (...path: string[]): (string | number)[] => ['nodes', index, ...path];
      if (value.nodes.findIndex((other) => other.name === node.name) !== index) {
        context.addIssue({ code: 'custom', path: at('name'), message: `"${node.name}" twice` });
      }
      if (node.gpu === undefined) return;
      if (node.gpu.unhealthy > node.gpu.count) {
        context.addIssue({
          code: 'custom',
          path: at('gpu', 'unhealthy'),
          message: `cannot exceed count (${node.gpu.count})`,
        });
      }
      if (node.gpu.replicas > 1 !== (node.gpu.sharingStrategy !== 'none')) {
        context.addIssue({
          code: 'custom',
          path: at('gpu', 'sharingStrategy'),
          message: 'must be mps or time-slicing exactly when replicas is above 1',
        });
      }
    });
  });

/** Machines of one kind. */
export type NodeGroup = z.infer<typeof group>;
/** The GPUs of one machine. */
export type NodeGpu = z.infer<typeof gpuSchema>;
/** The whole file, defaults filled in. */
export type NodesFile = z.infer<typeof file>;

/** The file cannot be used; the message has one line per wrong field. */
export class NodesFileError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'NodesFileError';
  }
}

/** Reads the text of a nodes file. @throws NodesFileError naming every field that is wrong */
export const parseNodesFile = (text: string, path: string): NodesFile => {
  let raw: unknown;
  try {
    raw = parse(text);
  } catch (error) {
    throw new NodesFileError(
      `${path} is not YAML: ${error instanceof Error ? error.message : 'unreadable'}`,
    );
  }
  const result = file.safeParse(raw);
  if (result.success) return result.data;
  const lines = result.error.issues.map(
    (issue) => `  ${issue.path.join('.') || '(the file)'}: ${issue.message}`,
  );
  throw new NodesFileError(`${path} does not describe nodes:\n${lines.join('\n')}`);
};

/** Reads a nodes file. @throws NodesFileError also when it cannot be read */
export const readNodesFile = (path: string): NodesFile => {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new NodesFileError(
      `${path} cannot be read: ${error instanceof Error ? error.message : 'unknown'}`,
    );
  }
  return parseNodesFile(text, path);
};
