/** What tests on a real node look at: pods as the kubelet reports them, HTTP as a client on the wire sees it. */
import { type IncomingHttpHeaders, request } from 'node:http';
import { expect } from '@jest/globals';
import { findCondition } from '../../crds/conditions.js';
import type { LeaseServiceStatus } from '../../crds/generated/types.js';
import type { Pod } from '../../kube/core-objects.js';
import { INGRESSES, PODS, SERVICES } from '../../kube/resources.js';
import { leaseOf, providerOf } from '../e2e/expectations.js';
import type { Installation } from '../e2e/expectations.js';
import type { NodeInventory } from '../peers/node/types.js';
import { waitFor } from '../peers/wait.js';
import type { RealLease, RealStack } from './real-stack.js';

/** A kubelet looks every ten seconds at what is full, and waits as long before it starts a crashed container again. */
export const PATIENCE = { timeoutMs: 60_000, intervalMs: 200 };

/** A cluster whose leases run on a real node; all that some looks need. */
export interface OnNode {
  readonly stack: Installation;
}
type InNamespace = Pick<RealLease, 'namespace'>;

/** The lease's only pod that is not on its way out. */
export const podOf = async (real: OnNode, { namespace }: InNamespace): Promise<Pod> => {
  const { items } = await real.stack.api.list(PODS, { namespace });
  const [pod, ...others] = items.filter(
    (p) =>
      p.metadata.deletionTimestamp === undefined &&
      p.status?.phase !== 'Failed' &&
      p.status?.phase !== 'Succeeded',
  );
  if (pod === undefined || others.length > 0) throw new Error(`${items.length} pods`);
  return pod;
};

/** What the ComputeLease says of the lease's only service. */
const serviceOf = async (real: RealStack, lease: RealLease): Promise<LeaseServiceStatus> => {
  const [service] = (await leaseOf(real.stack, lease.id))?.status?.services ?? [];
  if (service === undefined) throw new Error('the ComputeLease tells of no service yet');
  return service;
};

/** Waits until the lease's status says why the service is not ready, for example CrashLoopBackOff. */
export const expectTrouble = (real: RealStack, lease: RealLease, what: RegExp): Promise<string> =>
  waitFor(
    `the lease's status to say ${what.source}`,
    async () => {
      const { message } = await serviceOf(real, lease);
      return message !== undefined && what.test(message) ? message : undefined;
    },
    PATIENCE,
  );

/** Waits until the lease's status says how a container or pod of it ended, for example OOMKilled. */
export const expectEnding = (real: RealStack, lease: RealLease, what: RegExp): Promise<string> =>
  waitFor(
    `the lease's status to tell of an end like ${what.source}`,
    async () => {
      const { lastEnding } = await serviceOf(real, lease);
      if (lastEnding !== undefined && !what.test(lastEnding)) throw new Error(lastEnding);
      return lastEnding;
    },
    PATIENCE,
  );

/** Waits until a condition of the ComputeLease has this reason; returns its message. */
export const expectLeaseCondition = (
  real: RealStack,
  lease: RealLease,
  type: string,
  reason: string,
): Promise<string> =>
  waitFor(
    `condition ${type} of the lease with reason ${reason}`,
    async () => {
      const { status } = (await leaseOf(real.stack, lease.id)) ?? {};
      const found = findCondition(status?.conditions, type);
      if (found !== undefined && found.reason !== reason) throw new Error(found.reason);
      return found?.message;
    },
    PATIENCE,
  );

/** A misfortune is no reason to end a lease: on chain it is as it was. */
export const expectStillLeased = async (real: RealStack, { id }: RealLease): Promise<void> => {
  expect(await real.tenant.reader.lease(id)).toMatchObject({ state: 'active', closedOn: 0n });
};

/** Waits until so many GPUs are for sale. */
export const expectForSale = (real: RealStack, count: number): Promise<true> =>
  waitFor(
    `${count} GPUs to be for sale`,
    async () => {
      const gpus = (await providerOf(real.stack)).status?.gpus;
      if (gpus !== undefined && gpus.available !== count) throw new Error(JSON.stringify(gpus));
      return gpus === undefined ? undefined : true;
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
  real: OnNode,
  { namespace }: InNamespace,
  service: string,
): Promise<string> => {
  const found = await real.stack.api.get(SERVICES, { name: service, namespace });
  const address = (found?.spec as { readonly clusterIP?: string } | undefined)?.clusterIP;
  if (address === undefined) throw new Error(`Service ${service} has no cluster address`);
  return address;
};

/** The host name of the lease's only Ingress. */
export const ingressHost = async (real: RealStack, { namespace }: RealLease): Promise<string> => {
  const { items } = await real.stack.api.list(INGRESSES, { namespace });
  const { spec } = items[0] as unknown as {
    readonly spec: { readonly rules: readonly { readonly host: string }[] };
  };
  const [rule] = spec.rules;
  if (rule === undefined || items.length > 1) throw new Error(`${items.length} Ingresses`);
  return rule.host;
};

/** What a client on the wire is told. */
export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A GET, or a POST of `body`, without any connection kept. @throws Error when nobody answers within five seconds */
export const ask = (url: string, host?: string, body?: Buffer): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const headers = host === undefined ? {} : { host };
    const method = body === undefined ? 'GET' : 'POST';
    const call = request(url, { method, headers, agent: false, timeout: 5000 }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => (text += chunk));
      response.on('end', () => {
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text });
      });
    });
    call.on('timeout', () => call.destroy(new Error(`${url} did not answer`)));
    call.on('error', reject);
    call.end(body);
  });

/** Asks until there is an answer. */
export const expectAnswer = (url: string, host?: string): Promise<string> =>
  waitFor(
    `${url} to answer`,
    async () => {
      const { status, body } = await ask(url, host);
      return status === 200 ? body : undefined;
    },
    { timeoutMs: 30_000, intervalMs: 200 },
  );
