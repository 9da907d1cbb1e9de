/** `berth sdl check`: what an SDL means, without a chain or money. */
import { groupMaxPrice } from '../../market/resources.js';
import { countGpus } from '../format/gpus.js';
import { exactCoin, plainUsd, usdPerHour } from '../format/money.js';
import { summaryLines } from '../deploy/summary.js';
import type { ReadSdl } from '../sdl.js';
import type { Context } from '../ports.js';

/** Prints groups, the most they pay and the manifest's hash. @param blockTimeMs measured, when a node was given */
export const checkSdl = (ctx: Context, sdl: ReadSdl, blockTimeMs: number | undefined): void => {
  const hash = Buffer.from(sdl.hash).toString('hex');
  ctx.output.result(
    {
      hash,
      groups: sdl.groups.map((group) => {
        const price = groupMaxPrice(group);
        const usd = blockTimeMs === undefined ? undefined : usdPerHour(price, blockTimeMs);
        return {
          name: group.name,
          gpus: countGpus(group.units),
          maxPrice: exactCoin(price),
          maxUsdPerHour: usd === undefined ? null : plainUsd(usd),
        };
      }),
    },
    [...summaryLines(sdl.groups, blockTimeMs), `manifest ${hash}`].join('\n'),
  );
};
