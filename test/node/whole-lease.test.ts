/** A lease whose containers really run: on the devices that were promised, within its limits, reachable, and gone at its end. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, expect, it, jest } from '@jest/globals';
import { packImage } from '../../hack/images/docker-archive.js';
import { imageReference } from '../../hack/images/images.js';
import { busyboxRoot } from '../../hack/images/root-fs.js';
import { PODS } from '../../kube/resources.js';
import { afterTests } from '../after-tests.js';
import { expectAllGone, expectNothingHeld, expectPhase } from '../e2e/expectations.js';
import type { NodeInventory } from '../peers/node/types.js';
import { toolsDir } from '../peers/tools.js';
import { describeOnNode } from './describe-on-node.js';
import {
  ask,
  clusterAddress,
  expectAnswer,
  expectForSale,
  expectSameInventory,
  ingressHost,
  PATIENCE,
  podOf,
} from './looking.js';
import { type RealLease, type RealStack, startRealStack } from './real-stack.js';
import { shrunkExample, smallSdl } from './sdl.js';
import { waitFor } from '../peers/wait.js';

jest.setTimeout(240_000);

/** What hack/images/files/server.mjs answers. */
interface Seen {
  readonly hostname: string;
  readonly user: number;
  readonly host: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly memoryLimit: string;
  readonly cpuQuota: string;
}

