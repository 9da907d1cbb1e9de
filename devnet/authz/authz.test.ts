import { describe, expect, it } from '@jest/globals';
import {
  DepositAuthorization,
  DepositAuthorization_Scope as Scope,
} from '@akashnetwork/chain-sdk/private-types/akash.v1';
import {
  Grant,
  MsgGrant,
  MsgRevoke,
  QueryGranteeGrantsRequest,
  QueryGranteeGrantsResponse,
} from '@akashnetwork/chain-sdk/private-types/cosmos.v1beta1';
import { freeContext } from '../kernel/context.js';
import type { AnyMessage } from '../kernel/tx/decode.js';
import { Branch } from '../kernel/branch.js';
import { TestChain } from '../testing/test-chain.js';
import { execMessage, grantMessage, sendMessage } from '../testing/messages.js';
import { depositGrants } from './deposit-grants.js';

const SEND = '/cosmos.bank.v1beta1.MsgSend';

const setup = () => {
  const chain = new TestChain();
  const [granter, grantee, third] = [0, 1, 2].map((n) => chain.key(n).address) as [
    string,
    string,
    string,
  ];
  const send = sendMessage(granter, third, 5n);
  return { chain, granter, grantee, third, send };
};

const inSeconds = (chain: TestChain, seconds: number): Date =>
  new Date((Number(chain.time.seconds) + seconds) * 1000);

