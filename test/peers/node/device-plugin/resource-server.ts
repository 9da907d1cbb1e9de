/** Serves one extended resource to the kubelet: its devices as they change, and what a container gets for them. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import {
  Server,
  ServerCredentials,
  type sendUnaryData,
  type ServerUnaryCall,
  type ServerWritableStream,
} from '@grpc/grpc-js';
import { NodeError } from '../types.js';
import { allocationOf, type ContainerAllocation, offeredIds } from './allocation.js';
import type { DeviceSet } from './device-set.js';
import type { DevicesFile } from './devices-file.js';
import { DEVICE_PLUGIN } from './protocol.js';

/** A resource being served. */
export interface ResourceServer {
  readonly resource: string;
  /** File name of its socket. */
  readonly endpoint: string;
  readonly stop: () => void;
}

interface AllocateRequest {
  readonly container_requests: readonly { readonly devices_ids: readonly string[] }[];
}
interface AllocateResponse {
  readonly container_responses: readonly ContainerAllocation[];
}

/** Starts serving in `folder`. @throws NodeError when the socket cannot be opened */
export const serveResource = async (
  folder: string,
  resource: string,
  devices: DeviceSet,
  file: DevicesFile,
): Promise<ResourceServer> => {
  const endpoint = `berth-${resource.replace(/[^a-z0-9]+/gi, '-')}.sock`;
  const replicas = resource === 'nvidia.com/gpu' ? file.gpu.replicas : 1;
  const list = (): object => ({
    devices: devices.of(resource).flatMap(({ uuid, healthy }) =>
      offeredIds(uuid, replicas).map((ID) => ({
        ID,
        health: healthy ? 'Healthy' : 'Unhealthy',
      })),
    ),
  });
  const server = new Server();
  server.addService(DEVICE_PLUGIN, {
    GetDevicePluginOptions: (
      _call: ServerUnaryCall<object, object>,
      done: sendUnaryData<object>,
    ) => {
      done(null, { pre_start_required: false, get_preferred_allocation_available: false });
    },
    ListAndWatch: (stream: ServerWritableStream<object, object>) => {
      const tell = (): boolean => stream.write(list());
      tell();
      const unsubscribe = devices.subscribe(tell);
      stream.on('close', unsubscribe);
      stream.on('cancelled', unsubscribe);
    },
    Allocate: (
      call: ServerUnaryCall<AllocateRequest, AllocateResponse>,
      done: sendUnaryData<AllocateResponse>,
    ) => {
      done(null, {
        container_responses: call.request.container_requests.map(({ devices_ids }) =>
          allocationOf(devices_ids, file.deviceListStrategy),
        ),
      });
    },
  });
  const path = join(folder, endpoint);
  rmSync(path, { force: true });
  await new Promise<void>((resolve, reject) => {
    server.bindAsync(`unix://${path}`, ServerCredentials.createInsecure(), (error) => {
      if (error === null) resolve();
      else reject(new NodeError(`${path} cannot be listened on`, { cause: error }));
    });
  });
  return {
    resource,
    endpoint,
    stop: () => {
      server.forceShutdown();
    },
  };
};