describeOnNode('a lease on a real node', () => {
  let real: RealStack;
  let before: NodeInventory;
  let lease: RealLease;
  const atEnd = afterTests();
  beforeAll(async () => {
    real = await startRealStack();
    atEnd(real.stop);
    before = await real.node.inventory();
    const sdl = await smallSdl({
      image: imageReference('node-server'),
      env: ['GREETING=hello'],
      cpu: 0.5,
      memory: '256Mi',
      gpus: 2,
    });
    lease = await real.lease(sdl);
    await expectPhase(real.stack, lease.id, 'Running');
  });

  const askService = async (): Promise<Seen> =>
    JSON.parse(await expectAnswer(`http://${await clusterAddress(real, lease, 'app')}/`)) as Seen;
  const inPod = async (...command: readonly string[]): Promise<string> =>
    real.kubectl(
      ...['exec', '-n', lease.namespace, (await podOf(real, lease)).metadata.name, '--'],
      ...command,
    );

  it('runs its container on the node and the devices that its bid reserved', async () => {
    const pod = await podOf(real, lease);
    expect(pod.spec.nodeName).toBe('real');
    expect(pod.status?.phase).toBe('Running');
    // The pod's own container, and the one that holds its namespaces.
    expect((await real.node.inventory()).containers).toHaveLength(2);
    const visible = (await inPod('sh', '-c', 'echo $NVIDIA_VISIBLE_DEVICES')).trim().split(',');
    expect(visible).toHaveLength(2);
    expect(real.node.gpus.devices().map((d) => d.uuid)).toEqual(expect.arrayContaining(visible));
  });

  it('shows the tenant its variables and its limits from inside', async () => {
    const seen = await askService();
    expect(seen.hostname).toBe((await podOf(real, lease)).metadata.name);
    expect(seen.environment).toMatchObject({
      GREETING: 'hello',
      AKASH_OWNER: lease.id.owner,
      AKASH_DEPLOYMENT_SEQUENCE: lease.id.dseq.toString(),
    });
    expect(seen.memoryLimit).toBe(String(256 * 1024 * 1024));
    expect(seen.cpuQuota).toBe('50000'); // of a period of 100 000 microseconds
  });

  it('answers HTTP through its Service, and by its name inside', async () => {
    expect((await askService()).environment['GREETING']).toBe('hello');
    const byName = await inPod('wget', '-q', '-O', '-', 'http://app/');
    expect((JSON.parse(byName) as Seen).host).toBe('app');
    const fullName = `app.${lease.namespace}.svc.cluster.local`;
    const byFullName = await inPod('wget', '-q', '-O', '-', `http://${fullName}/`);
    expect((JSON.parse(byFullName) as Seen).host).toBe(fullName);
  });

  it('answers HTTP through the ingress under its own host name, within the limits of its annotations', async () => {
    const host = await ingressHost(real, lease);
    expect(host).toMatch(/\.ingress\.example\.com$/);
    const url = `${real.node.ingressUrl}/`;
    const through = JSON.parse(await expectAnswer(url, host)) as Seen;
    expect(through).toMatchObject({ host, environment: { GREETING: 'hello' } });
    const { headers } = await ask(url, host);
    expect(headers['server']).toMatch(/^nginx/);
    const tooMuch = Buffer.alloc(1_048_577);
    expect((await ask(url, host, tooMuch)).status).toBe(413);
    expect((await ask(url, 'nobody.ingress.example.com')).status).toBe(404);
  });

  it('gives its provider logs, events, and a shell with and without a terminal', async () => {
    const { name } = (await podOf(real, lease)).metadata;
    expect(await real.kubectl('logs', '-n', lease.namespace, name)).toContain('listening on 8080');

    const events = await real.kubectl(
      ...['get', 'events', '-n', lease.namespace, '-o', 'jsonpath={.items[*].reason}'],
    );
    expect(events.split(' ')).toEqual(
      expect.arrayContaining(['Scheduled', 'Pulled', 'Created', 'Started']),
    );

    expect(await inPod('sh', '-c', 'tty || true')).toBe('not a tty\n');
    const kubectl = `${await toolsDir(['kubernetes'], ['kubectl'])}/kubectl`;
    // script(1) is the terminal that kubectl insists on.
    const { stdout } = await promisify(execFile)(
      'script',
      ['-qec', `${kubectl} exec -it -n ${lease.namespace} ${name} -- tty`, '/dev/null'],
      { env: { ...process.env, KUBECONFIG: real.stack.cluster.kubeconfigPath } },
    );
    expect(stdout).toMatch(/^\/dev\/pts\/\d+/);
  });

  it('streams log and events to its tenant through the gateway, through a restart of the container too', async () => {
    const log = await real.tenant.stream(lease.id, 'logs?follow=true&services=app');
    const said = (what: string): Promise<true> =>
      waitFor(
        `the log to say "${what}"`,
        async () =>
          log.frames.some((f) => String((f as { message?: unknown }).message).includes(what)) ||
          undefined,
        PATIENCE,
      );
    await said('listening on 8080');
    const { name } = (await podOf(real, lease)).metadata;
    expect(log.frames[0]).toMatchObject({ name });
    await expectAnswer(`${real.node.ingressUrl}/marked`, await ingressHost(real, lease));
    await said('GET /marked');
    const before = log.frames.length;
    await inPod('kill', '1');
    await waitFor(
      'the log of the container that was started again',
      async () =>
        log.frames
          .slice(before)
          .some((f) => (f as { message?: unknown }).message === 'listening on 8080') || undefined,
      PATIENCE,
    );
    log.close();

    const events = await real.tenant.stream(lease.id, 'kubeevents?follow=false');
    expect(await events.ended).toBe(1000);
    const reasons = events.frames.map((f) => (f as { reason?: unknown }).reason);
    expect(reasons).toEqual(expect.arrayContaining(['Scheduled', 'Pulled', 'Created', 'Started']));
    const tail = await real.tenant.stream(lease.id, 'logs?follow=false&tail=1');
    expect(await tail.ended).toBe(1000);
    expect(tail.frames).toHaveLength(1);
  });

  it.each([
    ['training-job', /^gpu-job: stands in for bash/, 1],
    ['inference-server', /^gpu-job: stands in for vllm serve/, 1],
    ['notebook', /^gpu-job: stands in for jupyter lab/, 1],
    ['web-service', /^web: listening on 80/, 0],
  ])(
    'runs examples/%s.yaml on an image that says what it stands in for',
    async (name, says, gpus) => {
      const other = await real.lease(await shrunkExample(name));
      await expectPhase(real.stack, other.id, 'Running');
      const { items } = await real.stack.api.list(PODS, { namespace: other.namespace });
      const [pod] = items;
      const logs = await real.kubectl('logs', '-n', other.namespace, pod?.metadata.name ?? '');
      expect(logs).toMatch(says);
      expect(logs.includes('gpu-job: 1 devices')).toBe(gpus === 1);
      await real.tenant.closeDeployment(other.order);
      await expectAllGone(real.stack, other.id);
    },
  );

  it('goes on while the kubelet is restarted', async () => {
    const containerOf = async (): Promise<string | undefined> =>
      (await podOf(real, lease)).status?.containerStatuses?.[0]?.containerID;
    const container = await containerOf();
    expect(container).toMatch(/^containerd:\/\//);
    await real.node.restartKubelet();
    expect(await containerOf()).toBe(container);
    expect((await askService()).environment['GREETING']).toBe('hello');
    await expectPhase(real.stack, lease.id, 'Running');
  });

  it('runs again, with its devices, after the node was rebooted', async () => {
    const restartsOf = async (): Promise<number> =>
      (await podOf(real, lease)).status?.containerStatuses?.[0]?.restartCount ?? 0;
    const restarts = await restartsOf();
    await real.node.reboot();
    await waitFor(
      'the container to have been started again',
      async () => (await restartsOf()) > restarts || undefined,
      PATIENCE,
    );
    await expectPhase(real.stack, lease.id, 'Running');
    expect((await askService()).environment['NVIDIA_VISIBLE_DEVICES']?.split(',')).toHaveLength(2);
    expect((await real.tenant.reader.lease(lease.id))?.state).toBe('active');
  });

  it('leaves nothing on the node when it ends', async () => {
    const during = await real.node.inventory();
    expect(during.containers).not.toEqual([]); // those of before the reboot are kept, dead, for their logs
    expect(during.interfaces).toHaveLength(1);
    expect(during.addresses).toHaveLength(1);
    expect(during.podFolders).toHaveLength(1);
    expect(during.services).toContain(`${lease.namespace}/app`);
    expect(during.mounts).not.toEqual([]);
    expect(during.cgroups).not.toEqual([]);
    await real.tenant.closeDeployment(lease.order);
    await expectAllGone(real.stack, lease.id);
    await expectSameInventory(real, before);
    await expectNothingHeld(real.stack);
  });

  it('gives the image of a lease that has ended away when it needs its disk', async () => {
    const image = 'tenant.example/private:1';
    const dir = mkdtempSync(join(tmpdir(), 'berth-tenant-image-'));
    atEnd(() => {
      rmSync(dir, { recursive: true });
    });
    await busyboxRoot(join(dir, 'root'));
    writeFileSync(join(dir, 'root/weights'), 'nobody else may read this');
    const entrypoint = ['/bin/sh', '-c', 'trap "exit 0" TERM; sleep 3600 & wait'];
    await packImage(
      { references: [image], root: join(dir, 'root'), entrypoint },
      join(dir, 'image.tar'),
    );
    await real.node.importImage(join(dir, 'image.tar'));
    const other = await real.lease(await smallSdl({ image }));
    await expectPhase(real.stack, other.id, 'Running');
    await real.tenant.closeDeployment(other.order);
    await expectAllGone(real.stack, other.id);
    expect((await real.node.inventory()).images).toContain(image);

    await real.node.setDiskFull(true);
    await expectForSale(real, 0);
    await waitFor(
      'the kubelet to throw the image away',
      async () => !(await real.node.inventory()).images.includes(image) || undefined,
      PATIENCE,
    );
    await real.node.setDiskFull(false);
    await expectSameInventory(real, before);
    await expectForSale(real, 4);
  });
});
