import { describe, expect, test } from '@jest/globals';
import secp256k1 from 'secp256k1';
import { sha256 } from '@cosmjs/crypto';
import { FakeKube } from '../../kube/testing/fake-kube.js';
import { CONFIG_MAPS } from '../../kube/resources.js';
import { KubeUnavailableError } from '../../kube/errors.js';
import { parseState } from '../state/signer-state.js';
import { KubeStateStore } from '../state/state-store.js';
import {
  closeBid,
  createBid,
  POLICY,
  signBytesOf,
  SIGNER,
  withdraw,
} from '../testing/a-transaction.js';
import type { SigningPolicy } from '../policy/signing-policy.js';
import { BatchSigner } from './sign-batch.js';
import type { SignAnswer } from './sign-batch.js';

const NAME = { namespace: 'berth-signer', name: 'counters' };

const world = async (policy: SigningPolicy = POLICY, installed = true) => {
  const kube = new FakeKube();
  if (installed) {
    await kube.create(CONFIG_MAPS, { apiVersion: 'v1', kind: 'ConfigMap', metadata: NAME });
  }
  let lost = 0;
  let leadership = { lease: 'a', changes: 9 };
  const start = (): BatchSigner =>
    new BatchSigner({
      signer: SIGNER,
      policy,
      store: new KubeStateStore(kube, NAME.namespace, NAME.name),
      latestLeadership: async () => leadership,
      now: () => 1_790_000_000_000,
      onLost: () => {
        lost += 1;
      },
    });
  const state = async () =>
    parseState((await kube.get(CONFIG_MAPS, NAME))?.data?.['state.json'] ?? '');
  return {
    ...{ kube, start, state, lost: () => lost },
    lead: (next: typeof leadership): void => {
      leadership = next;
    },
  };
};

const codes = (answers: readonly SignAnswer[]): readonly string[] =>
  answers.map((a) => ('refused' in a ? a.refused.code : 'signed'));

describe('a batch', () => {
  test('is answered in order, each request by itself, with signatures that verify', async () => {
    const { start } = await world();
    const good = await signBytesOf([createBid()]);
    const wrong = await signBytesOf([withdraw()], { chainId: 'other' });
    const answers = await start().sign({ token: 1, signBytes: [good, wrong, good] });
    expect(codes(answers)).toEqual(['signed', 'SignWrongChain', 'signed']);
    const [first] = answers;
    if (first === undefined || 'refused' in first) throw new Error('not signed');
    expect(secp256k1.ecdsaVerify(first.signature, sha256(good), SIGNER.publicKey)).toBe(true);
  });

  test('is counted over restarts, and refused by the sum of all batches', async () => {
    const policy = { ...POLICY, perHour: { ...POLICY.perHour, closes: 3n } };
    const { start, state } = await world(policy);
    const close = async (dseq: bigint): Promise<Uint8Array> => signBytesOf([closeBid(dseq)]);
    expect(
      codes(await start().sign({ token: 1, signBytes: [await close(1n), await close(2n)] })),
    ).toEqual(['signed', 'signed']);
    const restarted = start();
    expect(
      codes(await restarted.sign({ token: 1, signBytes: [await close(3n), await close(4n)] })),
    ).toEqual(['signed', 'SignClosesSpent']);
    expect((await state())?.spent[0]?.spend.closes).toBe(3n);
  });

  test('asked for again is signed again and counted once', async () => {
    const { start, state } = await world();
    const signer = start();
    const bytes = await signBytesOf([createBid()]);
    await signer.sign({ token: 1, signBytes: [bytes] });
    expect(codes(await signer.sign({ token: 1, signBytes: [bytes] }))).toEqual(['signed']);
    expect((await state())?.spent[0]?.spend.transactions).toBe(1n);
  });

  test('asked for at the same time is counted one after the other', async () => {
    const policy = { ...POLICY, perHour: { ...POLICY.perHour, transactions: 5n } };
    const { start } = await world(policy);
    const signer = start();
    const all = await Promise.all(
      Array.from({ length: 9 }, async (_, i) =>
        signer.sign({ token: 1, signBytes: [await signBytesOf([withdraw(BigInt(i + 1))])] }),
      ),
    );
    expect(all.flatMap(codes).filter((c) => c === 'signed')).toHaveLength(5);
  });
});

