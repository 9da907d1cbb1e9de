/** Errors of the bme module (chain-sdk go/node/bme/v1/errors.go). */
import { registerIn } from '../akash/registered-error.js';

const bme = registerIn('bme');

export const BME_ERRORS = {
  unauthorized: bme(3, 'Unknown', 'unauthorized'),
  circuitBreakerActive: bme(6, 'Unknown', 'circuit breaker is active'),
  invalidAmount: bme(8, 'Unknown', 'invalid amount'),
  invalidDenom: bme(9, 'Unknown', 'invalid denomination'),
} as const;
