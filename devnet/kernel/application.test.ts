import { describe, expect, it } from '@jest/globals';
import {
  QueryBalanceRequest,
  QueryBalanceResponse,
} from '@akashnetwork/chain-sdk/private-types/cosmos.v1beta1';
import { QueryParamsResponse } from '@akashnetwork/chain-sdk/private-types/akash.v1beta5';
import { sendMessage } from '../testing/messages.js';
import { TestChain } from '../testing/test-chain.js';

const BALANCE = '/cosmos.bank.v1beta1.Query/Balance';

const setup = () => {
  const chain = new TestChain({ keepHeights: 3 });
  const [from, to] = [chain.key(0).address, chain.key(1).address];
  const send = (sequence: bigint): Uint8Array =>
    chain.sign(0, { messages: [sendMessage(from, to, 1n)], sequence });
  const balance = (
    height: bigint,
  ): { readonly log: string; readonly code: number; readonly amount: string | undefined } => {
    const request = QueryBalanceRequest.encode({ address: to, denom: 'uakt' }).finish();
    const { code, log, value } = chain.app.query(BALANCE, request, height);
    return {
      code,
      log,
      amount: code === 0 ? QueryBalanceResponse.decode(value).balance?.amount : undefined,
    };
  };
  return { chain, send, balance };
};

describe('Application', () => {
  it('fidelity 11: answers at past heights and refuses pruned and future ones', () => {
    const { chain, send, balance } = setup();
    for (const sequence of [0n, 1n, 2n, 3n, 4n]) chain.deliver(send(sequence));
    expect(chain.height).toBe(6n);
    expect([0n, 6n, 5n, 3n].map((height) => balance(height).amount)).toEqual([
      '1000000000005',
      '1000000000005',
      '1000000000004',
      '1000000000002',
    ]);
    expect(balance(2n)).toEqual({
      code: 38,
      amount: undefined,
      log: 'failed to load state at height 2; version mismatch on immutable IAVL tree; version does not exist. Version has either been pruned, or is for a future block height (latest height: 6): not found',
    });
    expect(balance(7n).log).toBe(
      'cannot query with height in the future; please provide a valid height: invalid height',
    );
  });

  it('fidelity 11: an unknown path is told from a missing thing', () => {
    const { chain } = setup();
    const answer = chain.app.query('/no.such.Query/Thing', new Uint8Array(), 0n);
    expect([answer.codespace, answer.code, answer.log]).toEqual([
      'sdk',
      6,
      'unknown query path: unknown request',
    ]);
  });

  it('fidelity 13: the same blocks give the same app hash, another block another', () => {
    const run = (more: boolean): string => {
      const { chain, send } = setup();
      chain.block([send(0n), send(1n)]);
      return Buffer.from(chain.block(more ? [send(2n)] : []).appHash).toString('hex');
    };
    expect(run(false)).toBe(run(false));
    expect(run(true)).not.toBe(run(false));
  });

  it('fidelity 13: a block that was executed but not committed can be executed again', () => {
    const { chain, send } = setup();
    const block = { height: 2n, time: chain.time, txs: [send(0n)] };
    const first = chain.app.finalizeBlock(block);
    expect(chain.app.finalizeBlock(block).appHash).toEqual(first.appHash);
  });

  it('fidelity 7: every block ends with block-level events, none of the market', () => {
    const { chain } = setup();
    const { events } = chain.block([]);
    expect(events.length).toBeGreaterThan(0);
    for (const event of events) {
      expect(event.attributes.at(-1)).toEqual({ key: 'mode', value: 'EndBlock' });
      expect(event.type).not.toMatch(/^akash\.(market|deployment)\./);
    }
  });

  it('fidelity 14: parameters come from genesis and are queried', () => {
    const chain = new TestChain({ sections: { market: { params: { order_max_bids: 2 } } } });
    const answer = chain.app.query('/akash.market.v1beta5.Query/Params', new Uint8Array(), 0n);
    expect(QueryParamsResponse.decode(answer.value).params?.orderMaxBids).toBe(2);
  });

  it('fidelity 14: genesis with a section nobody reads is refused by name', () => {
    expect(() => new TestChain({ sections: { markt: {} } })).toThrow(
      'app_state.markt: no such module',
    );
  });
});
