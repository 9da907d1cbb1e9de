/** How authz quotes a bid that failed, as recorded. */
import { describe, expect, it } from '@jest/globals';
import { MsgExec } from '@akashnetwork/chain-sdk/private-types/cosmos.v1beta1';
import {
  MsgCloseBid,
  MsgCreateBid,
  MsgWithdrawLease,
} from '@akashnetwork/chain-sdk/private-types/akash.v1beta5';
import { recordedTx } from '../akash/testing/recorded.js';
import { bidId } from '../akash/testing/scenario.js';
import { describeCloseBid, describeCreateBid, describeWithdrawLease } from './describe.js';
import { LeaseClosedReason } from './records.js';

describe('messages in text form', () => {
  it('prints a bid as the node’s log does', () => {
    const recorded = recordedTx('authz-exec-bid-own-fee');
    const [exec] = recorded.messages;
    const [inner] = MsgExec.decode(exec?.value ?? new Uint8Array()).msgs;
    const bid = MsgCreateBid.decode(inner?.value ?? new Uint8Array());
    expect(recorded.log).toContain(
      `; message ${describeCreateBid({ ...bid, window: undefined })}: invalid bid`,
    );
  });

  it('leaves empty fields out and names the reason', () => {
    const id = bidId();
    const printed = `id:<owner:"${id.owner}" dseq:7 gseq:1 oseq:1 provider:"${id.provider}" > `;
    expect(describeWithdrawLease(MsgWithdrawLease.fromPartial({ id }))).toBe(printed);
    const reason = LeaseClosedReason.lease_closed_reason_unstable;
    expect(describeCloseBid(MsgCloseBid.fromPartial({ id, reason }))).toBe(
      `${printed}reason:lease_closed_reason_unstable `,
    );
  });
});
