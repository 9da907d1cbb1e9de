/** The two key files of a CometBFT node: who it is among peers, and what it signs blocks with. */
import { createHash, generateKeyPairSync } from 'node:crypto';

interface Ed25519 {
  /** 32 bytes. */
  readonly publicKey: Buffer;
  /** Seed and public key, 64 bytes, as Go stores ed25519 keys. */
  readonly privateKey: Buffer;
}

/** Bytes before the raw key in the DER forms of ed25519 keys (RFC 8410). */
const DER_PRIVATE_PREFIX = 16;
const DER_PUBLIC_PREFIX = 12;

const generate = (): Ed25519 => {
  const pair = generateKeyPairSync('ed25519');
  const seed = pair.privateKey
    .export({ format: 'der', type: 'pkcs8' })
    .subarray(DER_PRIVATE_PREFIX);
  const publicKey = pair.publicKey
    .export({ format: 'der', type: 'spki' })
    .subarray(DER_PUBLIC_PREFIX);
  return { publicKey, privateKey: Buffer.concat([seed, publicKey]) };
};

/** First 20 bytes of SHA-256 of the public key, hex. */
const addressOf = (key: Ed25519): string =>
  createHash('sha256').update(key.publicKey).digest('hex').slice(0, 40);

/** Contents of `node_key.json` and the node's id, 40 hex digits. */
export const newNodeKey = (): { readonly id: string; readonly file: string } => {
  const key = generate();
  const value = key.privateKey.toString('base64');
  return {
    id: addressOf(key),
    file: JSON.stringify({ priv_key: { type: 'tendermint/PrivKeyEd25519', value } }),
  };
};

/** Contents of `priv_validator_key.json`, and the parts of it that genesis names. */
export const newValidatorKey = (): {
  readonly address: string;
  readonly publicKey: string;
  readonly file: string;
} => {
  const key = generate();
  const address = addressOf(key).toUpperCase();
  const publicKey = key.publicKey.toString('base64');
  const value = key.privateKey.toString('base64');
  const file = JSON.stringify({
    address,
    pub_key: { type: 'tendermint/PubKeyEd25519', value: publicKey },
    priv_key: { type: 'tendermint/PrivKeyEd25519', value },
  });
  return { address, publicKey, file };
};
