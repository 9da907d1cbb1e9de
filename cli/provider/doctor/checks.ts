/** Every check, in the order in which a provider is built: cluster, machines, network, chain, rights, prices, processes. */
import type { Check } from './check.js';
import { certificate } from './checks/certificate.js';
import { clocks } from './checks/clock.js';
import { crdsInstalled, providerObject } from './checks/definitions.js';
import { clusterDns, hostName, ingressClass, publicPorts, wildcardDns } from './checks/network.js';
import { devicePlugin, driver, gpuLabels, nodeLabels, withheldNodes } from './checks/nodes.js';
import { priceBooks, unpricedGpus } from './checks/pricing.js';
import { conditions, leadership, processes } from './checks/processes.js';
import { registration } from './checks/registration.js';
import { admissionPolicies, rights } from './checks/rights.js';
import { rpcPool } from './checks/rpc.js';
import { runtimeClass } from './checks/runtime-class.js';
import { storage } from './checks/storage.js';
import { wallet } from './checks/wallet.js';

export const CHECKS: readonly Check[] = [
  crdsInstalled,
  providerObject,
  driver,
  devicePlugin,
  gpuLabels,
  nodeLabels,
  withheldNodes,
  runtimeClass,
  storage,
  clusterDns,
  ingressClass,
  hostName,
  wildcardDns,
  publicPorts,
  clocks,
  rpcPool,
  wallet,
  registration,
  certificate,
  rights,
  admissionPolicies,
  priceBooks,
  unpricedGpus,
  processes,
  leadership,
  conditions,
];
