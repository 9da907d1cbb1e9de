/**
 * The life of a release on real parts: installed, serving, upgraded, without its leader, without both, rolled back, uninstalled
 * and installed again. All the while a tenant's workload runs and another's bid is open; neither may notice.
 */
import { connect } from 'node:tls';
import { beforeAll, expect, it, jest } from '@jest/globals';
import { imageReference } from '../../hack/images/images.js';
import { OPERATOR_LEASE } from '../../crds/constants.js';
import { CONFIG_MAPS, CUSTOM_RESOURCE_DEFINITIONS } from '../../kube/resources.js';
import { leaseNamespace } from '../../manifests/names.js';
import type { Bid } from '../../market/records.js';
import { afterTests } from '../after-tests.js';
import { expectAllGone, expectCondition, expectPhase, leaseOf } from '../e2e/expectations.js';
import { describeOnNode } from '../node/describe-on-node.js';
import { clusterAddress, expectAnswer } from '../node/looking.js';
import { smallSdl } from '../node/sdl.js';
import { waitFor } from '../peers/wait.js';
import { containerOf, expectOtherLeader, leaderOf, podsOf, restartsOf } from './berth-pods.js';
import type { Component } from './berth-pods.js';
import { watchGateway } from './gateway-watch.js';
import * as berth from './release.js';
import { expectUndisturbed, standingOf } from './undisturbed.js';
import type { Tenancy } from './undisturbed.js';
import { measureUsage, usageTable } from './usage.js';
import { startWorld } from './world.js';
import type { World } from './world.js';

jest.setTimeout(300_000);

const COMPONENTS: readonly Component[] = ['operator', 'gateway', 'signer'];
/** How long Berth is left alone to see what it uses then. */
const IDLE_MS = 20_000;

