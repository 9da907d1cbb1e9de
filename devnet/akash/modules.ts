/** All modules of the market, wired: escrow tells deployment and market what ends, they tell escrow what to hold. */
import { UAKT } from './coins.js';
import { auditModule } from '../audit/module.js';
import { bmeModule } from '../bme/module.js';
import { MintStatus, getStatus } from '../bme/status.js';
import { certModule } from '../cert/module.js';
import { createDeploymentModule } from '../deployment/module.js';
import type { GroupSpec } from '../deployment/records.js';
import { EscrowKeeper } from '../escrow/keeper.js';
import { createEscrowModule } from '../escrow/module.js';
import type { DepositGrants, FallbackRate } from '../escrow/ports.js';
import type { Context, Module } from '../kernel/module.js';
import { createHooks } from '../market/hooks.js';
import { LEASES } from '../market/collections.js';
import { MarketKeeper } from '../market/keeper.js';
import { decodeLease } from '../market/records.js';
import { createMarketModule } from '../market/module.js';
import { orderIdOf } from '../../market/ids.js';
import { getPrice } from '../oracle/keeper.js';
import { oracleModule } from '../oracle/module.js';
import { createProviderModule, type LeasedSpecs } from '../provider/module.js';

const fallback: FallbackRate = {
  aktPriceWhileHalted: (context) =>
    getStatus(context).status < MintStatus.mint_status_halt_cr
      ? undefined
      : getPrice(context, UAKT),
};

const ANY_OWNER = { owner: '', dseq: 0n };

const leasedSpecs = (market: MarketKeeper): LeasedSpecs => ({
  *activeSpecs(context: Context, provider: string): Iterable<GroupSpec> {
    for (const value of LEASES.matching(context, { ...ANY_OWNER, provider, state: 'active' })) {
      const order = market.getOrder(context, orderIdOf(decodeLease(value).id));
      if (order !== undefined) yield order.spec;
    }
  },
});

/**
 * The market's modules in the order of their block ends (bme before oracle, as recorded). Bank genesis must have run
 * before theirs. @param grants authz's deposit grants
 */
export const createAkashModules = (grants: DepositGrants): readonly Module[] => {
  const escrow: EscrowKeeper = new EscrowKeeper(
    createHooks(() => market),
    grants,
    fallback,
  );
  const market: MarketKeeper = new MarketKeeper(escrow);
  return [
    createEscrowModule(escrow, grants),
    createDeploymentModule(market, escrow, grants),
    createMarketModule(market, escrow, grants),
    createProviderModule(leasedSpecs(market)),
    auditModule,
    certModule,
    bmeModule,
    oracleModule,
  ];
};
