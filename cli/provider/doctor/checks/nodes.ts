/** The machines: drivers, device plugin, labels, and why what is there is not for sale. */
import { gpuOfLabels } from '../../../../bidengine/gpu-labels.js';
import { gpuSoftware } from '../../../../bidengine/gpu-software.js';
import { GPU_RESOURCE } from '../../../../bidengine/pod-request.js';
import { NODE_LABEL_MANAGER } from '../../../../crds/constants.js';
import type { Node } from '../../../../kube/core-objects.js';
import { MANAGED } from '../../../../manifests/labels.js';
import { when } from '../check.js';
import type { Check } from '../check.js';
import { fault, notChecked, orOk, warning } from '../finding.js';
import type { Finding, Repair } from '../finding.js';

/** CUDA 12 needs this driver or a newer one (NVIDIA, CUDA compatibility, table "minimum required driver version"). */
export const MIN_DRIVER = '525.60.13';

const labelsOf = ({ metadata }: Node): Readonly<Record<string, string>> => metadata.labels ?? {};

const count = (text: string | undefined): number =>
  text !== undefined && /^\d{1,6}$/.test(text) ? Number(text) : 0;

/** GPUs that GPU-feature-discovery, or the Akash provider's labels, say the machine has. */
const labelled = (node: Node): number => {
  const labels = labelsOf(node);
  const told = count(labels['nvidia.com/gpu.count']);
  if (told > 0) return told;
  const present =
    labels['nvidia.com/gpu.present'] === 'true' || gpuOfLabels(labels).kind !== 'none';
  return present ? 1 : 0;
};

/** MIG slices under strategy `mixed` are offered under names of their own. */
const slices = (node: Node): number =>
  Object.entries(node.status?.allocatable ?? {})
    .filter(([name]) => name.startsWith('nvidia.com/mig-'))
    .reduce((sum, [, amount]) => sum + count(amount), 0);

const allocatable = (node: Node): number => count(node.status?.allocatable?.[GPU_RESOURCE]);

const hasGpus = (node: Node): boolean =>
  labelled(node) > 0 || count(node.status?.capacity?.[GPU_RESOURCE]) > 0 || slices(node) > 0;

const subjectOf = ({ metadata }: Node): string => `node/${metadata.name}`;

