import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { MsgCreateCertificate } from '@akashnetwork/chain-sdk/private-types/akash.v1';
import {
  MsgCreateDeployment,
  MsgCreateProvider,
  MsgUpdateDeployment,
} from '@akashnetwork/chain-sdk/private-types/akash.v1beta4';
import {
  MsgCreateBid,
  MsgWithdrawLease,
} from '@akashnetwork/chain-sdk/private-types/akash.v1beta5';
import {
  AllowedMsgAllowance,
  BasicAllowance,
  MsgExec,
  MsgGrantAllowance,
  PeriodicAllowance,
} from '@akashnetwork/chain-sdk/private-types/cosmos.v1beta1';
import { decodeTxRaw } from '@cosmjs/proto-signing';
import { Decimal } from '../../market/money.js';
import type { AllowanceTerms, ChainMessage } from '../ports.js';
import { toGroupSpec, toOffers } from '../decode/group-spec.js';
import { toBidId, toDeploymentId } from '../decode/ids.js';
import { toCoin, toDecCoin } from '../decode/primitives.js';
import { recordedTxBytes } from '../testing/recordings.js';
import { bytesFields, int64Field } from '../wire/fields.js';
import {
  encodeAccountDeposit,
  encodeCreateBid,
  encodeCreateDeployment,
} from './deposit-messages.js';
import { encodeExec } from './exec.js';
import { encodeMessage } from './messages.js';

const TENANT = 'akash1755j742uefcjur6qy6ylgkne80xsqn4dcs360u';
const PROVIDER = 'akash19h7kcru96wkylecd2vswv9eph6e58fnmk4fna5';
const GRANTER = 'akash1s4wrgsqshl6sp2sswpggsjdv7vxy3w44tlwufw';
const HOT = 'akash1z2une2l5n0l0pzalc0e8p7uqtu033n2pmhu9j3';
const BURNER = 'akash1kkw82le3shqhjeh8yawe9w98u6ct7v2dre4j8j';
const lease7 = { owner: TENANT, dseq: 7n, gseq: 1, oseq: 1, provider: PROVIDER, bseq: 0 };

const recorded = (name: string): { typeUrl: string; value: Uint8Array } => {
  const message = decodeTxRaw(recordedTxBytes(name)).body.messages[0];
  if (message === undefined) throw new Error(`${name} has no message`);
  return message;
};
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

describe('a message that the SDK does not know', () => {
  it('start-reclaim has the fields of a lease close, under its own name (AEP-82)', () => {
    const closed = encodeMessage({ type: 'close-lease', id: lease7, reason: 'decommission' });
    const started = encodeMessage({ type: 'start-reclaim', id: lease7, reason: 'decommission' });
    expect(started.typeUrl).toBe('/akash.market.v1beta5.MsgLeaseStartReclaim');
    expect(hex(started.value)).toBe(hex(closed.value));
  });
});

