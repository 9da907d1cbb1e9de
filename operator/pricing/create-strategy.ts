/** The strategy that the configuration names. */
import { parseStorageScales, scaleStrategy } from '../../bidengine/price-scale.js';
import { scriptStrategy } from '../../bidengine/price-script.js';
import type { PricingStrategy } from '../../bidengine/strategy.js';
import { Decimal } from '../../market/money.js';
import type { PricingConfig } from './config.js';
import { ScriptRunner } from './script-runner.js';
import type { ScriptRunnerDeps } from './script-runner.js';

/** `undefined` where the price books name prices. @throws ScaleError for scales that would sell for nothing */
export const createStrategy = (
  config: PricingConfig,
  deps: Pick<ScriptRunnerDeps, 'env' | 'clock' | 'onAnswer' | 'onStderr'>,
): PricingStrategy | undefined => {
  switch (config.strategy) {
    case 'policy':
      return undefined;
    case 'script': {
      const { path, processLimit, timeoutMs, keepMs } = config;
      return scriptStrategy(
        new ScriptRunner({ ...deps, path, processLimit, timeoutMs, keepMs }).answerTo,
      );
    }
    case 'scale':
      return scaleStrategy({
        perMilliCpu: new Decimal(config.cpu),
        perMemoryMib: new Decimal(config.memory),
        perStorageMib: parseStorageScales(config.storage),
        perEndpoint: new Decimal(config.endpoint),
        perLeasedIp: new Decimal(config.ip),
      });
  }
};