describe('a batch costs the API server', () => {
  const counting = async () => {
    const made = await world();
    const calls: string[] = [];
    made.kube.failWith((verb, resource) => void calls.push(`${verb} ${resource}`));
    return { ...made, calls };
  };

  test('one write and no read once the counters are known', async () => {
    const { start, calls } = await counting();
    const signer = start();
    await signer.sign({ token: 1, signBytes: [await signBytesOf([withdraw(1n)])] });
    calls.length = 0;
    const two = [await signBytesOf([withdraw(2n)]), await signBytesOf([withdraw(3n)])];
    expect(codes(await signer.sign({ token: 1, signBytes: two }))).toEqual(['signed', 'signed']);
    expect(calls.map((call) => call.split(' ')[0])).toEqual(['update']);
  });

  test('a second look where another process wrote in between, whose spending counts', async () => {
    const policy = { ...POLICY, perHour: { ...POLICY.perHour, transactions: 2n } };
    const { start } = await world(policy);
    const [one, other] = [start(), start()];
    const sign = async (signer: BatchSigner, dseq: bigint): Promise<readonly string[]> =>
      codes(await signer.sign({ token: 1, signBytes: [await signBytesOf([withdraw(dseq)])] }));
    expect(await sign(one, 1n)).toEqual(['signed']);
    expect(await sign(other, 2n)).toEqual(['signed']);
    expect(await sign(one, 3n)).toEqual(['SignTransactionsSpent']);
  });

  test('and counters that were removed in between count as spent', async () => {
    const { kube, start, lost } = await world();
    const signer = start();
    await signer.sign({ token: 1, signBytes: [await signBytesOf([withdraw(1n)])] });
    await kube.delete(CONFIG_MAPS, NAME);
    const again = { token: 1, signBytes: [await signBytesOf([withdraw(2n)])] };
    expect(codes(await signer.sign(again))).toEqual(['SignFeesSpent']);
    expect(lost()).toBe(1);
  });
});

describe('fencing', () => {
  test('once a newer leader was served, the older one is refused, also after a restart', async () => {
    const { start } = await world();
    const bytes = [await signBytesOf([withdraw()])];
    const signer = start();
    expect(codes(await signer.sign({ token: 4, signBytes: bytes }))).toEqual(['signed']);
    expect(codes(await signer.sign({ token: 5, signBytes: bytes }))).toEqual(['signed']);
    expect(codes(await signer.sign({ token: 4, signBytes: bytes }))).toEqual(['SignTokenOld']);
    expect(codes(await start().sign({ token: 4, signBytes: bytes }))).toEqual(['SignTokenOld']);
  });

  test('a leadership that the Lease has not seen is not believed, and locks nobody out', async () => {
    const { start } = await world();
    const bytes = [await signBytesOf([withdraw()])];
    const signer = start();
    expect(codes(await signer.sign({ token: 10, signBytes: bytes }))).toEqual(['SignTokenUnknown']);
    expect(codes(await signer.sign({ token: 5, signBytes: bytes }))).toEqual(['signed']);
  });

  test('a Lease that was made anew counts from zero, and its leaders are believed', async () => {
    const { start, lead, state } = await world();
    const bytes = [await signBytesOf([withdraw()])];
    const signer = start();
    expect(codes(await signer.sign({ token: 7, signBytes: bytes }))).toEqual(['signed']);
    lead({ lease: 'b', changes: 1 });
    expect(codes(await signer.sign({ token: 1, signBytes: bytes }))).toEqual(['signed']);
    expect(await state()).toMatchObject({ token: 1, lease: 'b' });
    // The one before it, and leaders of the old Lease, are fenced off by the new one.
    expect(codes(await signer.sign({ token: 0, signBytes: bytes }))).toEqual(['SignTokenOld']);
    expect(codes(await signer.sign({ token: 7, signBytes: bytes }))).toEqual(['SignTokenUnknown']);
  });

  test('a leader whose Lease was deleted is not believed', async () => {
    const { start, lead } = await world();
    const bytes = [await signBytesOf([withdraw()])];
    const signer = start();
    expect(codes(await signer.sign({ token: 7, signBytes: bytes }))).toEqual(['signed']);
    lead({ lease: '', changes: -1 });
    expect(codes(await signer.sign({ token: 6, signBytes: bytes }))).toEqual(['SignTokenUnknown']);
  });

  test('a token alone is remembered even when everything it came with was refused', async () => {
    const { start, state } = await world();
    await start().sign({ token: 9, signBytes: [Uint8Array.of(1)] });
    expect((await state())?.token).toBe(9);
  });
});

describe('counters that cannot be trusted', () => {
  test('that are missing count as spent, and say so', async () => {
    const { start, lost } = await world(POLICY, false);
    const answers = await start().sign({ token: 1, signBytes: [await signBytesOf([withdraw()])] });
    expect(codes(answers)).toEqual(['SignFeesSpent']);
    expect(lost()).toBe(1);
  });

  test('that hold something else count as spent', async () => {
    const { kube, start } = await world();
    const map = await kube.get(CONFIG_MAPS, NAME);
    if (map === undefined) throw new Error('no counters');
    await kube.replace(CONFIG_MAPS, { ...map, data: { 'state.json': '{"version":1}' } });
    const answers = await start().sign({ token: 1, signBytes: [await signBytesOf([withdraw()])] });
    expect(codes(answers)).toEqual(['SignFeesSpent']);
  });

  test('that cannot be written: nothing is signed', async () => {
    const { kube, start } = await world();
    kube.failWith((verb, resource, name) => {
      if (verb !== 'update') return;
      throw new KubeUnavailableError('no answer', {
        target: { verb, resource, name },
        status: 0,
        reason: '',
      });
    });
    const answers = await start().sign({ token: 1, signBytes: [await signBytesOf([withdraw()])] });
    expect(codes(answers)).toEqual(['SignCountersUnavailable']);
  });
});
