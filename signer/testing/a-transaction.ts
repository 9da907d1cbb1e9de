/** Sign bytes exactly as the lane makes them, and the people of the signer's tests. */
import { signerFromPrivateKey } from '../../chain/wallet.js';
import { encodeMessage } from '../../chain/tx/messages.js';
import { signOne } from '../../chain/sign-one.js';
import { signTx } from '../../chain/tx/sign.js';
import type { TxPlan } from '../../chain/tx/sign.js';
import type { ChainMessage } from '../../chain/ports.js';
import { parseDecimal } from '../../market/money.js';
import type { SigningPolicy } from '../policy/signing-policy.js';

export const SIGNER = signerFromPrivateKey(new Uint8Array(32).fill(7));
export const PROVIDER = SIGNER.address;
export const TENANT = signerFromPrivateKey(new Uint8Array(32).fill(8)).address;
export const HOST_URI = 'https://provider.example.com:8443';

/** Generous, so that a test tightens only what it is about. */
export const POLICY: SigningPolicy = {
  chainId: 'berth-1',
  provider: PROVIDER,
  key: PROVIDER,
  hostUri: HOST_URI,
  maxFeeUakt: 100_000n,
  maxMessages: 50,
  perHour: { feesUakt: 10n ** 9n, deposits: 10n ** 12n, closes: 10_000n, transactions: 10_000n },
  perDay: { feesUakt: 10n ** 10n, deposits: 10n ** 13n, closes: 100_000n, transactions: 100_000n },
};

const ID = { owner: TENANT, dseq: 42n, gseq: 1, oseq: 1, provider: PROVIDER, bseq: 0 };

export const createBid = (dseq = 42n, denom = 'uact', depositAmount = 500_000n): ChainMessage => ({
  type: 'create-bid',
  id: { ...ID, dseq },
  price: { denom, amount: parseDecimal('1.5') },
  deposit: { denom, amount: depositAmount },
  resourcesOffer: [],
});

export const closeBid = (dseq = 42n, provider = PROVIDER): ChainMessage => ({
  type: 'close-bid',
  id: { ...ID, dseq, provider },
  reason: 'unspecified',
});

export const withdraw = (dseq = 42n): ChainMessage => ({
  type: 'withdraw-lease',
  id: { ...ID, dseq },
});

export const updateProvider = (hostUri: string): ChainMessage => ({
  type: 'update-provider',
  provider: { owner: PROVIDER, hostUri, attributes: [], info: { email: '', website: '' } },
});

/** The bytes that a signer is given for this transaction. */
export const signBytesOf = async (
  messages: readonly ChainMessage[],
  plan: Partial<Omit<TxPlan, 'body'>> & { readonly feeUakt?: bigint } = {},
): Promise<Uint8Array> => signBytesOfBody(messages.map(encodeMessage), plan);

/** The same for messages that Berth itself never makes. */
export const signBytesOfBody = async (
  messages: TxPlan['body']['messages'],
  plan: Partial<Omit<TxPlan, 'body'>> & { readonly feeUakt?: bigint } = {},
): Promise<Uint8Array> => {
  let captured = new Uint8Array();
  const { feeUakt = 5_000n, ...rest } = plan;
  await signTx(
    {
      publicKey: SIGNER.publicKey,
      sign: async (bytes) => {
        captured = Uint8Array.from(bytes);
        return signOne(SIGNER, bytes);
      },
    },
    {
      body: { messages, timeoutNs: 1_790_000_000_000_000_001n },
      chainId: 'berth-1',
      accountNumber: 3n,
      sequence: 0n,
      gasLimit: 200_000n,
      fee: [{ denom: 'uakt', amount: feeUakt }],
      ...rest,
    },
  );
  return captured;
};
