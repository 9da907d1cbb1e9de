/** The fake market's exchange of uact into uakt: requests wait for the end of an epoch, as on the chain. */
import { Decimal, truncate } from '../../market/money.js';
import type { Coin } from '../../market/money.js';
import type { Exchange, Swap } from '../../market/records.js';

/** Blocks of an epoch. */
const EPOCH_BLOCKS = 5n;

export class FakeExchange {
  /** What the chain says of it; tests change it as they like. */
  terms: Exchange = { aktUsd: new Decimal('1'), burnsAllowed: true, mintsHalted: false };
  readonly #burns: { readonly owner: string; swap: Swap }[] = [];

  burnsOf(owner: string): readonly Swap[] {
    return this.#burns.filter((b) => b.owner === owner).map((b) => b.swap);
  }

  ask(owner: string, burned: Coin, height: bigint): void {
    const sequence = BigInt(this.#burns.filter((b) => b.swap.height === height).length + 1);
    const swap: Swap = {
      ...{ state: 'pending', fromDenom: 'uact', toDenom: 'uakt', height, sequence, burned },
    };
    this.#burns.push({ owner, swap });
  }

  /** What the end of this block pays out, by owner. */
  endBlock(height: bigint): readonly { readonly owner: string; readonly coin: Coin }[] {
    if (height % EPOCH_BLOCKS !== 0n) return [];
    return this.#burns
      .filter((b) => b.swap.state === 'pending')
      .map((b) => {
        const { aktUsd } = this.terms;
        b.swap = { ...b.swap, state: aktUsd === undefined ? 'canceled' : 'executed' };
        const { amount } = b.swap.burned;
        const coin: Coin =
          aktUsd === undefined
            ? { denom: 'uact', amount }
            : { denom: 'uakt', amount: truncate(new Decimal(amount.toString()).div(aktUsd)) };
        return { owner: b.owner, coin };
      });
  }
}
