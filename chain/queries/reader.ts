/** The `ChainReader` port over any RPC endpoint. */
import type { RpcClient } from '@cosmjs/tendermint-rpc';
import type { BidState, DeploymentState } from '../../market/records.js';
import type { ChainReader } from '../ports.js';
import { cometOver, readHead } from '../rpc/comet.js';
import { abciQueryOver, absentIfNotFound } from './abci.js';
import { getAccount, listBalances } from './account.js';
import { getExchange, listBurns } from './exchange.js';
import { listFeeAllowances, listGrants } from './grants.js';
import { getDeployment, getGroup, listDeployments } from './deployment.js';
import {
  getBid,
  getLease,
  getMarketParams,
  getOrder,
  listBids,
  listLeases,
  listOrders,
} from './market.js';
import { readBidsOn, readMarket } from './market-picture.js';
import { readTogether } from './pages.js';
import { getProvider, listAuditedAttributes, listCertificates } from './provider.js';

const BID_STATES: readonly BidState[] = ['open', 'active', 'lost', 'closed'];
const DEPLOYMENT_STATES: readonly DeploymentState[] = ['active', 'closed'];

/** Reads through `rpc`; see the port for what each method promises. */
export const createChainReader = (rpc: RpcClient): ChainReader => {
  const query = abciQueryOver(cometOver(rpc));
  return {
    head: async (signal) => {
      signal?.throwIfAborted();
      return readHead(rpc);
    },
    openOrders: () => readTogether([listOrders(query, 'open')]),
    order: (id) => absentIfNotFound(getOrder(query, id)),
    group: (id) => absentIfNotFound(getGroup(query, id)),
    deployment: (id) => absentIfNotFound(getDeployment(query, id)),
    deploymentsOf: (owner) =>
      readTogether(DEPLOYMENT_STATES.map((state) => listDeployments(query, owner, state))),
    bid: (id) => absentIfNotFound(getBid(query, id)),
    bidsOf: (provider, state) =>
      readTogether(
        (state === undefined ? BID_STATES : [state]).map((s) =>
          listBids(query, { provider, state: s }),
        ),
      ),
    market: (provider) => readMarket(query, provider),
    bidsOn: (provider, orders) => readBidsOn(query, provider, orders),
    bidsOnOrder: (order) =>
      readTogether(BID_STATES.map((state) => listBids(query, { order, state }))),
    lease: (id) => absentIfNotFound(getLease(query, id)),
    leasesOf: (provider, states) =>
      readTogether(states.map((state) => listLeases(query, { provider, state }))),
    leasesOfOwner: (owner, states) =>
      readTogether(states.map((state) => listLeases(query, { owner, state }))),
    provider: (owner) => absentIfNotFound(getProvider(query, owner)),
    auditedAttributes: async (provider) =>
      (await absentIfNotFound(readTogether([listAuditedAttributes(query, provider)]))) ?? [],
    certificates: (owner, serial) => readTogether([listCertificates(query, owner, serial ?? '')]),
    account: (address) => absentIfNotFound(getAccount(query, address)),
    balances: (address) => readTogether([listBalances(query, address)]),
    marketParams: () => getMarketParams(query),
    exchange: () => getExchange(query),
    burnsOf: (owner) => readTogether([listBurns(query, owner)]),
    grants: (granter, grantee) => readTogether([listGrants(query, granter, grantee)]),
    feeAllowance: async (granter, grantee) =>
      (await readTogether([listFeeAllowances(query, granter, grantee)]))[0],
  };
};