describeOnNode('a release of the chart', () => {
  let world: World;
  let tenancy: Tenancy;
  let dseq = 7000n;
  const atEnd = afterTests(60_000);
  beforeAll(async () => {
    world = await startWorld();
    atEnd(world.stop);
  });

  const say = (text: string): void => {
    process.stderr.write(`${text}\n`);
  };
  const sdl = () => smallSdl({ image: imageReference('node-server'), memory: '128Mi', gpus: 1 });
  const anOrder = async () => world.tenant.openOrder(await sdl(), (dseq += 1n));

  /** A new order gets its bid, one transaction and no second; says how many blocks after the order. */
  const expectOneBid = async (when: string): Promise<Bid> => {
    const order = await anOrder();
    const bid = await world.tenant.waitForBid(order);
    const since = (await world.tenant.reader.order(order))?.createdAt ?? 0n;
    say(`${when}: bid ${bid.createdAt - since} blocks (of 1 s) after the order`);
    expect(world.gate.bidsSentOn(order)).toHaveLength(1);
    await world.tenant.closeDeployment(order);
    return bid;
  };
  const uidsOf = async (component: Component): Promise<readonly (string | undefined)[]> =>
    (await podsOf(world, component)).map((pod) => pod.metadata.uid);
  const allUids = async () => (await Promise.all(COMPONENTS.map(uidsOf))).flat();
  /** The signer's memory of the latest leadership it served. */
  const tokenServed = async (): Promise<number> => {
    const ref = { namespace: `${world.namespace}-signer`, name: 'berth-signer-counters' };
    const state = (await world.api.get(CONFIG_MAPS, ref))?.data?.['state.json'] ?? '{}';
    return (JSON.parse(state) as { readonly token?: number }).token ?? Number.NaN;
  };
  /** Runs it; every pod of Berth is another afterwards, and tenants are as before, one who asks the gateway all the time too. */
  const expectQuietRoll = async (what: string, act: () => Promise<unknown>): Promise<void> => {
    const [before, old] = await Promise.all([standingOf(world, tenancy), allUids()]);
    const { answered, failures } = await watchGateway(world, async () => {
      await act();
      await berth.expectRolledOut(world);
    });
    const now = await allUids();
    expect(now.filter((uid) => old.includes(uid))).toEqual([]);
    expect(failures).toEqual([]);
    say(`during ${what}: the gateway answered all of ${answered} questions`);
    await expectOneBid(`after ${what}`);
    await expectUndisturbed(world, tenancy, before);
  };

  it('is installed from one values file and a key, each part under an account and limits of its own', async () => {
    const notes = await berth.install(world, { logLevel: 'info' });
    await berth.giveKey(world, notes);
    await berth.describeProvider(world);
    await berth.expectRolledOut(world);
    await berth.findGateway(world);
    await expectCondition(world, 'Bidding', 'Bidding');

    const accounts = new Set<string>();
    for (const [component, replicas] of Object.entries({ operator: 2, gateway: 2, signer: 1 })) {
      const pods = await podsOf(world, component as Component);
      expect(pods).toHaveLength(replicas);
      for (const pod of pods) {
        expect(pod.spec.nodeName).toBe('real');
        const spec = pod.spec as unknown as Readonly<Record<string, unknown>>;
        accounts.add(String(spec['serviceAccountName']));
        expect(spec).toMatchObject({
          securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
          containers: [
            {
              securityContext: {
                readOnlyRootFilesystem: true,
                allowPrivilegeEscalation: false,
                capabilities: { drop: ['ALL'] },
              },
            },
          ],
        });
        expect(restartsOf(pod)).toBe(0);
      }
    }
    expect([...accounts].toSorted()).toEqual(['berth-gateway', 'berth-operator', 'berth-signer']);
    // The API server itself holds the pods to the restricted standard.
    for (const suffix of ['', '-operator', '-signer']) {
      const label = await world.kubectl(
        ...['get', 'namespace', `${world.namespace}${suffix}`, '-o'],
        'jsonpath={.metadata.labels.pod-security\\.kubernetes\\.io/enforce}',
      );
      expect(label).toBe('restricted');
    }
  });

  it('serves an order: bid by the operator’s pod, manifest through the gateway’s Service, workload running', async () => {
    const order = await anOrder();
    const { id } = await world.tenant.waitForBid(order);
    await world.tenant.acceptBid(id);
    await expectPhase(world, id, 'AwaitingManifest');
    expect(await world.tenant.sendManifest(order, (await sdl()).manifest)).toEqual({
      ...{ status: 200, body: '' },
    });
    await expectPhase(world, id, 'Running');
    const lease = { namespace: leaseNamespace(id) };
    const address = await clusterAddress({ stack: world }, lease, 'app');
    expect(await expectAnswer(`http://${address}/`)).toContain('AKASH_DEPLOYMENT_SEQUENCE');
    expect(world.gate.bidsSentOn(order)).toHaveLength(1);

    const open = await world.tenant.waitForBid(await anOrder());
    tenancy = { lease: id, bid: open.id };
  });

  it('shows tenants the certificate that is on chain', async () => {
    const { hostname, port } = new URL(world.gatewayUrl());
    const shown = await new Promise<string>((resolve, reject) => {
      const socket = connect(
        { host: hostname, port: Number(port), rejectUnauthorized: false },
        () => {
          resolve(socket.getPeerX509Certificate()?.toString().replace(/\s/g, '') ?? '');
          socket.end();
        },
      );
      socket.once('error', reject);
    });
    const provider = world.chain.account('provider').address;
    const valid = (await world.tenant.reader.certificates(provider)).filter(
      ({ state }) => state === 'valid',
    );
    expect(valid.map(({ cert }) => cert.replace(/\s/g, ''))).toEqual([shown]);
  });

  it('is upgraded: every pod is another, nothing is closed and nothing restarted', async () => {
    await expectQuietRoll('helm upgrade', () => berth.upgrade(world, { logLevel: 'debug' }));
  });

  it('bids within blocks when its leader is taken away', async () => {
    const before = await standingOf(world, tenancy);
    const leader = await leaderOf(world);
    await world.kubectl(
      ...['delete', 'pod', leader.pod.metadata.name, '--force', '--grace-period=0'],
      ...['--namespace', `${world.namespace}-operator`],
    );
    await expectOneBid('leader deleted');
    await expectOtherLeader(world, leader.pod);
    // Exactly one change of leadership, and that one is signed for now.
    expect((await leaderOf(world)).transitions).toBe(leader.transitions + 1);
    expect(await tokenServed()).toBe(leader.transitions + 1);
    await berth.expectRolledOut(world);
    await expectUndisturbed(world, tenancy, before);
  });

  it('has one signer when its leader hangs, and still when that one wakes up', async () => {
    const before = await standingOf(world, tenancy);
    const { pod, transitions } = await leaderOf(world);
    const container = containerOf(pod);
    await world.node.signal(container, 'SIGSTOP');
    const bid = await expectOneBid('leader hanging');
    await expectOtherLeader(world, pod);
    await world.node.signal(container, 'SIGCONT');
    const name = pod.metadata.name;
    await waitFor(
      'the one that hung to end itself and start again',
      async () => {
        const same = (await podsOf(world, 'operator')).find((p) => p.metadata.name === name);
        return same !== undefined && restartsOf(same) === restartsOf(pod) + 1 ? true : undefined;
      },
      { timeoutMs: 60_000, intervalMs: 200 },
    );
    const last = await world.kubectl(
      ...['logs', name, '--previous', '--tail=5', '--namespace', `${world.namespace}-operator`],
    );
    expect(last).toContain('LeadershipLost');
    expect(await tokenServed()).toBe(transitions + 1);
    expect(world.gate.bidsSentOn(bid.id)).toHaveLength(1);
    await berth.expectRolledOut(world);
    await expectUndisturbed(world, tenancy, before);
  });

  it('comes back when both replicas are killed at once', async () => {
    const before = await standingOf(world, tenancy);
    const pods = await podsOf(world, 'operator');
    expect(pods).toHaveLength(2);
    await Promise.all(pods.map((pod) => world.node.signal(containerOf(pod), 'SIGKILL')));
    await expectOneBid('both replicas killed');
    await waitFor(
      'both to have been started again',
      async () => {
        const now = await podsOf(world, 'operator');
        const restarts = (all: typeof pods): number => all.reduce((n, p) => n + restartsOf(p), 0);
        return restarts(now) === restarts(pods) + 2 ? true : undefined;
      },
      { timeoutMs: 60_000 },
    );
    await berth.expectRolledOut(world);
    await expectUndisturbed(world, tenancy, before);
  });

  it('is rolled back: every pod is another, nothing is closed and nothing restarted', async () => {
    await expectQuietRoll('helm rollback', () => berth.rollback(world, 1));
  });

  it('uses little while nothing happens', async () => {
    const usage = await measureUsage(world, IDLE_MS);
    expect(usage).toHaveLength(5);
    say(`idle, one block a second:\n${usageTable(usage)}`);
  });

  it('is uninstalled: leases, their workloads and what the cluster knows of them stay', async () => {
    const before = await standingOf(world, tenancy);
    await berth.uninstall(world);
    for (const component of COMPONENTS) expect(await podsOf(world, component)).toEqual([]);
    const { items } = await world.api.list(CUSTOM_RESOURCE_DEFINITIONS, {});
    expect(items.map((c) => c.metadata.name).filter((n) => n.endsWith('.berth.dev'))).toHaveLength(
      4,
    );
    expect((await leaseOf(world, tenancy.lease))?.status?.phase).toBe('Running');
    const lease = { namespace: leaseNamespace(tenancy.lease) };
    await expectAnswer(`http://${await clusterAddress({ stack: world }, lease, 'app')}/`);
    await expectUndisturbed(world, tenancy, before);
  });

  it('is installed again and takes its leases and bids over', async () => {
    const before = await standingOf(world, tenancy);
    // As if its namespace had gone with the release: leadership is counted from zero again.
    await world.kubectl('delete', 'lease.coordination', OPERATOR_LEASE, '-n', world.namespace);
    await berth.install(world, { logLevel: 'info' });
    await berth.expectRolledOut(world);
    await berth.findGateway(world);
    await expectOneBid('installed again');
    await expectUndisturbed(world, tenancy, before);
    const status = await world.tenant.leaseStatus(tenancy.lease);
    expect(status.status).toBe(200);
    // It is its own lease again: it ends on chain, and goes from the cluster.
    const { owner, dseq: number, gseq, oseq } = tenancy.lease;
    await world.tenant.closeDeployment({ owner, dseq: number, gseq, oseq });
    await expectAllGone(world, tenancy.lease);
  });
});
