import { describe, expect, it } from '@jest/globals';
import { SignMode } from '@akashnetwork/chain-sdk/private-types/cosmos.v1beta1';
import secp256k1 from 'secp256k1';
import type { TxOutcome } from '../kernel/run-tx.js';
import { decodeTx } from '../kernel/tx/decode.js';
import { sendMessage } from '../testing/messages.js';
import { TestChain, type TestChainOptions } from '../testing/test-chain.js';
import { encodeBody } from '../testing/sign.js';

const setup = (options?: TestChainOptions) => {
  const chain = new TestChain(options);
  const send = sendMessage(chain.key(0).address, chain.key(1).address, 1n);
  return { chain, send };
};

const refusal = ({ codespace, code, log }: TxOutcome): readonly [string, number, string] => [
  codespace,
  code,
  log,
];
const OK = ['', 0, ''];

describe('ante, as the mempool sees it', () => {
  it('fidelity 1: takes a transaction whose message will fail in the block', () => {
    const { chain } = setup();
    const tooMuch = sendMessage(chain.key(0).address, chain.key(1).address, 10n ** 15n);
    const tx = chain.sign(0, { messages: [tooMuch] });
    expect(refusal(chain.check(tx))).toEqual(OK);
    const block = chain.deliver(tx);
    expect([block.codespace, block.code]).toEqual(['sdk', 5]);
    expect(block.log).toBe(
      'failed to execute message; message index: 0: spendable balance 999999995000uakt is smaller than 1000000000000000uakt: insufficient funds',
    );
  });

  it('fidelity 3: sequences run ahead of the committed state, and a gap names both numbers', () => {
    const { chain, send } = setup();
    const tx = (sequence: bigint): Uint8Array => chain.sign(0, { messages: [send], sequence });
    expect(refusal(chain.check(tx(0n)))).toEqual(OK);
    expect(refusal(chain.check(tx(1n)))).toEqual(OK);
    expect(refusal(chain.check(tx(5n)))).toEqual([
      'sdk',
      32,
      'account sequence mismatch, expected 2, got 5: incorrect account sequence',
    ]);
  });

  it('fidelity 3: the check state starts anew after a block, and rechecks what waits', () => {
    const { chain, send } = setup();
    const waiting = [0n, 1n].map((sequence) => chain.sign(0, { messages: [send], sequence }));
    for (const tx of waiting) chain.check(tx);
    chain.block([]);
    expect(waiting.map((tx) => chain.app.checkTx(tx, 'recheck').code)).toEqual([0, 0]);
    chain.block(waiting.slice(0, 1));
    expect(chain.app.checkTx(waiting[0] ?? new Uint8Array(), 'recheck').code).toBe(32);
    expect(chain.app.checkTx(waiting[1] ?? new Uint8Array(), 'recheck').code).toBe(0);
  });

  it('fidelity 3: simulation sees the check state and leaves it alone', () => {
    const { chain, send } = setup();
    chain.check(chain.sign(0, { messages: [send], sequence: 0n }));
    const unsigned = chain.sign(0, { messages: [send], sequence: 1n });
    expect(chain.app.simulate(unsigned).code).toBe(0);
    expect(chain.app.simulate(unsigned).code).toBe(0);
    expect(chain.app.simulate(chain.sign(0, { messages: [send], sequence: 0n })).code).toBe(32);
  });

  it('fidelity 5: a fee below the minimum is refused, one at the minimum is not', () => {
    const { chain, send } = setup();
    const tx = (fee: bigint, denom = 'uakt'): Uint8Array =>
      chain.sign(0, { messages: [send], fee, feeDenom: denom, gas: 200_001n });
    expect(refusal(chain.check(tx(5000n)))).toEqual([
      'sdk',
      13,
      'insufficient fees; got: 5000uakt required: 5001uakt: insufficient fee',
    ]);
    expect(refusal(chain.check(tx(5001n, 'uact')))).toEqual([
      'sdk',
      13,
      'insufficient fees; got: 5001uact required: 5001uakt: insufficient fee',
    ]);
    expect(refusal(chain.check(tx(5001n)))).toEqual(OK);
  });

  it('fidelity 5: the minimum is the mempool’s alone: a block takes the same transaction', () => {
    const { chain, send } = setup();
    expect(chain.deliver(chain.sign(0, { messages: [send], fee: 1n })).code).toBe(0);
  });

  it('fidelity 5: every byte costs ten gas', () => {
    const { chain, send } = setup();
    const used = (memo: string): bigint =>
      chain.app.simulate(chain.sign(0, { messages: [send], memo })).gasUsed;
    expect(used('x'.repeat(110)) - used('x'.repeat(10))).toBe(1000n);
  });

  it.each([
    ['another chain id', { chainId: 'test-2' }],
    ['another account number', { accountNumber: 1n }],
  ])('fidelity 6: a signature for %s is refused', (_name, other) => {
    const { chain, send } = setup();
    expect(refusal(chain.check(chain.sign(0, { messages: [send], ...other })))).toEqual([
      'sdk',
      4,
      'signature verification failed; please verify account number (0) and chain-id (test-1): (unable to verify single signer signature): unauthorized',
    ]);
  });

  it('fidelity 6: the high-S twin of a good signature is refused', () => {
    const { chain, send } = setup();
    const good = chain.sign(0, { messages: [send] });
    const signature = decodeTx(good).signatures[0] ?? new Uint8Array();
    const high = new Uint8Array(signature);
    high.set(secp256k1.privateKeyNegate(signature.slice(32)), 32);
    const bytes = Buffer.from(good);
    bytes.set(high, bytes.length - high.length);
    expect(refusal(chain.check(good))).toEqual(OK);
    expect(setup().chain.check(bytes).code).toBe(4);
  });

  it('fidelity 15: every signature is verified, also of a signer that was seen before', () => {
    const { chain, send } = setup();
    expect(chain.check(chain.sign(0, { messages: [send] })).code).toBe(0);
    const forged = chain.sign(0, { messages: [send], sequence: 1n });
    const last = forged.length - 1;
    forged[last] = (forged[last] ?? 0) ^ 1;
    expect(chain.check(forged).code).toBe(4);
    expect(chain.deliver(chain.sign(0, { messages: [send], chainId: 'test-2' })).code).toBe(4);
  });

  it('fidelity 6: only SIGN_MODE_DIRECT signs', () => {
    const { chain, send } = setup();
    const mode = SignMode.SIGN_MODE_LEGACY_AMINO_JSON;
    expect(chain.check(chain.sign(0, { messages: [send], mode })).log).toContain(
      'only SIGN_MODE_DIRECT is',
    );
  });

  it('fidelity 6: an account exists once funded, and has its key from its first transaction', () => {
    const { chain } = setup();
    const stranger = chain.key(9).address;
    const back = sendMessage(stranger, chain.key(0).address, 1n);
    const tx = (accountNumber: bigint): Uint8Array =>
      chain.sign(9, { messages: [back], accountNumber });
    expect(refusal(chain.check(tx(0n)))).toEqual([
      'sdk',
      9,
      `fee payer address: ${stranger} does not exist: unknown address`,
    ]);
    expect(() => chain.account(stranger)).toThrow(
      `rpc error: code = NotFound desc = account ${stranger} not found: key not found`,
    );
    const gift = sendMessage(chain.key(0).address, stranger, 10_000n);
    chain.deliver(chain.sign(0, { messages: [gift] }));
    const funded = chain.account(stranger);
    expect(funded.pubKey).toBeUndefined();
    expect(chain.deliver(tx(BigInt(funded.accountNumber.toString()))).code).toBe(0);
    expect(chain.account(stranger).pubKey?.value.slice(2)).toEqual(
      Buffer.from(chain.key(9).publicKey),
    );
  });

  it('refuses a memo above 256 bytes', () => {
    const { chain, send } = setup();
    expect(
      refusal(chain.check(chain.sign(0, { messages: [send], memo: 'x'.repeat(257) }))),
    ).toEqual([
      'sdk',
      12,
      'maximum number of characters is 256 but received 257 characters: memo too large',
    ]);
  });

  it('refuses a timeout height that has passed', () => {
    const { chain, send } = setup();
    chain.block([]);
    expect(refusal(chain.check(chain.sign(0, { messages: [send], timeoutHeight: 1n })))).toEqual([
      'sdk',
      30,
      'block height: 2, timeout height: 1: tx timeout height',
    ]);
  });

  it('refuses bytes that are no transaction, and unknown fields', () => {
    const { chain, send } = setup();
    expect(chain.check(Uint8Array.of(1, 2, 3)).code).toBe(2);
    const body = Buffer.concat([encodeBody({ messages: [send] }), Uint8Array.of(0x30, 1)]);
    const raw = Buffer.concat([
      Uint8Array.of(0x0a),
      Uint8Array.of((body.length & 0x7f) | 0x80, body.length >> 7),
      body,
    ]);
    expect(refusal(chain.check(raw))).toEqual([
      'sdk',
      2,
      'errUnknownField "cosmos.tx.v1beta1.TxBody": {TagNum: 6, WireType:0}: tx parse error',
    ]);
  });
});

