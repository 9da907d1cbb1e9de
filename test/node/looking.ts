/** What tests on a real node look at: pods as the kubelet reports them, HTTP as a client on the wire sees it. */
import { request } from 'node:http';
import type { Pod } from '../../kube/core-objects.js';
import { INGRESSES, PODS, SERVICES } from '../../kube/resources.js';
import { leaseOf } from '../e2e/expectations.js';
import type { NodeInventory } from '../peers/node/types.js';
import { waitFor } from '../peers/wait.js';
import type { RealLease, RealStack } from './real-stack.js';

/** A kubelet looks every ten seconds at what is full, and waits as long before it starts a crashed container again. */
export const PATIENCE = { timeoutMs: 60_000, intervalMs: 200 };

/** The lease's only pod that is not on its way out. */
export const podOf = async (real: RealStack, { namespace }: RealLease): Promise<Pod> => {
  const { items } = await real.stack.api.list(PODS, { namespace });
  const [pod, ...others] = items.filter(
    (p) => p.metadata.deletionTimestamp === undefined && p.status?.phase !== 'Failed',
  );
  if (pod === undefined || others.length > 0) throw new Error(`${items.length} pods`);
  return pod;
};

/** How the container of the lease's pod ended before it was started again; undefined when it never did. */
export const lastEnding = async (
  real: RealStack,
  lease: RealLease,
): Promise<{ readonly reason: string; readonly exitCode: number } | undefined> => {
  const { name } = (await podOf(real, lease)).metadata;
  const path = '-o=jsonpath={.status.containerStatuses[0].lastState.terminated}';
  const text = await real.kubectl('get', 'pod', '-n', lease.namespace, name, path);
  return text === ''
    ? undefined
    : (JSON.parse(text) as { readonly reason: string; readonly exitCode: number });
};

/** Waits until the lease's status of its service says something that matches, for example CrashLoopBackOff. */
export const expectTrouble = (real: RealStack, lease: RealLease, what: RegExp): Promise<string> =>
  waitFor(
    `the lease's status to say ${what.source}`,
    async () => {
      const message = (await leaseOf(real.stack, lease.id))?.status?.services?.[0]?.message;
      return message !== undefined && what.test(message) ? message : undefined;
    },
    PATIENCE,
  );

/** Waits until the node holds no more than it did. The kubelet collects what dead pods leave once a minute. */
export const expectSameInventory = (real: RealStack, before: NodeInventory): Promise<true> =>
  waitFor<true>(
    'the node to hold nothing of the lease',
    async () => {
      const now = await real.node.inventory();
      const left = Object.entries(now).flatMap(([kind, names]) =>
        (names as readonly string[])
          .filter((name) => !before[kind as keyof NodeInventory].includes(name))
          .map((name) => `${kind} ${name}`),
      );
      if (left.length > 0) throw new Error(`there are still ${left.join(', ')}`);
      return true;
    },
    { timeoutMs: 150_000, intervalMs: 1000 },
  );

/** The Service's cluster address; nothing but kube-proxy's rules on the node leads from there to a pod. */
export const clusterAddress = async (
  real: RealStack,
  { namespace }: RealLease,
  service: string,
): Promise<string> => {
  const found = await real.stack.api.get(SERVICES, { name: service, namespace });
  const address = (found?.spec as { readonly clusterIP?: string } | undefined)?.clusterIP;
  if (address === undefined) throw new Error(`Service ${service} has no cluster address`);
  return address;
};

/** Where the lease's only Ingress leads: host name, Service and port, as an ingress controller would read it. */
export const ingressPath = async (
  real: RealStack,
  { namespace }: RealLease,
): Promise<{ readonly host: string; readonly service: string; readonly port: number }> => {
  const { items } = await real.stack.api.list(INGRESSES, { namespace });
  const { spec } = items[0] as unknown as {
    readonly spec: {
      readonly rules: readonly [
        {
          readonly host: string;
          readonly http: {
            readonly paths: readonly [
              {
                readonly backend: {
                  readonly service: {
                    readonly name: string;
                    readonly port: { readonly number: number };
                  };
                };
              },
            ];
          };
        },
      ];
    };
  };
  const [{ host, http }] = spec.rules;
  const { service } = http.paths[0].backend;
  return { host, service: service.name, port: service.port.number };
};

/** A GET without any connection kept. @throws Error when nobody answers within five seconds */
export const get = (
  url: string,
  host?: string,
): Promise<{ readonly status: number; readonly body: string }> =>
  new Promise((resolve, reject) => {
    const headers = host === undefined ? {} : { host };
    const call = request(url, { headers, agent: false, timeout: 5000 }, (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => (body += chunk));
      response.on('end', () => {
        resolve({ status: response.statusCode ?? 0, body });
      });
    });
    call.on('timeout', () => call.destroy(new Error(`${url} did not answer`)));
    call.on('error', reject);
    call.end();
  });

/** Asks until there is an answer. */
export const expectAnswer = (url: string, host?: string): Promise<string> =>
  waitFor(
    `${url} to answer`,
    async () => {
      const { status, body } = await get(url, host);
      return status === 200 ? body : undefined;
    },
    { timeoutMs: 30_000, intervalMs: 200 },
  );
