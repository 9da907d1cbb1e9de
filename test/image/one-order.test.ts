/** The packed image, hardened as in a pod, through one order and one fault. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import {
  expectAllGone,
  expectCondition,
  expectPhase,
  expectScheduledPods,
} from '../e2e/expectations.js';
import { exampleSdl, Tenant } from '../e2e/tenant.js';
import { startContainerStack } from './containers.js';
import type { ContainerStack } from './containers.js';
import { describeOnDocker } from './describe-on-docker.js';

jest.setTimeout(240_000);

/** What the image may weigh, uncompressed: Node itself is 125 MB. */
const MOST_BYTES = 200_000_000;

describeOnDocker('operator, gateway, devnet and proxy as containers', () => {
  let dir: string;
  let containers: ContainerStack | undefined;
  let tenant: Tenant | undefined;
  const up = (): { readonly containers: ContainerStack; readonly tenant: Tenant } => {
    if (containers === undefined || tenant === undefined) throw new Error('not started');
    return { containers, tenant };
  };

  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'berth-image-'));
    containers = await startContainerStack(dir);
    tenant = await Tenant.of(containers.stack);
    await expectCondition(containers.stack, 'Bidding', 'Bidding');
  });
  afterAll(async () => {
    tenant?.close();
    await containers?.stop();
    if (process.env['BERTH_KEEP_RUN'] === undefined) rmSync(dir, { recursive: true, force: true });
    else console.log(`kept: ${dir}`);
  });

  it('holds Node, six Debian packages and no shell', () => {
    const { image } = up().containers;
    expect(image.packages.map((p) => p.name)).toEqual([
      ...['ca-certificates', 'libc6', 'libgcc-s1', 'libstdc++6', 'netbase', 'tzdata'],
    ]);
    expect(image.bytes).toBeLessThan(MOST_BYTES);
  });

  it('serves an order from bid to removal, with the way to the chain cut in between', async () => {
    const { containers: here, tenant: me } = up();
    const sdl = await exampleSdl('training-job');
    const order = await me.openOrder(sdl, 1001n);
    const bid = await me.waitForBid(order);
    await me.acceptBid(bid.id);
    await expectPhase(here.stack, bid.id, 'AwaitingManifest');

    await here.chainLink.cut();
    await expectCondition(here.stack, 'ChainSynced', 'ChainStale');
    await here.chainLink.heal();

    expect(await me.sendManifest(order, sdl.manifest)).toEqual({ status: 200, body: '' });
    await expectScheduledPods(here.stack, bid.id, 1);
    await expectPhase(here.stack, bid.id, 'Scheduled');
    await me.closeDeployment(order);
    await expectAllGone(here.stack, bid.id);
  });
});