describe('messages encode to the recorded bytes', () => {
  const provider = MsgCreateProvider.decode(recorded('provider-create').value);
  const server = MsgCreateCertificate.decode(recorded('cert-publish-server').value);
  const update = MsgUpdateDeployment.decode(recorded('deployment-update').value);
  const cases: readonly (readonly [string, ChainMessage])[] = [
    ['lease-create', { type: 'create-lease', id: lease7 }],
    ['lease-withdraw', { type: 'withdraw-lease', id: lease7 }],
    ['lease-close', { type: 'close-lease', id: lease7, reason: 'owner' }],
    ['pc-bid-close', { type: 'close-bid', id: { ...lease7, dseq: 28n }, reason: 'unstable' }],
    ['oof-withdraw', { type: 'withdraw-lease', id: { ...lease7, dseq: 15n } }],
    ['bme-burn-act', { type: 'burn-act', owner: BURNER, amountUact: 50_000_000n }],
    ['deployment-close', { type: 'close-deployment', id: { owner: TENANT, dseq: 7n } }],
    [
      'deployment-update',
      { type: 'update-deployment', id: { owner: TENANT, dseq: 7n }, hash: update.hash },
    ],
    [
      'provider-create',
      {
        type: 'create-provider',
        provider: {
          owner: PROVIDER,
          hostUri: 'https://localhost:8443',
          attributes: [
            { key: 'region', value: 'us-west' },
            { key: 'host', value: 'akash' },
          ],
          info: { email: provider.info?.email ?? '', website: provider.info?.website ?? '' },
        },
      },
    ],
    [
      'cert-publish-server',
      {
        type: 'create-certificate',
        owner: PROVIDER,
        certPem: text(server.cert),
        pubkeyPem: text(server.pubkey),
      },
    ],
  ];

  it.each(cases)('%s', (name, message) => {
    const { typeUrl, value } = encodeMessage(message);
    const want = recorded(name);
    expect(typeUrl).toBe(want.typeUrl);
    expect(hex(value)).toBe(hex(want.value));
  });

  it.each(['bid-create', 'oof-bid-create', 'pc-bid-create'])('%s', (name) => {
    const { value } = recorded(name);
    const bid = MsgCreateBid.decode(value);
    const again = encodeCreateBid(
      {
        type: 'create-bid',
        id: toBidId(bid.id, 'id'),
        price: toDecCoin(bid.price, 'price'),
        deposit: toCoin(bid.deposit?.amount, 'deposit'),
        resourcesOffer: toOffers(bid.resourcesOffer),
      },
      ['grant', 'balance'],
    );
    expect(hex(again)).toBe(hex(value));
  });

  it.each(['deployment-create', 'oof-deployment-create', 'pc-deployment-create'])('%s', (name) => {
    const { value } = recorded(name);
    const deployment = MsgCreateDeployment.decode(value);
    const again = encodeCreateDeployment(
      {
        type: 'create-deployment',
        id: toDeploymentId(deployment.id, 'id'),
        groups: deployment.groups.map((g) => toGroupSpec(g, 'group')),
        hash: deployment.hash,
        deposit: toCoin(deployment.deposit?.amount, 'deposit'),
      },
      ['grant', 'balance'],
    );
    expect(hex(again)).toBe(hex(value));
  });

  it('authz-grant: three rights at once, to the second', () => {
    const messages = decodeTxRaw(recordedTxBytes('authz-grant')).body.messages;
    const granted = (['create-bid', 'close-bid', 'withdraw-lease'] as const).map((message) =>
      encodeMessage({
        ...{ type: 'grant', message, granter: GRANTER, grantee: HOT },
        expiresAtSeconds: 1_795_513_074,
      }),
    );
    expect(granted.map((m) => [m.typeUrl, hex(m.value)])).toEqual(
      messages.map((m) => [m.typeUrl, hex(m.value)]),
    );
  });

  it('authz-exec-bid: the bid inside is the bid alone', () => {
    const { typeUrl, value } = recorded('authz-exec-bid');
    const msgs = MsgExec.decode(value).msgs;
    const again = encodeExec(HOT, msgs);
    expect([again.typeUrl, hex(again.value)]).toEqual([typeUrl, hex(value)]);
    expect(MsgCreateBid.decode(msgs[0]?.value ?? new Uint8Array()).id?.provider).toBe(GRANTER);
  });

  it('deposit-deployment', () => {
    const { value } = recorded('deposit-deployment');
    const accountId = bytesFields(value, 2)[0] ?? new Uint8Array();
    const amount = { denom: 'uact', amount: 1_000_000n };
    const again = encodeAccountDeposit(TENANT, accountId, amount, ['grant', 'balance']);
    expect(hex(again)).toBe(hex(value));
    const own = encodeMessage({
      type: 'deposit-deployment',
      id: { owner: TENANT, dseq: 7n },
      signer: TENANT,
      amount,
    });
    expect(hex(bytesFields(own.value, 2)[0] ?? new Uint8Array())).toBe(hex(accountId));
  });

  it('send', () => {
    const want = recorded('unordered-send');
    const [from, to] = [1, 2].map((n) => text(bytesFields(want.value, n)[0] ?? new Uint8Array()));
    const coin = bytesFields(want.value, 3)[0] ?? new Uint8Array();
    const amount = BigInt(text(bytesFields(coin, 2)[0] ?? new Uint8Array()));
    const { value } = encodeMessage({
      type: 'send',
      from: from ?? '',
      to: to ?? '',
      amount: [{ denom: 'uakt', amount }],
    });
    expect(hex(value)).toBe(hex(want.value));
  });
});

