/** The device plugin API v1beta1 over unix sockets, from api.proto beside this file. */
import { join } from 'node:path';
import {
  credentials,
  loadPackageDefinition,
  type ServiceClientConstructor,
  type ServiceDefinition,
} from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { NodeError } from '../types.js';

const definition = loadSync(join(import.meta.dirname, 'api.proto'), {
  keepCase: true,
  defaults: true,
});
const api = loadPackageDefinition(definition)['v1beta1'] as unknown as Readonly<
  Record<'DevicePlugin' | 'Registration', ServiceClientConstructor>
>;

/** What a plugin serves. */
export const DEVICE_PLUGIN: ServiceDefinition = api.DevicePlugin.service;

const DEADLINE_MS = 5_000;

interface RegistrationClient {
  readonly close: () => void;
  readonly Register: (
    request: object,
    options: { readonly deadline: number },
    done: (error: Error | null) => void,
  ) => void;
}

/**
 * Tells the kubelet that `endpoint` (a socket's file name in its folder) serves `resource`.
 * @throws NodeError when the kubelet does not answer or refuses
 */
export const register = (
  kubeletSocket: string,
  endpoint: string,
  resource: string,
): Promise<void> =>
  new Promise((resolve, reject) => {
    const client = new api.Registration(`unix://${kubeletSocket}`, credentials.createInsecure(), {
      'grpc.default_authority': 'localhost', // a file name is no host name, and Go's server insists on one
    }) as unknown as RegistrationClient;
    const request = {
      version: 'v1beta1',
      endpoint,
      resource_name: resource,
      options: { pre_start_required: false, get_preferred_allocation_available: false },
    };
    client.Register(request, { deadline: Date.now() + DEADLINE_MS }, (error) => {
      client.close();
      if (error === null) resolve();
      else {
        const why = `the kubelet refuses to register ${resource}: ${error.message}`;
        reject(new NodeError(why, { cause: error }));
      }
    });
  });
