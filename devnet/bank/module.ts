/** The bank module: genesis balances, MsgSend, and queries of balances and supply. */
import {
  MsgSend,
  MsgSendResponse,
  QueryAllBalancesRequest,
  QueryAllBalancesResponse,
  QueryBalanceRequest,
  QueryBalanceResponse,
  QuerySpendableBalancesRequest,
  QuerySpendableBalancesResponse,
  QuerySupplyOfRequest,
  QuerySupplyOfResponse,
  QueryTotalSupplyRequest,
  QueryTotalSupplyResponse,
  PageResponse,
  type PageRequest,
} from '@akashnetwork/chain-sdk/private-types/cosmos.v1beta1';
import type { Coin } from '../../market/money.js';
import { isAddress } from '../akash/address.js';
import { UACT, writeCoin } from '../akash/coins.js';
import { message, query } from '../akash/message.js';
import { resumeAfter, takePage, type Page } from '../akash/page.js';
import { ensureAccount } from '../auth/keeper.js';
import { queryInvalid, sdkError } from '../kernel/errors.js';
import { sectionOr } from '../kernel/genesis.js';
import type { Module } from '../kernel/module.js';
import {
  endow,
  formatCoins,
  getBalance,
  getBalances,
  getSupplies,
  getSupply,
  sendCoins,
} from './keeper.js';
import { moduleAddress } from './module-address.js';
import { requireSendEnabled, setSendEnabled } from './send-enabled.js';

/** Genesis section `bank`: who holds what; amounts as decimal text. */
export interface BankGenesis {
  readonly balances: readonly {
    readonly address: string;
    readonly coins: readonly { readonly denom: string; readonly amount: string }[];
  }[];
  /** Denominations that messages may or may not send; default: uact may not. */
  readonly send_enabled: Readonly<Record<string, boolean>>;
}

/** Accounts of modules exist from genesis and take no coins from messages. */
const MODULE_ACCOUNTS = ['fee_collector', 'escrow', 'bme'].map(moduleAddress);
const BLOCKED = new Set(MODULE_ACCOUNTS);

const readAmount = (amount: readonly { denom: string; amount: string }[]): readonly Coin[] => {
  const coins = amount.map((c) => {
    if (!/^-?\d{1,77}$/.test(c.amount)) throw sdkError('invalidCoins', `${c.amount}${c.denom}`);
    return { denom: c.denom, amount: BigInt(c.amount) };
  });
  const sorted = coins.every((c, i) => i === 0 || (coins[i - 1]?.denom ?? '') < c.denom);
  if (coins.length === 0 || !sorted || coins.some((c) => c.amount <= 0n)) {
    throw sdkError('invalidCoins', formatCoins(coins));
  }
  return coins;
};

const requireAddress = (address: string): void => {
  if (!isAddress(address)) throw queryInvalid(`invalid address: ${address}`);
};

const pageOf = (coins: readonly Coin[], request: PageRequest | undefined): Page<Coin> =>
  takePage(
    coins.map((entry) => ({ place: entry.denom, entry })),
    request,
  );

const response = (page: Page<Coin>): PageResponse => PageResponse.decode(page.response);

const send = message<MsgSend>({
  codec: MsgSend,
  signer: (m) => m.fromAddress,
  validate: () => undefined,
  run: (context, m) => {
    if (!isAddress(m.fromAddress)) throw sdkError('invalidAddress', 'invalid from address');
    if (!isAddress(m.toAddress)) throw sdkError('invalidAddress', 'invalid to address');
    const coins = readAmount(m.amount);
    requireSendEnabled(context, coins);
    if (BLOCKED.has(m.toAddress)) {
      throw sdkError('unauthorized', `${m.toAddress} is not allowed to receive funds`);
    }
    sendCoins(context, m.fromAddress, m.toAddress, coins);
    return MsgSendResponse.encode({}).finish();
  },
});

export const bankModule: Module = {
  name: 'bank',
  messages: { '/cosmos.bank.v1beta1.MsgSend': send },
  queries: {
    '/cosmos.bank.v1beta1.Query/Balance': query(QueryBalanceRequest, (context, request) => {
      requireAddress(request.address);
      const { address, denom } = request;
      const balance = writeCoin({ denom, amount: getBalance(context, address, denom) });
      return QueryBalanceResponse.encode({ balance }).finish();
    }),
    '/cosmos.bank.v1beta1.Query/AllBalances': query(QueryAllBalancesRequest, (context, request) => {
      requireAddress(request.address);
      const after = resumeAfter(request.pagination);
      const page = pageOf(getBalances(context, request.address, after), request.pagination);
      const balances = page.entries.map(writeCoin);
      return QueryAllBalancesResponse.encode({ balances, pagination: response(page) }).finish();
    }),
    '/cosmos.bank.v1beta1.Query/SpendableBalances': query(
      QuerySpendableBalancesRequest,
      (context, request) => {
        requireAddress(request.address);
        const after = resumeAfter(request.pagination);
        const page = pageOf(getBalances(context, request.address, after), request.pagination);
        const balances = page.entries.map(writeCoin);
        return QuerySpendableBalancesResponse.encode({
          balances,
          pagination: response(page),
        }).finish();
      },
    ),
    '/cosmos.bank.v1beta1.Query/SupplyOf': query(QuerySupplyOfRequest, (context, { denom }) => {
      const amount = writeCoin({ denom, amount: getSupply(context, denom) });
      return QuerySupplyOfResponse.encode({ amount }).finish();
    }),
    '/cosmos.bank.v1beta1.Query/TotalSupply': query(QueryTotalSupplyRequest, (context, request) => {
      const page = pageOf(getSupplies(context), request.pagination);
      const supply = page.entries.map(writeCoin);
      return QueryTotalSupplyResponse.encode({ supply, pagination: response(page) }).finish();
    }),
  },
  initGenesis(context, state) {
    const fallback: BankGenesis = { balances: [], send_enabled: { [UACT]: false } };
    const section = sectionOr(state, fallback);
    setSendEnabled(context, true, section.send_enabled);
    for (const { address, coins } of section.balances) {
      if (!isAddress(address)) throw new Error(`balances: "${address}" is no address`);
      const amounts = coins.map(({ denom, amount }) => ({ denom, amount: BigInt(amount) }));
      endow(context, address, amounts);
    }
    for (const address of MODULE_ACCOUNTS) ensureAccount(context, address);
  },
};
