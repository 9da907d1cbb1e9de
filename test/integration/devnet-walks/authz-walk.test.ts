/**
 * The recorded cold and hot key on the devnet: grants, an allowance, a bid through authz paid by the granter, the same
 * bid again, a message that was not granted, and an unordered send. The recorded messages are signed anew with our keys
 * as unordered transactions; addresses, hashes, heights, places in the block, signatures and gas within 15 % differ,
 * nothing else (fidelity 5, 7).
 */
import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import { TxBody, TxRaw, AuthInfo } from '@akashnetwork/chain-sdk/private-types/cosmos.v1beta1';
import { createDeployment, createProvider } from '../../../devnet/akash/testing/scenario.js';
import { RECORDED_ACCOUNTS } from '../../../devnet/testing/recorded-chain.js';
import { sendMessage } from '../../../devnet/testing/messages.js';
import type { TestKey } from '../../../devnet/testing/sign.js';
import { DevnetHarness, rpc } from '../devnet/harness.js';
import { afterTests } from '../../after-tests.js';
import { isGasNear } from './compare.js';
import { recordedTx, type TxAnswer } from './recording.js';

jest.setTimeout(60_000);

const WALK = [
  ['authz-grant', 'cold'],
  ['authz-feegrant', 'cold'],
  ['authz-exec-bid', 'hot'],
  ['authz-exec-bid-own-fee', 'hot'],
  ['authz-exec-send-not-granted', 'hot'],
  ['unordered-send', 'holder'],
] as const;

/** The deployment that the recorded bid was for. */
const DSEQ = 1_795_426_670_889_000n;

type Addresses = ReadonlyMap<string, string>;

/** Every address has the same length, so that bytes keep their protobuf lengths. */
const renamed = (text: string, addresses: Addresses): string => {
  let result = text;
  for (const [recorded, own] of addresses) result = result.replaceAll(recorded, own);
  return result;
};

const renamedBytes = (bytes: Uint8Array, addresses: Addresses): Uint8Array =>
  new Uint8Array(Buffer.from(renamed(Buffer.from(bytes).toString('latin1'), addresses), 'latin1'));

const varint = (value: number): string => {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
  return Buffer.from([...bytes, rest]).toString('latin1');
};

/** When the recorded grants end, and a day from now: the devnet's blocks have today's time. Both take five bytes. */
const [RECORDED_END, END] = [1_795_513_074, Math.floor(Date.now() / 1000) + 86_400].map(varint);

const lasting = (bytes: Uint8Array): Uint8Array =>
  new Uint8Array(
    Buffer.from(
      Buffer.from(bytes)
        .toString('latin1')
        .replaceAll(RECORDED_END ?? '', END ?? ''),
      'latin1',
    ),
  );

/** The answer without what may differ. */
const comparable = (answer: TxAnswer, addresses: Addresses): unknown => {
  const { tx_result: result } = JSON.parse(renamed(JSON.stringify(answer), addresses)) as TxAnswer;
  const events = result.events.map(({ type, attributes }) => ({
    type,
    attributes: attributes.map((attribute) =>
      attribute.key === 'signature' ? { ...attribute, value: '…' } : attribute,
    ),
  }));
  return { ...result, gas_used: '…', events };
};

describe('the recorded cold and hot key', () => {
  let harness: DevnetHarness;
  let addresses: Addresses;
  const answers = new Map<string, TxAnswer>();

  /** A timeout that is unlike any other: half a minute ahead, to the nanosecond. */
  let nonce = 0;
  const timeout = (): { seconds: bigint; nanos: number } => {
    nonce += 1;
    return { seconds: BigInt(Math.floor(Date.now() / 1000)) + 30n, nanos: nonce };
  };

  const resend = async (name: string, key: TestKey): Promise<void> => {
    const raw = TxRaw.decode(Buffer.from(recordedTx(name).tx, 'base64'));
    const { fee } = AuthInfo.decode(raw.authInfoBytes);
    const tx = await harness.sign(key, {
      messages: TxBody.decode(raw.bodyBytes).messages.map(({ typeUrl, value }) => ({
        typeUrl,
        value: lasting(renamedBytes(value, addresses)),
      })),
      unordered: true,
      timeoutTimestamp: timeout(),
      gas: BigInt(fee?.gasLimit.toString() ?? '0'),
      fee: BigInt(fee?.amount[0]?.amount ?? '0'),
      granter: renamed(fee?.granter ?? '', addresses),
    });
    const { code, log, hash } = await harness.broadcast(tx);
    if (code !== 0) throw new Error(`CheckTx refused ${name}: ${log}`);
    await harness.included(hash);
    const asked = Buffer.from(hash, 'hex').toString('base64');
    answers.set(name, await rpc<TxAnswer>(harness.devnet.rpcUrl, 'tx', { hash: asked }));
  };

  const atEnd = afterTests();
  beforeAll(async () => {
    harness = await DevnetHarness.start();
    atEnd(() => harness.end());
    const keys = {
      cold: await harness.key('provider'),
      hot: await harness.key('otherProvider'),
      holder: await harness.key('faucet'),
    };
    const tenant = await harness.key('tenant');
    addresses = new Map([
      [RECORDED_ACCOUNTS.coldProvider, keys.cold.address],
      [RECORDED_ACCOUNTS.hotKey, keys.hot.address],
      [RECORDED_ACCOUNTS.holder, keys.holder.address],
      [RECORDED_ACCOUNTS.tenant, tenant.address],
    ]);
    const register = await harness.sign(keys.cold, {
      messages: [createProvider(keys.cold.address)],
    });
    const deploy = await harness.sign(tenant, {
      messages: [createDeployment({ owner: tenant.address, dseq: DSEQ })],
    });
    // The recorded sender had sent before: an account's first transaction also stores its key, which costs gas.
    const first = await harness.sign(keys.holder, {
      messages: [sendMessage(keys.holder.address, tenant.address, 1n)],
    });
    await harness.deliver(first);
    await harness.deliver(register);
    await harness.deliver(deploy);
    for (const [name, signer] of WALK) await resend(name, keys[signer]);
  });

  it.each(WALK.map(([name]) => name))(
    'answers /tx for %s as recorded, order of events included',
    (name) => {
      const recorded = recordedTx(name);
      const answer = answers.get(name);
      expect(answer === undefined ? undefined : comparable(answer, new Map())).toEqual(
        comparable(recorded, addresses),
      );
      expect(isGasNear(recorded.tx_result.gas_used, answer?.tx_result.gas_used ?? '0')).toBe(true);
    },
  );
});
