/** Answers of `abci_query`, for the scripted endpoint; for tests only. */
import {
  BaseAccount,
  QueryAccountResponse,
} from '@akashnetwork/chain-sdk/private-types/cosmos.v1beta1';

/** An answer with `value` at `height`. */
export const abciAnswer = (value: Uint8Array, height = 1): unknown => ({
  response: { code: 0, value: Buffer.from(value).toString('base64'), height: String(height) },
});

/** The refusal of a query. */
export const abciRefusal = (codespace: string, code: number, log: string): unknown => ({
  response: { code, codespace, log, height: '1' },
});

/** cosmos.auth.v1beta1.Query/Account of a plain account. */
export const accountAnswer = (
  address: string,
  accountNumber: bigint,
  sequence: bigint,
): unknown => {
  const base = BaseAccount.fromPartial({ address, accountNumber, sequence });
  const account = {
    typeUrl: '/cosmos.auth.v1beta1.BaseAccount',
    value: BaseAccount.encode(base).finish(),
  };
  return abciAnswer(QueryAccountResponse.encode({ account }).finish());
};
