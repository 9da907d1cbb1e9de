/** Wires the state machine: every module, in the order of genesis and of block begin and end. */
import type { Decimal } from '../market/money.js';
import { createAkashModules } from './akash/modules.js';
import { authModule } from './auth/module.js';
import { isUnorderedEnabled } from './auth/params.js';
import { depositGrants } from './authz/deposit-grants.js';
import { authzModule } from './authz/module.js';
import { bankModule } from './bank/module.js';
import { feegrantModule } from './feegrant/module.js';
import { Application } from './kernel/application.js';
import type { StateDatabase } from './kernel/database.js';
import { Router } from './kernel/router.js';

/** @param minGasPriceUakt uakt per gas below which the mempool takes nothing */
export const createApplication = (
  database: StateDatabase,
  minGasPriceUakt: Decimal,
): Application => {
  const router = new Router();
  const modules = [
    authModule,
    bankModule,
    authzModule(router),
    feegrantModule,
    ...createAkashModules(depositGrants),
  ];
  return new Application({
    database,
    modules,
    router,
    minGasPriceUakt,
    unorderedEnabled: isUnorderedEnabled,
  });
};
