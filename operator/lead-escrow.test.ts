/** `bidding.minEscrowSeconds` on a running operator: what is read of deployments' escrow accounts, and when. */
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { COMPUTE_PROVIDERS } from '../kube/resources.js';
import { formatBidId } from '../market/ids.js';
import { aGroup, bidOf, openOrder } from './testing/tenant.js';
import { createWorld, TENANT } from './testing/world.js';
import type { World } from './testing/world.js';

jest.setTimeout(30_000);

let world: World;
const given = async (): Promise<void> => {
  world = await createWorld({ bidding: { minEscrowSeconds: 3_600 } });
  world.start();
};
afterEach(async () => world.close());

const skipped = (code: string): Promise<true> =>
  world.until(`skipped for ${code}`, async () => {
    const status = (await world.kube.get(COMPUTE_PROVIDERS, { name: 'provider' }))?.status;
    return (status?.skippedByReason?.[code] ?? 0) > 0;
  });
const bidOn = (dseq: bigint): Promise<unknown> => {
  const id = formatBidId(bidOf({ owner: TENANT, dseq, gseq: 1, oseq: 1 }));
  return world.until('a bid', () => world.chain.market.bids.get(id));
};

describe('with minEscrowSeconds', () => {
  it('an order whose escrow lasts is bid on', async () => {
    await given();
    openOrder(world, 7n);
    await bidOn(7n);
  });

  it('one whose escrow does not last is refused, and bid on once the tenant deposits', async () => {
    await given();
    // Eight GPUs at 2.5 USD an hour: a deposit of a dollar pays three minutes.
    const { owner, dseq } = openOrder(world, 7n, { depositUact: 1_000_000n });
    await skipped('EscrowTooLow');
    await world.chain.laneFor({ address: TENANT }).submit([
      {
        ...{ type: 'deposit-deployment', id: { owner, dseq }, signer: TENANT },
        amount: { denom: 'uact', amount: 100_000_000n },
      },
    ]);
    await bidOn(7n);
  });

  it('what nobody has deployed is explained without an escrow', async () => {
    await given();
    const answer = await world.until('an explanation', () => {
      const explained = world.desk()?.screening.hypothetical({
        ...{ groups: [aGroup()], owner: TENANT, hostnames: [] },
      });
      return explained === undefined || 'code' in explained ? undefined : explained;
    });
    expect(answer.map(({ decision }) => decision.type)).toEqual(['bid']);
  });
});
