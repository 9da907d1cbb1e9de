/** The Kubernetes objects of a case. */
import type {
  V1CSIStorageCapacity,
  V1Node,
  V1Pod,
  V1StorageClass,
  V1Taint,
} from '@kubernetes/client-node';
import { KWOK_ANNOTATION } from '../../peers/cluster/node-objects.js';
import type { ClassCase, NodeCase, PodCase } from './cases.js';

/** Our storage driver (`driver.ts`). */
export const DRIVER = 'storage.berth.test';

const TAINTS: Record<NodeCase['taint'], readonly V1Taint[]> = {
  none: [],
  gpu: [{ key: 'nvidia.com/gpu', value: 'present', effect: 'NoSchedule' }],
  'gpu-no-execute': [{ key: 'nvidia.com/gpu', value: 'present', effect: 'NoExecute' }],
  dedicated: [{ key: 'dedicated', value: 'team-a', effect: 'NoSchedule' }],
  prefer: [{ key: 'spot', value: 'true', effect: 'PreferNoSchedule' }],
};

const gpuLabels = ({ gpu, shared, slices }: NodeCase): Record<string, string> =>
  gpu === undefined
    ? {}
    : {
        'nvidia.com/gpu.present': 'true',
        'nvidia.com/gpu.product': shared ? `${gpu.product}-SHARED` : gpu.product,
        'nvidia.com/gpu.memory': gpu.product.includes('4090') ? '24564' : '81559',
        'nvidia.com/gpu.sharing-strategy': shared ? 'time-slicing' : 'none',
        ...(slices > 0 ? { 'nvidia.com/mig.strategy': 'mixed' } : {}),
      };

export const nodeObject = (name: string, n: NodeCase): V1Node => {
  const list = (gpus: number): Record<string, string> => ({
    cpu: String(n.cpu),
    memory: `${n.memoryGib}Gi`,
    'ephemeral-storage': `${n.diskGib}Gi`,
    pods: String(n.pods),
    ...(n.gpu === undefined ? {} : { 'nvidia.com/gpu': String(gpus) }),
    ...(n.slices === 0 ? {} : { 'nvidia.com/mig-1g.10gb': String(n.slices) }),
  });
  return {
    metadata: {
      name,
      annotations: { [KWOK_ANNOTATION.key]: KWOK_ANNOTATION.value },
      labels: {
        'kubernetes.io/hostname': name,
        'kubernetes.io/os': 'linux',
        'kubernetes.io/arch': n.arch,
        'topology.kubernetes.io/zone': n.zone,
        ...gpuLabels(n),
        ...(n.storageLabel
          ? Object.fromEntries(
              ['beta2', 'beta3'].map((c) => [`akash.network/capabilities.storage.class.${c}`, '1']),
            )
          : {}),
      },
    },
    spec: { taints: [...TAINTS[n.taint]], unschedulable: n.cordoned },
    status: {
      capacity: list(n.gpu?.count ?? 0),
      allocatable: list((n.gpu?.count ?? 0) - (n.gpu?.ill ?? 0)),
    },
  };
};

const requests = (
  amounts: Record<string, string | undefined>,
): { requests: Record<string, string> } => ({
  requests: Object.fromEntries(
    Object.entries(amounts).flatMap(([k, v]) => (v === undefined ? [] : [[k, v]])),
  ),
});

/** A pod that somebody bound to its node himself, as a DaemonSet or an administrator's static pod would be. */
export const podObject = (name: string, nodeName: string, p: PodCase): V1Pod => {
  const gpus = p.gpus === 0 ? undefined : String(p.gpus);
  const init = [
    ...(p.sidecarMilliCpu > 0
      ? [
          {
            name: 'sidecar',
            image: 'none',
            restartPolicy: 'Always',
            resources: requests({ cpu: `${p.sidecarMilliCpu}m` }),
          },
        ]
      : []),
    ...(p.initMilliCpu > 0
      ? [{ name: 'init', image: 'none', resources: requests({ cpu: `${p.initMilliCpu}m` }) }]
      : []),
  ];
  const own = requests({
    cpu: `${p.milliCpu}m`,
    memory: `${p.memoryMib}Mi`,
    'nvidia.com/gpu': gpus,
  });
  return {
    metadata: { name, namespace: 'default', labels: { 'berth.test/case': 'true' } },
    spec: {
      nodeName,
      tolerations: [{ operator: 'Exists' }],
      terminationGracePeriodSeconds: 0,
      ...(init.length > 0 ? { initContainers: init } : {}),
      containers: [
        {
          name: 'work',
          image: 'none',
          resources: {
            ...own,
            ...(gpus === undefined ? {} : { limits: { 'nvidia.com/gpu': gpus } }),
          },
        },
      ],
    },
  };
};

export const classObject = (c: ClassCase): V1StorageClass => ({
  metadata: {
    name: c.name,
    labels: {
      'akash.network': 'true',
      ...(c.labelledNodesOnly ? { 'berth.dev/storage-nodes': 'labelled' } : {}),
    },
  },
  provisioner: DRIVER,
  volumeBindingMode: c.immediate ? 'Immediate' : 'WaitForFirstConsumer',
  ...(c.allowedZone === undefined
    ? {}
    : {
        allowedTopologies: [
          {
            matchLabelExpressions: [
              { key: 'topology.kubernetes.io/zone', values: [c.allowedZone] },
            ],
          },
        ],
      }),
});

/** Part of a class: the nodes whose label has the value, all of them without a label. */
export interface Part {
  readonly className: string;
  readonly label?: string;
  readonly value?: string;
  readonly gib: number;
}

/** The parts in which a class has its space; none where its driver does not tell. */
export const partsOf = (c: ClassCase, names: readonly string[]): readonly Part[] => {
  const className = c.name;
  switch (c.space) {
    case 'unknown':
      return [];
    case 'pool':
      return [{ className, gib: c.gib }];
    case 'local':
      return names.map((value) => ({
        ...{ className, label: 'kubernetes.io/hostname', value, gib: c.gib },
      }));
    case 'zonal':
      return ['east', 'west'].map((value) => ({
        ...{ className, label: 'topology.kubernetes.io/zone', value, gib: c.gib },
      }));
  }
};

export const capacityObject = (
  name: string,
  part: Part,
  freeBytes: bigint,
  largestVolumeGib: number | undefined,
): V1CSIStorageCapacity => ({
  metadata: { name, namespace: 'default' },
  storageClassName: part.className,
  nodeTopology: part.label === undefined ? {} : { matchLabels: { [part.label]: part.value ?? '' } },
  capacity: String(freeBytes),
  ...(largestVolumeGib === undefined ? {} : { maximumVolumeSize: `${largestVolumeGib}Gi` }),
});
