/**
 * Builds and signs transactions for tests, the unordered fields and nanoseconds included, which the SDK's codecs lose.
 * Written apart from the decoder, so that each checks the other.
 */
import { createHash } from 'node:crypto';
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import {
  AuthInfo,
  SignDoc,
  SignMode,
  TxRaw,
} from '@akashnetwork/chain-sdk/private-types/cosmos.v1beta1';
import { Bip39, EnglishMnemonic, Slip10, Slip10Curve, stringToPath } from '@cosmjs/crypto';
import secp256k1 from 'secp256k1';
import { encodePublicKey, SECP256K1_TYPE_URL } from '../auth/keeper.js';
import type { BlockTime } from '../kernel/module.js';
import type { AnyMessage } from '../kernel/tx/decode.js';
import { addressOf } from '../kernel/tx/signature.js';

/** A key that signs. */
export interface TestKey {
  readonly address: string;
  readonly privateKey: Uint8Array;
  /** Compressed. */
  readonly publicKey: Uint8Array;
}

const fromPrivateKey = (privateKey: Uint8Array): TestKey => {
  const publicKey = secp256k1.publicKeyCreate(privateKey, true);
  return { address: addressOf(publicKey, 'akash'), privateKey, publicKey };
};

/** The key of a mnemonic at m/44'/118'/0'/0/0. */
export const keyOfMnemonic = async (mnemonic: string): Promise<TestKey> => {
  const seed = await Bip39.mnemonicToSeed(new EnglishMnemonic(mnemonic));
  const path = stringToPath("m/44'/118'/0'/0/0");
  return fromPrivateKey(Slip10.derivePath(Slip10Curve.Secp256k1, seed, path).privkey);
};

/** A key made of a number, for tests that need many. */
export const keyOfNumber = (n: number): TestKey =>
  fromPrivateKey(new Uint8Array(createHash('sha256').update(`test key ${n}`).digest()));

/** The parts of a transaction body. */
export interface BodyParts {
  readonly messages: readonly AnyMessage[];
  readonly memo?: string;
  readonly timeoutHeight?: bigint;
  readonly unordered?: boolean;
  readonly timeoutTimestamp?: BlockTime | undefined;
}

/** Protobuf `cosmos.tx.v1beta1.TxBody` with every field, times to the nanosecond. */
export const encodeBody = (parts: BodyParts): Uint8Array => {
  const writer = new BinaryWriter();
  for (const { typeUrl, value } of parts.messages) {
    writer.tag(1, WireType.LengthDelimited).fork().tag(1, WireType.LengthDelimited).string(typeUrl);
    if (value.length > 0) writer.tag(2, WireType.LengthDelimited).bytes(value);
    writer.join();
  }
  if ((parts.memo ?? '') !== '') writer.tag(2, WireType.LengthDelimited).string(parts.memo ?? '');
  if ((parts.timeoutHeight ?? 0n) > 0n)
    writer.tag(3, WireType.Varint).uint64(parts.timeoutHeight ?? 0n);
  if (parts.unordered === true) writer.tag(4, WireType.Varint).bool(true);
  const timeout = parts.timeoutTimestamp;
  if (timeout !== undefined) {
    writer.tag(5, WireType.LengthDelimited).fork();
    if (timeout.seconds !== 0n) writer.tag(1, WireType.Varint).int64(timeout.seconds);
    if (timeout.nanos !== 0) writer.tag(2, WireType.Varint).int32(timeout.nanos);
    writer.join();
  }
  return writer.finish();
};

/** What a test says of a transaction; the rest is filled in. */
export interface TestTx extends BodyParts {
  readonly key: TestKey;
  readonly chainId: string;
  readonly accountNumber: bigint;
  readonly sequence?: bigint;
  /** Default 200000. */
  readonly gas?: bigint;
  /** uakt; default 0.025 a gas. */
  readonly fee?: bigint;
  readonly feeDenom?: string;
  readonly granter?: string;
  readonly mode?: SignMode;
}

const authInfoOf = (tx: TestTx): Uint8Array => {
  const gasLimit = tx.gas ?? 200_000n;
  const amount = (tx.fee ?? gasLimit / 40n).toString();
  return AuthInfo.encode(
    AuthInfo.fromPartial({
      signerInfos: [
        {
          publicKey: { typeUrl: SECP256K1_TYPE_URL, value: encodePublicKey(tx.key.publicKey) },
          modeInfo: { single: { mode: tx.mode ?? SignMode.SIGN_MODE_DIRECT } },
          sequence: tx.sequence ?? 0n,
        },
      ],
      fee: {
        amount: [{ denom: tx.feeDenom ?? 'uakt', amount }],
        gasLimit,
        granter: tx.granter ?? '',
      },
    }),
  ).finish();
};

/** The transaction's bytes; `signature` replaces the real one, for tests of refusals and of simulation. */
export const signTx = (tx: TestTx, signature?: Uint8Array): Uint8Array => {
  const bodyBytes = encodeBody(tx);
  const authInfoBytes = authInfoOf(tx);
  const { chainId, accountNumber } = tx;
  const doc = SignDoc.encode(
    SignDoc.fromPartial({ bodyBytes, authInfoBytes, chainId, accountNumber }),
  ).finish();
  const digest = createHash('sha256').update(doc).digest();
  const signed = signature ?? secp256k1.ecdsaSign(digest, tx.key.privateKey).signature;
  return TxRaw.encode({ bodyBytes, authInfoBytes, signatures: [signed] }).finish();
};