/** Negative when `a` is the older one. */
const compareVersions = (a: string, b: string): number => {
  const [left, right] = [a.split('.').map(Number), b.split('.').map(Number)];
  for (let i = 0; i < Math.max(left.length, right.length); i += 1) {
    const difference = (left[i] ?? 0) - (right[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
};

/** Runs `then` on the nodes with GPUs. */
const onGpuNodes = (
  facts: Parameters<Check['run']>[0],
  then: (nodes: readonly Node[]) => readonly Finding[],
): readonly Finding[] =>
  when(facts.nodes, (nodes) => {
    const gpuNodes = nodes.filter(hasGpus);
    return gpuNodes.length === 0
      ? [notChecked('no node has GPUs, by its labels or its device plugin')]
      : then(gpuNodes);
  });

export const driver: Check = {
  name: 'driver',
  run: (facts) =>
    onGpuNodes(facts, (nodes) => {
      const told = nodes.flatMap((node) => {
        const version = gpuSoftware(labelsOf(node)).driver;
        return version === undefined ? [] : [{ node, version }];
      });
      if (told.length === 0)
        return [
          notChecked(
            'no node tells its driver version',
            'Install GPU feature discovery (part of the NVIDIA GPU operator).',
          ),
        ];
      const old = told.filter(({ version }) => compareVersions(version, MIN_DRIVER) < 0);
      const newest = [...new Set(told.map((t) => t.version))].join(', ');
      return orOk(
        old.map(({ node, version }) =>
          fault('DriverTooOld', `driver ${version} is older than ${MIN_DRIVER}`, {
            subject: subjectOf(node),
            fix: `Drain the node (berth provider drain ${node.metadata.name}) and install a driver of branch 535 or newer.`,
          }),
        ),
        `${told.length} of ${nodes.length} GPU nodes tell their driver: ${newest}`,
      );
    }),
};

export const devicePlugin: Check = {
  name: 'device plugin',
  run: (facts) =>
    onGpuNodes(facts, (nodes) =>
      orOk(
        nodes.flatMap((node): readonly Finding[] => {
          const [there, offered] = [labelled(node), allocatable(node) + slices(node)];
          const subject = subjectOf(node);
          if (offered === 0)
            return [
              fault(
                'DevicePluginSilent',
                `labels say ${there} GPUs, and the device plugin offers none`,
                {
                  subject,
                  fix: `kubectl get pods -A -o wide --field-selector spec.nodeName=${node.metadata.name} | grep -i nvidia   (is the device plugin running there? its log says why it offers nothing)`,
                },
              ),
            ];
          if (slices(node) > 0 || allocatable(node) >= there) return [];
          return [
            warning(
              'DevicePluginPartial',
              `the device plugin offers ${allocatable(node)} of ${there} GPUs`,
              {
                subject,
                fix: `nvidia-smi on the node tells which GPU is ill; kubectl describe node ${node.metadata.name}`,
              },
            ),
          ];
        }),
        `${nodes.reduce((sum, n) => sum + allocatable(n), 0)} GPUs are offered by ${nodes.length} nodes`,
      ),
    ),
};

export const gpuLabels: Check = {
  name: 'GPU labels',
  run: (facts) =>
    onGpuNodes(facts, (nodes) =>
      orOk(
        nodes
          .filter((node) => gpuOfLabels(labelsOf(node)).kind === 'none')
          .map((node) =>
            fault('GpuModelUnknown', 'no label says which model its GPUs are', {
              subject: subjectOf(node),
              fix: `Install GPU feature discovery (part of the NVIDIA GPU operator), or: kubectl label node ${node.metadata.name} nvidia.com/gpu.product=NVIDIA-H100-80GB-HBM3 with the product that nvidia-smi -L shows`,
            }),
          ),
        'every GPU node says which model it has',
      ),
    ),
};

/** The labels that are there stay: applying leaves out nothing that this manager may have set. */
const labelRepair = (node: Node): Repair => {
  const kept = Object.entries(labelsOf(node)).filter(([key]) => key.startsWith(MANAGED));
  const { name, uid } = node.metadata;
  return {
    what: `label node ${name} ${MANAGED}=true`,
    fieldManager: NODE_LABEL_MANAGER,
    object: {
      ...{ apiVersion: 'v1', kind: 'Node' },
      metadata: {
        name,
        ...(uid === undefined ? {} : { uid }),
        labels: { ...Object.fromEntries(kept), [MANAGED]: 'true' },
      },
    },
  };
};

/** Nodes that the operator's own selector leaves out are not meant to be sold, and {@link withheldNodes} names them. */
export const nodeLabels: Check = {
  name: 'node labels',
  run: (facts) =>
    onGpuNodes(facts, (nodes) => {
      const wanted = Object.entries(facts.installation.nodeSelector);
      const meant = nodes.filter((n) => wanted.every(([k, v]) => labelsOf(n)[k] === v));
      return orOk(
        meant
          .filter((node) => labelsOf(node)[MANAGED] !== 'true')
          .map((node) =>
            fault('NodeNotLabelled', `it lacks the label ${MANAGED}=true`, {
              subject: subjectOf(node),
              fix: {
                text: `kubectl label node ${node.metadata.name} ${MANAGED}=true   (the operator does so itself while it runs)`,
                repair: labelRepair(node),
              },
            }),
          ),
        `${meant.length} GPU nodes are labelled ${MANAGED}=true`,
      );
    }),
};

/** Told by the checks above in words of their own. */
const TOLD_ELSEWHERE = new Set(['GpuNotReported', 'GpuModelUnknown', 'GpuUnhealthy']);

export const withheldNodes: Check = {
  name: 'nodes for sale',
  run: (facts) =>
    when(facts.snapshot, ({ nodes }) =>
      orOk(
        nodes
          .filter((n) => n.gpuCapacity > 0n)
          .flatMap((node) =>
            [...node.unsellable, ...node.gpuUnsellable]
              .filter((r) => !TOLD_ELSEWHERE.has(r.code))
              .map((r) =>
                warning('NodeWithheld', `${r.code}: ${r.message}`, {
                  subject: `node/${node.name}`,
                  fix:
                    r.code === 'NodeCordoned'
                      ? `berth provider uncordon ${node.name}`
                      : 'berth inventory --withheld lists every reason',
                }),
              ),
          ),
        'every GPU node is for sale',
      ),
    ),
};
