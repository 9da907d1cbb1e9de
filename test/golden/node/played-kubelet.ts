/** The kubelet's end of the device plugin API v1beta1: takes registrations, listens to devices, asks for allocations. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Client } from '@grpc/grpc-js';
import {
  credentials,
  loadPackageDefinition,
  Server,
  ServerCredentials,
  type ServiceClientConstructor,
  type sendUnaryData,
  type ServerUnaryCall,
} from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import type { ContainerAllocation } from '../../peers/node/device-plugin/allocation.js';

const proto = join(import.meta.dirname, '../../peers/node/device-plugin/api.proto');
const api = loadPackageDefinition(loadSync(proto, { keepCase: true, defaults: true }))[
  'v1beta1'
] as unknown as Readonly<Record<'DevicePlugin' | 'Registration', ServiceClientConstructor>>;

interface Registration {
  readonly endpoint: string;
  readonly resource_name: string;
}
interface Listed {
  readonly devices: readonly { readonly ID: string; readonly health: string }[];
}
type PluginClient = Client & {
  readonly ListAndWatch: (request: object) => NodeJS.EventEmitter;
  readonly Allocate: (
    request: object,
    done: (
      error: Error | null,
      answer: { readonly container_responses: readonly [ContainerAllocation] },
    ) => void,
  ) => void;
};

export class PlayedKubelet {
  /** How many registrations were taken. */
  registrations = 0;
  readonly #folder: string;
  readonly #server = new Server();
  readonly #plugins = new Map<string, PluginClient>();
  readonly #devices = new Map<string, Readonly<Record<string, string>>>();

  private constructor(folder: string) {
    this.#folder = folder;
  }

  static async start(folder: string): Promise<PlayedKubelet> {
    const kubelet = new PlayedKubelet(folder);
    kubelet.#server.addService(api.Registration.service, {
      Register: (call: ServerUnaryCall<Registration, object>, done: sendUnaryData<object>) => {
        kubelet.#listen(call.request);
        done(null, {});
      },
    });
    const socket = join(folder, 'kubelet.sock');
    rmSync(socket, { force: true });
    await new Promise<void>((resolve, reject) => {
      kubelet.#server.bindAsync(`unix://${socket}`, ServerCredentials.createInsecure(), (error) => {
        if (error === null) resolve();
        else reject(error);
      });
    });
    return kubelet;
  }

  /** Health by device id, as last told. */
  devices(resource: string): Readonly<Record<string, string>> {
    return this.#devices.get(resource) ?? {};
  }

  allocate(resource: string, ids: readonly string[]): Promise<ContainerAllocation> {
    return new Promise((resolve, reject) => {
      const request = { container_requests: [{ devices_ids: ids }] };
      this.#plugins.get(resource)?.Allocate(request, (error, answer) => {
        if (error === null) resolve(answer.container_responses[0]);
        else reject(error);
      });
    });
  }

  stop(): void {
    for (const plugin of this.#plugins.values()) plugin.close();
    this.#server.forceShutdown();
    rmSync(join(this.#folder, 'kubelet.sock'), { force: true });
  }

  #listen({ endpoint, resource_name: resource }: Registration): void {
    this.registrations += 1;
    this.#plugins.get(resource)?.close();
    const client = new api.DevicePlugin(
      `unix://${join(this.#folder, endpoint)}`,
      credentials.createInsecure(),
    ) as unknown as PluginClient;
    this.#plugins.set(resource, client);
    const stream = client.ListAndWatch({});
    stream.on('data', ({ devices }: Listed) => {
      this.#devices.set(resource, Object.fromEntries(devices.map((d) => [d.ID, d.health])));
    });
    stream.on('error', () => undefined); // the plugin went away; the next registration brings it back
  }
}
