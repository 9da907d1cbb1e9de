/** Swapping uakt and uact, its queries, and the oracle it depends on (fidelity 16). */
import { describe, expect, it } from '@jest/globals';
import {
  MsgBurnACT,
  MsgMintACT,
  QueryStatusRequest,
  QueryStatusResponse,
  QueryVaultStateRequest,
  QueryVaultStateResponse,
  MintStatus,
} from '@akashnetwork/chain-sdk/private-types/akash.v1';
import { readField } from '../akash/proto-fields.js';
import {
  MemoryChain,
  anyOf,
  type AnyMessage,
  type GenesisSections,
} from '../akash/testing/memory-chain.js';
import { outcome, outcomeOf } from '../akash/testing/refusals.js';
import { addressOf } from '../akash/testing/scenario.js';
import { getBalance } from '../bank/keeper.js';
import { priceEntry } from '../oracle/testing/price-entry.js';

const HOLDER = addressOf('holder');
const FEEDER = addressOf('feeder');
const MILLION = 10n ** 12n;

const mint = (amount: bigint, to = HOLDER, denom = 'uakt'): AnyMessage =>
  anyOf(
    MsgMintACT,
    MsgMintACT.fromPartial({
      owner: HOLDER,
      to,
      coinsToBurn: { denom, amount: amount.toString() },
    }),
  );
const burn = (amount: bigint): AnyMessage =>
  anyOf(
    MsgBurnACT,
    MsgBurnACT.fromPartial({
      owner: HOLDER,
      to: HOLDER,
      coinsToBurn: { denom: 'uact', amount: amount.toString() },
    }),
  );

const chainWith = (genesis: GenesisSections = {}): MemoryChain => {
  const chain = new MemoryChain({ oracle: { akt_usd: '2', sources: [FEEDER] }, ...genesis });
  chain.endow(HOLDER, [
    { denom: 'uakt', amount: MILLION },
    { denom: 'uact', amount: MILLION },
  ]);
  chain.advance();
  return chain;
};

const held = (chain: MemoryChain, denom: string): bigint =>
  getBalance(chain.context(), HOLDER, denom);

const status = (chain: MemoryChain): QueryStatusResponse =>
  chain.query('/akash.bme.v1.Query/Status', QueryStatusRequest, {}, QueryStatusResponse);

describe('swaps (fidelity 16)', () => {
  it('mints uact at the price, less 25 basis points, at the next epoch', () => {
    const chain = chainWith();
    chain.deliver(mint(100_000_000n));
    expect(held(chain, 'uakt')).toBe(MILLION - 100_000_000n);
    expect(held(chain, 'uact')).toBe(MILLION);
    chain.advance(11n);
    expect(held(chain, 'uact')).toBe(MILLION + 199_500_000n);
  });

  it('burns uact for uakt at the price, without a spread', () => {
    const chain = chainWith();
    chain.deliver(burn(100_000_000n));
    chain.advance(11n);
    expect(held(chain, 'uakt')).toBe(MILLION + 50_000_000n);
    expect(held(chain, 'uact')).toBe(MILLION - 100_000_000n);
  });

  it('gives back what would mint less than 10 ACT', () => {
    const chain = chainWith();
    chain.deliver(mint(4_999_999n));
    chain.advance(11n);
    expect([held(chain, 'uakt'), held(chain, 'uact')]).toEqual([MILLION, MILLION]);
  });

  it.each([
    [
      'another receiver',
      mint(10n, FEEDER),
      'bme/3 owner and to addresses must match: unauthorized',
    ],
    ['nothing', mint(0n), 'bme/8 amount must not be 0: invalid amount'],
    [
      'minting from uact',
      mint(10n, HOLDER, 'uact'),
      'bme/9 invalid swap route uact -> uact: invalid denomination',
    ],
    [
      'more than the owner has',
      mint(2n * MILLION),
      `sdk/5 spendable balance ${MILLION}uakt is smaller than ${2n * MILLION}uakt: insufficient funds`,
    ],
  ])('refuses %s', (_case, message, expected) => {
    expect(outcome(chainWith(), message)).toBe(expected);
  });

  it('refuses to mint without a price, and below the collateral ratio, where burning still works', () => {
    const unpriced = chainWith({ oracle: { akt_usd: null } });
    expect(outcome(unpriced, mint(100_000_000n))).toBe('oracle.v2/4 price stalled');
    const unbacked = chainWith({ bme: { vault_uakt: '1' } });
    expect(status(unbacked)).toMatchObject({
      status: MintStatus.mint_status_halt_cr,
      mintsAllowed: false,
      refundsAllowed: true,
    });
    expect(outcome(unbacked, mint(100_000_000n))).toBe('bme/6 circuit breaker is active');
    expect(outcome(unbacked, burn(100_000_000n))).toBe('accepted');
  });

  it('answers status and vault', () => {
    const chain = chainWith({ bme: { vault_uakt: '1000000000000' } });
    expect(status(chain)).toMatchObject({
      status: MintStatus.mint_status_healthy,
      collateralRatio: '2',
      mintsAllowed: true,
    });
    const { vaultState } = chain.query(
      '/akash.bme.v1.Query/VaultState',
      QueryVaultStateRequest,
      {},
      QueryVaultStateResponse,
    );
    expect(vaultState?.balances).toEqual([
      { denom: 'uact', amount: '1000000000000' },
      { denom: 'uakt', amount: '1000000000000' },
    ]);
  });
});

describe('prices (fidelity 16)', () => {
  const ONE = 10n ** 18n;
  const priceOf = (chain: MemoryChain): string => {
    const answer = chain.queryBytes(
      '/akash.oracle.v2.Query/AggregatedPrice',
      Uint8Array.of(10, 3, ...new TextEncoder().encode('akt')),
    );
    const price = readField(answer, 1) ?? new Uint8Array();
    return new TextDecoder().decode(readField(price, 2));
  };

  it('come from authorised sources', () => {
    const chain = chainWith();
    expect(outcome(chain, priceEntry(HOLDER, ONE, chain.seconds))).toBe(
      'oracle.v2/3 unauthorized writer address',
    );
    expect(outcome(chain, priceEntry(FEEDER, 3n * ONE, chain.seconds))).toBe('accepted');
    expect(priceOf(chain)).toBe((3n * ONE).toString());
  });

  it.each([
    ['from the future', ONE, 1n, undefined, 'oracle.v2/2 invalid timestamp'],
    ['of zero', 0n, 0n, undefined, 'sdk/18 price must be positive: invalid request'],
    [
      'of something else',
      ONE,
      0n,
      { denom: 'btc', baseDenom: 'usd' },
      'sdk/18 unsupported denom btc: invalid request',
    ],
    [
      'in something else',
      ONE,
      0n,
      { denom: 'akt', baseDenom: 'eur' },
      'sdk/18 unsupported base denom eur: invalid request',
    ],
  ])('are refused when they are %s', (_case, price, ahead, pair, expected) => {
    const chain = chainWith();
    expect(outcome(chain, priceEntry(FEEDER, price, chain.seconds + ahead, pair))).toBe(expected);
  });

  it('are announced at the end of every block once there is one', () => {
    expect(
      chainWith()
        .advance()
        .map(({ type }) => type),
    ).toEqual(['akash.oracle.v2.EventAggregatedPrice']);
    const silent = chainWith({ oracle: { akt_usd: null } });
    expect(silent.advance()).toEqual([]);
    expect(outcomeOf(() => priceOf(silent))).toBe(
      'sdk/6 rpc error: code = Unknown desc = price stalled: unknown request',
    );
  });
});