describe('authz', () => {
  it('runs a granted message in the granter’s name and marks its events', () => {
    const { chain, granter, grantee, send } = setup();
    expect(
      chain.deliver(chain.sign(0, { messages: [grantMessage(granter, grantee, SEND)] })).code,
    ).toBe(0);
    const { code, events } = chain.deliver(
      chain.sign(1, { messages: [execMessage(grantee, [send, send])] }),
    );
    expect(code).toBe(0);
    const spent = events.filter(
      (e) => e.type === 'coin_spent' && e.attributes.some((a) => a.key === 'authz_msg_index'),
    );
    expect(spent.map((e) => e.attributes)).toEqual(
      ['0', '1'].map((index) => [
        { key: 'spender', value: granter },
        { key: 'amount', value: '5uakt' },
        { key: 'authz_msg_index', value: index },
        { key: 'msg_index', value: '0' },
      ]),
    );
  });

  it('refuses what was not granted, has expired, or was revoked, each in its own words', () => {
    const { chain, granter, grantee, send } = setup();
    const exec = (sequence: bigint): Uint8Array =>
      chain.sign(1, { messages: [execMessage(grantee, [send])], sequence });
    expect(chain.deliver(exec(0n)).log).toBe(
      `failed to execute message; message index: 0: failed to get grant with given granter: ${granter}, grantee: ${grantee} & msgType: ${SEND} : authorization not found`,
    );
    chain.deliver(
      chain.sign(0, { messages: [grantMessage(granter, grantee, SEND, inSeconds(chain, 3))] }),
    );
    expect(chain.deliver(exec(1n)).code).toBe(0);
    chain.block([]);
    chain.block([]);
    expect(chain.deliver(exec(2n)).log).toContain('authorization not found');
    chain.deliver(
      chain.sign(0, { messages: [grantMessage(granter, grantee, SEND)], sequence: 1n }),
    );
    const revoke: AnyMessage = {
      typeUrl: '/cosmos.authz.v1beta1.MsgRevoke',
      value: MsgRevoke.encode({ granter, grantee, msgTypeUrl: SEND }).finish(),
    };
    expect(
      chain.deliver(chain.sign(0, { messages: [revoke], sequence: 2n })).events.map((e) => e.type),
    ).toContain('cosmos.authz.v1beta1.EventRevoke');
    expect(chain.deliver(exec(3n)).code).toBe(2);
  });

  it('refuses an unknown wrapped type already in the mempool', () => {
    const { chain, grantee } = setup();
    const inner = { typeUrl: '/no.such.Msg', value: new Uint8Array() };
    const { codespace, code, log } = chain.check(
      chain.sign(1, { messages: [execMessage(grantee, [inner])] }),
    );
    expect([codespace, code, log]).toEqual([
      'sdk',
      2,
      'unable to resolve type URL /no.such.Msg: tx parse error',
    ]);
  });

  it('quotes the failed message in its log', () => {
    const { chain, granter, grantee, third } = setup();
    chain.deliver(chain.sign(0, { messages: [grantMessage(granter, grantee, SEND)] }));
    const tooMuch = sendMessage(granter, third, 10n ** 15n);
    const { log, codespace, code } = chain.deliver(
      chain.sign(1, { messages: [execMessage(grantee, [tooMuch])] }),
    );
    expect([codespace, code]).toEqual(['sdk', 5]);
    expect(log).toMatch(
      /^failed to execute message; message index: 0: failed to execute message; message .*: spendable balance /,
    );
  });

  it('refuses an expiry that has passed, a type nobody handles, and granting oneself', () => {
    const { chain, granter, grantee } = setup();
    const log = (message: AnyMessage, sequence: bigint): readonly [string, number] => {
      const outcome = chain.deliver(chain.sign(0, { messages: [message], sequence }));
      return [outcome.codespace, outcome.code];
    };
    expect(log(grantMessage(granter, grantee, SEND, inSeconds(chain, -1)), 0n)).toEqual([
      'authz',
      3,
    ]);
    expect(log(grantMessage(granter, grantee, '/no.such.Msg'), 1n)).toEqual(['sdk', 29]);
    expect(log(grantMessage(granter, granter, SEND), 2n)).toEqual(['authz', 7]);
  });

  it('lists what a grantee holds', () => {
    const { chain, granter, grantee } = setup();
    chain.deliver(chain.sign(0, { messages: [grantMessage(granter, grantee, SEND)] }));
    const request = QueryGranteeGrantsRequest.encode({ grantee, pagination: undefined }).finish();
    const answer = chain.app.query('/cosmos.authz.v1beta1.Query/GranteeGrants', request, 0n);
    expect(QueryGranteeGrantsResponse.decode(answer.value).grants).toMatchObject([
      { granter, grantee },
    ]);
  });

  it('gives escrow the deposit grants, and takes back what is left of them', () => {
    const { chain, granter, grantee } = setup();
    const authorization = (amount: string): Uint8Array =>
      DepositAuthorization.encode({
        spendLimit: { denom: 'uact', amount },
        scopes: [Scope.bid],
      }).finish();
    const grant = Grant.fromPartial({
      authorization: {
        typeUrl: '/akash.escrow.v1.DepositAuthorization',
        value: authorization('7'),
      },
    });
    const message = {
      typeUrl: '/cosmos.authz.v1beta1.MsgGrant',
      value: MsgGrant.encode({ granter, grantee, grant }).finish(),
    };
    expect(chain.deliver(chain.sign(0, { messages: [message] })).code).toBe(0);
    const types: string[] = [];
    const context = freeContext({
      store: new Branch(chain.database),
      chainId: '',
      height: chain.height,
      time: chain.time,
      emit: (event) => types.push(event.type),
    });
    expect(depositGrants.list(context, grantee)).toEqual([
      { granter, authorization: Buffer.from(authorization('7')) },
    ]);
    depositGrants.save(context, grantee, { granter, authorization: authorization('3') });
    expect(
      depositGrants
        .list(context, grantee)
        .map((g) => DepositAuthorization.decode(g.authorization).spendLimit?.amount),
    ).toEqual(['3']);
    expect(types).toEqual([]);
    depositGrants.save(context, grantee, { granter, authorization: authorization('0') });
    expect(depositGrants.list(context, grantee)).toEqual([]);
    expect(types).toEqual(['cosmos.authz.v1beta1.EventRevoke']);
  });
});
