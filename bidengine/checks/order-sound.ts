import { GpuAttributeError, parseGpuRequirements } from '../../market/gpu.js';
import type { ResourceUnit } from '../../market/resources.js';
import { reason } from '../reasons.js';
import type { Check } from './check.js';

/** The chain allows 20 units of 50 replicas each (provider-wire 6.4); far more would only cost time to place. */
const MOST_REPLICAS = 1_000;

/** Why a unit cannot be reasoned about, in words, or `undefined`. */
const unitFault = (unit: ResourceUnit): string | undefined => {
  const { cpu, memory, storage, gpu } = unit.resources;
  if (!Number.isSafeInteger(unit.count) || unit.count < 1) return `count is ${unit.count}`;
  if (cpu.milliCpu < 0n) return `cpu is negative (${cpu.milliCpu}m)`;
  if (memory.quantityBytes < 0n) return `memory is negative (${memory.quantityBytes} bytes)`;
  if (gpu.units < 0n) return `gpu is negative (${gpu.units})`;
  const volume = storage.find((s) => s.quantityBytes < 0n);
  if (volume !== undefined) return `volume "${volume.name}" is negative`;
  if (gpu.units === 0n) return undefined;
  try {
    parseGpuRequirements(gpu.attributes);
    return undefined;
  } catch (error) {
    if (error instanceof GpuAttributeError) return error.message;
    throw error;
  }
};

/** What the chain should have refused already; placement and pricing rely on it. */
export const orderSound: Check = {
  name: 'the order makes sense',
  run: ({ order }) => {
    const { units } = order.spec;
    if (units.length === 0) {
      return reason('InvalidOrder', 'the order has no resource units', 'order.spec.units');
    }
    const replicas = units.reduce((sum, u) => sum + u.count, 0);
    if (replicas > MOST_REPLICAS) {
      const message = `the order has ${replicas} replicas; the most is ${MOST_REPLICAS}`;
      return reason('InvalidOrder', message, 'order.spec.units');
    }
    const seen = new Set<number>();
    for (const [index, unit] of units.entries()) {
      const field = `order.spec.units[${index}]`;
      const { id } = unit.resources;
      if (seen.has(id)) return reason('InvalidOrder', `unit id ${id} appears twice`, field);
      seen.add(id);
      const fault = unitFault(unit);
      if (fault !== undefined) return reason('InvalidOrder', `unit ${id}: ${fault}`, field);
    }
    return undefined;
  },
};
