import { describe, expect, it } from '@jest/globals';
import { MsgRevokeAllowance } from '@akashnetwork/chain-sdk/private-types/cosmos.v1beta1';
import { allowanceMessage, sendMessage } from '../testing/messages.js';
import { TestChain } from '../testing/test-chain.js';

const setup = (limitUakt?: bigint) => {
  const chain = new TestChain();
  const [granter, grantee] = [chain.key(0).address, chain.key(1).address];
  const granted = chain.deliver(
    chain.sign(0, { messages: [allowanceMessage(granter, grantee, limitUakt)] }),
  );
  expect(granted.code).toBe(0);
  const send = (sequence: bigint): Uint8Array =>
    chain.sign(1, { messages: [sendMessage(grantee, granter, 1n)], sequence, granter });
  return { chain, granter, grantee, send };
};

const firstEvents = (events: readonly { readonly type: string }[]): readonly string[] =>
  events.slice(0, 3).map((e) => e.type);

describe('feegrant (fidelity 5)', () => {
  it('pays the fee from the granter and says so first', () => {
    const { chain, granter, send } = setup();
    const { events, code } = chain.deliver(send(0n));
    expect(code).toBe(0);
    expect(firstEvents(events)).toEqual(['use_feegrant', 'update_feegrant', 'coin_spent']);
    expect(events.find((e) => e.type === 'tx')?.attributes).toContainEqual({
      key: 'fee_payer',
      value: granter,
    });
  });

  it('is removed when its limit is used up, and then refuses', () => {
    const { chain, granter, grantee, send } = setup(5000n);
    expect(firstEvents(chain.deliver(send(0n)).events)).toEqual([
      'revoke_feegrant',
      'use_feegrant',
      'coin_spent',
    ]);
    const { codespace, code, log } = chain.check(send(1n));
    expect([codespace, code, log]).toEqual([
      'sdk',
      38,
      `${granter} does not allow to pay fees for ${grantee}: fee-grant not found: not found`,
    ]);
  });

  it('refuses a fee above its limit', () => {
    const { chain, granter, grantee, send } = setup(4999n);
    const { codespace, code, log } = chain.check(send(0n));
    expect([codespace, code, log]).toEqual([
      'feegrant',
      2,
      `${granter} does not allow to pay fees for ${grantee}: basic allowance: fee limit exceeded`,
    ]);
  });

  it('ends when revoked, and cannot be granted twice', () => {
    const { chain, granter, grantee, send } = setup();
    const again = chain.deliver(
      chain.sign(0, { messages: [allowanceMessage(granter, grantee)], sequence: 1n }),
    );
    expect(again.log).toContain('fee allowance already exists: invalid request');
    const revoke = {
      typeUrl: '/cosmos.feegrant.v1beta1.MsgRevokeAllowance',
      value: MsgRevokeAllowance.encode({ granter, grantee }).finish(),
    };
    expect(chain.deliver(chain.sign(0, { messages: [revoke], sequence: 2n })).code).toBe(0);
    expect(chain.check(send(0n)).code).toBe(38);
  });
});
