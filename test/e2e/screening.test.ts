/** BidScreening through the gateway's gRPC, on real parts: what it says is what the operator then does. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import { status } from '@grpc/grpc-js';
import { fromResources } from '../../chain/decode/group-spec.js';
import { grpcClient } from '../../gateway/testing/grpc-client.js';
import type { GrpcClient } from '../../gateway/testing/grpc-client.js';
import { PRICING_POLICIES } from '../../kube/resources.js';
import { afterTests } from '../after-tests.js';
import { waitFor } from '../peers/wait.js';
import { aPricingPolicy } from '../stack/policies.js';
import { startStack } from '../stack/stack.js';
import type { Stack } from '../stack/stack.js';
import { expectCondition } from './expectations.js';
import { exampleSdl, Tenant } from './tenant.js';

jest.setTimeout(180_000);

let dir: string;
let stack: Stack;
let tenant: Tenant;
let client: GrpcClient;
const atEnd = afterTests();
beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'berth-screening-'));
  atEnd(() => {
    rmSync(dir, { recursive: true, force: true });
  });
  stack = await startStack({ dir, blockTimeMs: 200 });
  atEnd(() => stack.stop());
  tenant = await Tenant.of(stack);
  atEnd(() => {
    tenant.close();
  });
  // The measured block time moves from block to block here, and the price per block with it.
  const policy = aPricingPolicy();
  const fixed = { ...policy, spec: { ...policy.spec, blockTimeMs: 6_000 } };
  const { metadata } = await stack.api.apply(PRICING_POLICIES, fixed);
  await waitFor(
    'the operator to have read the price book',
    async () => {
      const { status: seen } = (await stack.api.get(PRICING_POLICIES, metadata)) ?? {};
      return seen?.observedGeneration === metadata.generation || undefined;
    },
    { timeoutMs: 90_000 },
  );
  await expectCondition(stack, 'Bidding', 'Bidding');
  client = grpcClient({ port: stack.grpcPort });
  atEnd(() => {
    client.close();
  });
});

const answered = async (sdl: Awaited<ReturnType<typeof exampleSdl>>) =>
  waitFor(
    'an answer to a screening',
    async () => {
      const result = await client.screen(sdl.groups[0]);
      if (!result.ok) throw new Error(result.details);
      return result.answer;
    },
    { timeoutMs: 60_000 },
  );

describe('BidScreening on real parts', () => {
  it.each(['training-job', 'inference-server', 'notebook', 'web-service'])(
    'of %s names the price and the GPUs of the bid that follows',
    async (example) => {
      const sdl = await exampleSdl(example);
      const screened = await answered(sdl);
      expect(screened).toMatchObject({ passed: true, reasons: [] });
      const bid = await tenant.waitForBid(await tenant.openOrder(sdl, BigInt(Date.now())));
      const { denom, amount } = bid.price;
      expect(screened.price).toEqual({ denom, amount: amount.toFixed() });
      const [offer] = bid.resourcesOffer;
      if (offer === undefined) throw new Error('a bid without an offer');
      expect(screened.resourceOffer).toMatchObject({
        resources: fromResources(offer.resources),
        count: offer.count,
      });
    },
  );

  it('of a tenant with a token is answered for that tenant', async () => {
    // The chain knows his key by now: he has opened deployments.
    const own = grpcClient({ port: stack.grpcPort, token: await tenant.token() });
    const sdl = await exampleSdl('web-service');
    const result = await own.screen(sdl.groups[0]);
    own.close();
    expect(result).toMatchObject({ ok: true, answer: { passed: true } });
  });

  it('of a group that nothing can run has the reasons that its order gets', async () => {
    const sdl = await exampleSdl('training-job', (text) => text.replace(/units: 8/, 'units: 9'));
    const screened = await answered(sdl);
    expect(screened.passed).toBe(false);
    expect(screened.reasons.join('\n')).toContain('InsufficientGpus: ');
    expect(screened.price).toBeUndefined();
  });

  it('is UNAVAILABLE while no operator runs, and answers again after it', async () => {
    const sdl = await exampleSdl('web-service');
    await answered(sdl);
    await stack.operator.kill({ hold: true });
    const refused = await client.screen(sdl.groups[0]);
    expect(refused).toMatchObject({ status: status.UNAVAILABLE, code: 'ScreeningUnavailable' });
    expect((await client.getStatus()).ok).toBe(true);
    stack.operator.release();
    expect((await answered(sdl)).passed).toBe(true);
  });
});
