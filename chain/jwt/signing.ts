/** The bytes that a token's signature is over, for both algorithms. */
import { makeSignDoc, serializeSignDoc } from '@cosmjs/amino';

/** `ES256K`: over the token itself. `ES256KADR36`: over an amino document that holds it, as browser wallets sign. */
export type JwtAlgorithm = 'ES256K' | 'ES256KADR36';

/** @param input `header.payload`, base64url; @param signer the issuer's address */
export const jwtSignBytes = (alg: JwtAlgorithm, input: string, signer: string): Uint8Array => {
  const data = new TextEncoder().encode(input);
  if (alg === 'ES256K') return data;
  const message = {
    type: 'sign/MsgSignData',
    value: { signer, data: Buffer.from(data).toString('base64') },
  };
  return serializeSignDoc(makeSignDoc([message], { gas: '0', amount: [] }, '', '', 0, 0));
};
