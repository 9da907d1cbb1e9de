/** What the bench's tenants ask for: as in the measurements of the Go provider, 0.1 CPU and 128 MiB, no GPU. */
import { parseDecimal } from '../../market/money.js';
import type { GroupSpec } from '../../market/resources.js';

/** @param gpu a model that the order wants one of; none by default */
export const aGroup = (gpu?: string): GroupSpec => ({
  name: 'bench',
  requirements: { signedBy: { allOf: [], anyOf: [] }, attributes: [] },
  units: [
    {
      resources: {
        id: 1,
        cpu: { milliCpu: 100n, attributes: [] },
        memory: { quantityBytes: 128n * 2n ** 20n, attributes: [] },
        storage: [{ name: 'default', quantityBytes: 2n ** 27n, attributes: [] }],
        gpu:
          gpu === undefined
            ? { units: 0n, attributes: [] }
            : {
                units: 1n,
                attributes: [{ key: `vendor/nvidia/model/${gpu}`, value: 'true' }],
              },
        endpoints: [],
      },
      count: 1,
      price: { denom: 'uact', amount: parseDecimal('1000') },
    },
  ],
});