describe('messages in a block', () => {
  it('fidelity 2: a failed message keeps fee and sequence and takes the others with it', () => {
    const { chain, send } = setup();
    const [from, to] = [chain.key(0).address, chain.key(1).address];
    const outcome = chain.deliver(
      chain.sign(0, { messages: [send, sendMessage(from, to, 10n ** 15n)] }),
    );
    expect(outcome.log).toMatch(/^failed to execute message; message index: 1: /);
    expect(outcome.events.map((event) => event.type)).toEqual([
      ...['coin_spent', 'coin_received', 'transfer', 'message', 'tx', 'tx', 'tx'],
    ]);
    const next = chain.check(chain.sign(0, { messages: [send], sequence: 1n }));
    expect(next.code).toBe(0);
    expect(
      chain.deliver(
        chain.sign(0, { messages: [sendMessage(from, to, 999_999_995_001n)], sequence: 1n }),
      ).log,
    ).toContain('spendable balance 999999990000uakt');
  });

  it('fidelity 2: out of gas is sdk/11, counts what was used, and keeps the fee', () => {
    const { chain, send } = setup();
    const enough = chain.app.simulate(chain.sign(0, { messages: [send] })).gasUsed;
    const gas = enough - 1000n;
    const outcome = chain.deliver(chain.sign(0, { messages: [send], gas }));
    expect([outcome.codespace, outcome.code]).toEqual(['sdk', 11]);
    expect(outcome.log).toMatch(
      /^out of gas in location: \w+; gasWanted: \d+, gasUsed: \d+: out of gas$/,
    );
    expect(outcome.gasWanted).toBe(gas);
    expect(outcome.gasUsed).toBeGreaterThan(gas);
    expect(outcome.events).toHaveLength(7);
    expect(chain.check(chain.sign(0, { messages: [send], sequence: 1n })).code).toBe(0);
  });

  it('refuses to send uact between accounts, and anything to a module', () => {
    const { chain } = setup();
    const [from, to] = [chain.key(0).address, chain.key(1).address];
    const uact = chain.deliver(chain.sign(0, { messages: [sendMessage(from, to, 1n, 'uact')] }));
    expect(refusal(uact)).toEqual([
      'bank',
      5,
      'failed to execute message; message index: 0: uact transfers are currently disabled: send transactions are disabled',
    ]);
    const escrow = 'akash14pphss726thpwws3yc458hggufynm9x77l4l2u';
    const module = chain.deliver(
      chain.sign(0, { messages: [sendMessage(from, escrow, 1n)], sequence: 1n }),
    );
    expect(module.log).toContain(`${escrow} is not allowed to receive funds: unauthorized`);
  });
});