describe('what the recordings do not show', () => {
  it('a bid takes its deposit from the own balance only', () => {
    const { value } = encodeMessage({
      type: 'create-bid',
      id: lease7,
      price: { denom: 'uact', amount: new Decimal('0.000000000000000001') },
      deposit: { denom: 'uact', amount: 500_000n },
      resourcesOffer: [],
    });
    const bid = MsgCreateBid.decode(value);
    expect(bid.deposit?.sources).toEqual([1]);
    expect(bid.price?.amount).toBe('0.000000000000000001');
  });

  it('a reclamation window is field 5, a duration in seconds', () => {
    const { value } = encodeMessage({
      type: 'create-bid',
      id: lease7,
      price: { denom: 'uact', amount: new Decimal('1') },
      deposit: { denom: 'uact', amount: 500_000n },
      resourcesOffer: [],
      reclamationWindowSeconds: 86_400n,
    });
    expect(int64Field(bytesFields(value, 5)[0] ?? new Uint8Array(), 1)).toBe(86_400n);
  });

  it('any dseq of 64 bits survives', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), (dseq) => {
        const { value } = encodeMessage({ type: 'withdraw-lease', id: { ...lease7, dseq } });
        expect(toBidId(MsgWithdrawLease.decode(value).id, 'id').dseq).toBe(dseq);
      }),
    );
  });
});

describe('a fee allowance', () => {
  const give = (terms: AllowanceTerms): AllowedMsgAllowance => {
    const m = { type: 'grant-fees', granter: GRANTER, grantee: HOT, terms } as const;
    const { allowance } = MsgGrantAllowance.decode(encodeMessage(m).value);
    expect(allowance?.typeUrl).toBe('/cosmos.feegrant.v1beta1.AllowedMsgAllowance');
    return AllowedMsgAllowance.decode(allowance?.value ?? new Uint8Array());
  };
  const limits = { limitUakt: 5_000_000n, expiresAtSeconds: 1_795_513_074 };
  const basic = {
    spendLimit: [{ denom: 'uakt', amount: '5000000' }],
    expiration: new Date('2026-11-24T09:37:54Z'),
  };

  it('pays for messages run by a grant and for nothing else', () => {
    const { allowance, allowedMessages } = give(limits);
    expect(allowedMessages).toEqual(['/cosmos.authz.v1beta1.MsgExec']);
    expect(allowance?.typeUrl).toBe('/cosmos.feegrant.v1beta1.BasicAllowance');
    expect(BasicAllowance.decode(allowance?.value ?? new Uint8Array())).toEqual(basic);
  });

  it('may be given anew each period', () => {
    const { allowance } = give({ ...limits, period: { seconds: 86_400, limitUakt: 700_000n } });
    expect(allowance?.typeUrl).toBe('/cosmos.feegrant.v1beta1.PeriodicAllowance');
    const day = PeriodicAllowance.decode(allowance?.value ?? new Uint8Array());
    expect(day.basic).toEqual(basic);
    expect(Number(day.period?.seconds)).toBe(86_400);
    expect(day.periodSpendLimit).toEqual([{ denom: 'uakt', amount: '700000' }]);
  });
});
