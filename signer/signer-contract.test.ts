/** What every signer promises (docs/remote-signers.md), asked of each that there is: in process, through the signer, elsewhere. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { sha256 } from '@cosmjs/crypto';
import secp256k1 from 'secp256k1';
import type { Signer } from '../chain/ports.js';
import { connectSigner } from '../chain/remote-signer.js';
import type { RemoteSignerOptions } from '../chain/remote-signer.js';
import { addressOfPublicKey } from '../chain/wallet.js';
import { FakeKube } from '../kube/testing/fake-kube.js';
import { CONFIG_MAPS } from '../kube/resources.js';
import { isReasonError, ReasonError } from '../market/reasons.js';
import { checkedKey } from './remote-key.js';
import { createSignerServer } from './service/server.js';
import { BatchSigner } from './service/sign-batch.js';
import { KubeStateStore } from './state/state-store.js';
import { createBid, POLICY, signBytesOf, SIGNER, withdraw } from './testing/a-transaction.js';
import { createAuthority } from './testing/certificates.js';
import { startReferenceSigner } from './testing/reference-signer.js';

const NAME = { namespace: 'berth-signer', name: 'counters' };
const TOKEN = 'projected';

let dir: string;
let tls: { readonly cert: string; readonly key: string };
let files: Omit<RemoteSignerOptions, 'url'>;
let ca: string;
const ending: (() => void)[] = [];

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'berth-signer-contract-'));
  const authority = await createAuthority('contract');
  ca = authority.cert;
  tls = await authority.issue('signer');
  const own = await authority.issue('operator');
  const write = async (name: string, text: string): Promise<string> => {
    await writeFile(join(dir, name), text, { mode: 0o600 });
    return join(dir, name);
  };
  files = {
    caFile: await write('ca.crt', authority.cert),
    certFile: await write('tls.crt', own.cert),
    keyFile: await write('tls.key', own.key),
    tokenFile: await write('token', `${TOKEN}\n`),
    timeoutMs: 5_000,
  };
});
afterAll(async () => {
  for (const end of ending) end();
  await rm(dir, { recursive: true });
});

/** A signer of ours behind its door, with the key `key`. */
const behindTheSigner = async (key: Signer): Promise<Signer> => {
  const kube = new FakeKube();
  await kube.create(CONFIG_MAPS, { apiVersion: 'v1', kind: 'ConfigMap', metadata: NAME });
  const batches = new BatchSigner({
    ...{ signer: key, policy: POLICY, now: Date.now, onLost: () => undefined },
    store: new KubeStateStore(kube, NAME.namespace, NAME.name),
    latestLeadership: async () => ({ lease: 'one', changes: 1 }),
  });
  const server = createSignerServer(
    {
      ...{ batches, key, onAnswered: () => undefined, onFault: () => undefined },
      callerFault: async () => undefined,
    },
    { ...tls, ca },
  );
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  ending.push(() => {
    server.closeAllConnections();
    server.close();
  });
  const url = `https://localhost:${(server.address() as AddressInfo).port}`;
  return connectSigner({ ...files, url }, () => 1);
};

const elsewhere = async (key: Signer = SIGNER): Promise<Signer> => {
  const reference = await startReferenceSigner(key, tls, TOKEN);
  ending.push(() => reference.stop());
  return checkedKey(await connectSigner({ ...files, url: reference.url }));
};

describe.each<[string, () => Promise<Signer>]>([
  ['in process', async () => SIGNER],
  ['the signer', () => behindTheSigner(SIGNER)],
  ['a key elsewhere', () => elsewhere()],
  ['the signer with a key elsewhere', async () => behindTheSigner(await elsewhere())],
])('%s', (_, make) => {
  let signer: Signer;
  beforeAll(async () => {
    signer = await make();
  });

  test('names one account, and its public key', () => {
    expect(signer.publicKey).toHaveLength(33);
    expect(addressOfPublicKey(signer.publicKey)).toBe(signer.address);
  });

  test('answers document by document, in order, with signatures that the chain takes', async () => {
    const docs = await Promise.all(
      Array.from({ length: 200 }, (_unused, i) => signBytesOf([createBid(BigInt(i + 1))])),
    );
    const answers = await signer.signBatch(docs);
    expect(answers).toHaveLength(200);
    answers.forEach((signature, i) => {
      if (isReasonError(signature)) throw signature;
      expect(signature).toHaveLength(64);
      const digest = sha256(docs[i] ?? new Uint8Array());
      expect(secp256k1.ecdsaVerify(signature, digest, signer.publicKey)).toBe(true);
      // A low s, as the chain demands.
      expect([...secp256k1.signatureNormalize(Uint8Array.from(signature))]).toEqual([...signature]);
    });
  });

  test('gives the same signature when it is asked again', async () => {
    const doc = await signBytesOf([withdraw(7n)]);
    const [first, second] = [await signer.signBatch([doc]), await signer.signBatch([doc])];
    expect(second).toEqual(first);
  });

  test('nothing asked is nothing answered', async () => {
    expect(await signer.signBatch([])).toEqual([]);
  });
});

describe('a key elsewhere', () => {
  const told = async (key: Signer): Promise<string> => {
    const [answer] = await (await elsewhere(key)).signBatch([await signBytesOf([withdraw()])]);
    return isReasonError(answer) ? answer.reason.code : 'signed';
  };

  test('may refuse one document in its own words', async () => {
    const reason = { code: 'OverLimit', message: 'Ask the treasurer.' };
    expect(await told({ ...SIGNER, signBatch: async () => [new ReasonError(reason)] })).toBe(
      'OverLimit',
    );
  });

  test('that gives the high half of a signature is turned around', async () => {
    const high = async (docs: readonly Uint8Array[]) =>
      (await SIGNER.signBatch(docs)).map((s) => {
        if (isReasonError(s)) return s;
        const order = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
        const low = BigInt(`0x${Buffer.from(s.subarray(32)).toString('hex')}`);
        const text = (order - low).toString(16).padStart(64, '0');
        return Uint8Array.from([...s.subarray(0, 32), ...Buffer.from(text, 'hex')]);
      });
    expect(await told({ ...SIGNER, signBatch: high })).toBe('signed');
  });

  test.each([
    ['of another key', new Uint8Array(64).fill(1)],
    ['in another form', new Uint8Array(71).fill(1)],
  ])('that gives a signature %s is not believed', async (_name, bytes) => {
    expect(await told({ ...SIGNER, signBatch: async (docs) => docs.map(() => bytes) })).toBe(
      'SignKeyFault',
    );
  });

  test('that names another account than its key’s is not used', async () => {
    await expect(elsewhere({ ...SIGNER, address: 'akash1other' })).rejects.toThrow('SignKeyFault');
  });

  test('that does not know the token is quoted', async () => {
    const reference = await startReferenceSigner(SIGNER, tls, 'another');
    ending.push(() => reference.stop());
    await expect(connectSigner({ ...files, url: reference.url })).rejects.toThrow('CallerUnknown');
  });
});
