/**
 * The recorded signed bytes, run as they are by the whole application: signatures verify for the recorded chain id and
 * account numbers, and code, log, data and every event equal what the real node answered, order included. Gas is
 * compared within 15 %. What this leaves out: heights and times of the blocks between, which are empty here.
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { AuthInfo, TxRaw } from '@akashnetwork/chain-sdk/private-types/cosmos.v1beta1';
import { decodeTx } from './kernel/tx/decode.js';
import { addressOf, signBytes, verifySignature } from './kernel/tx/signature.js';
import {
  RECORDED_ACCOUNTS,
  RECORDED_CHAIN_ID,
  RecordedChain,
  recordedTx,
  type RecordedTx,
} from './testing/recorded-chain.js';
import { encodeBody } from './testing/sign.js';

const GAS_TOLERANCE_PERCENT = 15n;

const WALK = [
  'provider-create',
  'cert-publish-client',
  'cert-publish-server',
  'deployment-create',
  'bid-create',
  'lease-create',
  'deposit-deployment',
  'deployment-update',
  'lease-withdraw',
  'lease-close',
  'deployment-close',
  'oof-deployment-create',
  'oof-bid-create',
  'oof-lease-create',
  'oof-withdraw',
  'pc-deployment-create',
  'pc-bid-create',
  'pc-lease-create',
  'pc-bid-close',
  'bme-mint-act',
  'bme-burn-act',
  'unordered-send',
  'authz-grant',
  'authz-feegrant',
  'authz-exec-send-not-granted',
];

const expectGasNear = (recorded: RecordedTx, gasUsed: bigint): void => {
  const difference =
    gasUsed > recorded.gasUsed ? gasUsed - recorded.gasUsed : recorded.gasUsed - gasUsed;
  expect({
    name: recorded.name,
    gasUsed,
    near: difference * 100n <= recorded.gasUsed * GAS_TOLERANCE_PERCENT,
  }).toEqual({
    name: recorded.name,
    gasUsed,
    near: true,
  });
};

const everyRecording = readdirSync(join(import.meta.dirname, '../test/recorded'))
  .filter((name) => name.endsWith('.tx.json'))
  .map((name) => name.slice(0, -'.tx.json'.length));

describe('recorded signed bytes', () => {
  it.each(everyRecording)('%s decodes, and encodes again to the same bytes', (name) => {
    const { bytes } = recordedTx(name);
    const tx = decodeTx(bytes);
    expect(encodeBody(tx)).toEqual(tx.bodyBytes);
    const authInfo = AuthInfo.encode(AuthInfo.decode(tx.authInfoBytes)).finish();
    expect(Buffer.from(authInfo)).toEqual(Buffer.from(tx.authInfoBytes));
    const raw = {
      bodyBytes: tx.bodyBytes,
      authInfoBytes: tx.authInfoBytes,
      signatures: [...tx.signatures],
    };
    expect(Buffer.from(TxRaw.encode(raw).finish())).toEqual(Buffer.from(bytes));
  });

  it.each(everyRecording)('%s was signed by its account for this chain (fidelity 6)', (name) => {
    const tx = decodeTx(recordedTx(name).bytes);
    const key = tx.signerInfos[0]?.publicKey ?? new Uint8Array();
    const signature = tx.signatures[0] ?? new Uint8Array();
    const signer = addressOf(key, 'akash');
    const number = BigInt(Object.values<string>(RECORDED_ACCOUNTS).indexOf(signer));
    expect(verifySignature(signBytes(tx, RECORDED_CHAIN_ID, number), signature, key)).toBe(true);
    expect(verifySignature(signBytes(tx, RECORDED_CHAIN_ID, number + 1n), signature, key)).toBe(
      false,
    );
    expect(verifySignature(signBytes(tx, 'local-2', number), signature, key)).toBe(false);
  });
});

describe('recorded walk through the whole application (fidelity 5, 7)', () => {
  const chain = new RecordedChain();

  /** The order this bids on was not recorded, so it fails here; it is the hot key's first transaction all the same. */
  const FIRST_OF_HOT_KEY = 'authz-exec-bid';

  it.each(WALK)('%s answers as the real node did', (name) => {
    const recorded = recordedTx(name);
    if (name === 'authz-exec-send-not-granted') chain.replay(recordedTx(FIRST_OF_HOT_KEY));
    const outcome = chain.replay(recorded);
    const { code, codespace, log, gasWanted, events } = outcome;
    const data = outcome.data.length === 0 ? null : Buffer.from(outcome.data).toString('base64');
    expect({ code, codespace, log, data, gasWanted, events }).toEqual({
      code: recorded.code,
      codespace: recorded.codespace,
      log: recorded.log,
      data: recorded.data,
      gasWanted: recorded.gasWanted,
      events: recorded.events,
    });
    expectGasNear(recorded, outcome.gasUsed);
  });
});
