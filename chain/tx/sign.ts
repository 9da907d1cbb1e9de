/** Assembles and signs a transaction with SIGN_MODE_DIRECT. */
import { TxRaw } from '@akashnetwork/chain-sdk/private-types/cosmos.v1beta1';
import { encodeSecp256k1Pubkey } from '@cosmjs/amino';
import { sha256 } from '@cosmjs/crypto';
import { toHex } from '@cosmjs/encoding';
import { encodePubkey, makeAuthInfoBytes, makeSignBytes, makeSignDoc } from '@cosmjs/proto-signing';
import type { Coin } from '../../market/money.js';
import { encodeTxBody } from './tx-body.js';
import type { TxBody } from './tx-body.js';

export interface TxPlan {
  readonly body: TxBody;
  readonly chainId: string;
  readonly accountNumber: bigint;
  /** 0 for an unordered transaction. */
  readonly sequence: bigint;
  readonly gasLimit: bigint;
  readonly fee: readonly Coin[];
  /** Who pays the fee by a grant, instead of the signer. */
  readonly feeGranter?: string | undefined;
}

/** The name CometBFT gives a transaction: SHA-256 in upper-case hex. */
export const txHash = (bytes: Uint8Array): string => toHex(sha256(bytes)).toUpperCase();

/** Who signs: the compressed public key, and what turns a sign document into its signature. */
export interface TxSigner {
  readonly publicKey: Uint8Array;
  sign(signBytes: Uint8Array): Promise<Uint8Array>;
}

/** Encoded TxRaw. Rejects with whatever the signer rejects with. */
export const signTx = async (signer: TxSigner, plan: TxPlan): Promise<Uint8Array> => {
  const bodyBytes = encodeTxBody(plan.body);
  const authInfoBytes = makeAuthInfoBytes(
    [{ pubkey: encodePubkey(encodeSecp256k1Pubkey(signer.publicKey)), sequence: plan.sequence }],
    plan.fee.map(({ denom, amount }) => ({ denom, amount: amount.toString() })),
    Number(plan.gasLimit),
    plan.feeGranter,
    undefined,
  );
  const signDoc = makeSignDoc(bodyBytes, authInfoBytes, plan.chainId, Number(plan.accountNumber));
  const signature = await signer.sign(makeSignBytes(signDoc));
  return TxRaw.encode({ bodyBytes, authInfoBytes, signatures: [signature] }).finish();
};
