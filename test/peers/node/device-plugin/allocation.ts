/**
 * What a container gets for its devices, as NVIDIA's device plugin v0.20 answers (its README, "deviceListStrategy"), and
 * the ids under which a device is offered when several pods may share it.
 */
import type { DevicesFile } from './devices-file.js';

/** The plugin's answer for one container. */
export interface ContainerAllocation {
  readonly envs: Readonly<Record<string, string>>;
  readonly mounts: readonly {
    readonly container_path: string;
    readonly host_path: string;
    readonly read_only: boolean;
  }[];
}

const VARIABLE = 'NVIDIA_VISIBLE_DEVICES';
/** With `volume-mounts` a file of the device's name below this folder stands for the device. */
const FOLDER = '/var/run/nvidia-container-devices';
const REPLICA = '::';

/** Ids that the kubelet counts for a device: its UUID, or one per replica where it is shared. */
export const offeredIds = (uuid: string, replicas: number): readonly string[] =>
  replicas === 1 ? [uuid] : Array.from({ length: replicas }, (_none, i) => `${uuid}${REPLICA}${i}`);

/** The device behind an offered id. */
export const uuidOfOffer = (id: string): string => id.split(REPLICA, 1)[0] ?? id;

/** @param ids offered ids, as the kubelet chose them */
export const allocationOf = (
  ids: readonly string[],
  strategy: DevicesFile['deviceListStrategy'],
): ContainerAllocation => {
  const uuids = [...new Set(ids.map(uuidOfOffer))].sort();
  if (strategy === 'envvar') return { envs: { [VARIABLE]: uuids.join(',') }, mounts: [] };
  return {
    envs: { [VARIABLE]: FOLDER },
    mounts: uuids.map((uuid) => ({
      container_path: `${FOLDER}/${uuid}`,
      host_path: '/dev/null',
      read_only: false,
    })),
  };
};
