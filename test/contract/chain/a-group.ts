/** The group that the contract's tenant asks for: eight GPUs, a volume, three endpoints. */
import { Decimal } from '../../../market/money.js';
import type { Attribute } from '../../../market/attributes.js';
import type { GroupSpec } from '../../../market/resources.js';

export const aGroup = (): GroupSpec => ({
  name: 'westcoast',
  requirements: {
    signedBy: { allOf: [], anyOf: [] },
    attributes: [{ key: 'region', value: 'us-west' }],
  },
  units: [
    {
      resources: {
        id: 1,
        cpu: { milliCpu: 16_000n, attributes: [] },
        memory: { quantityBytes: 68_719_476_736n, attributes: [] },
        storage: [
          { name: 'default', quantityBytes: 1_073_741_824n, attributes: [] },
          {
            name: 'data',
            quantityBytes: 107_374_182_400n,
            attributes: [
              { key: 'class', value: 'beta3' },
              { key: 'persistent', value: 'true' },
            ],
          },
        ],
        gpu: {
          units: 8n,
          attributes: [{ key: 'vendor/nvidia/model/h100/ram/80Gi/interface/sxm', value: 'true' }],
        },
        endpoints: [
          { kind: 'SHARED_HTTP', sequenceNumber: 0 },
          { kind: 'RANDOM_PORT', sequenceNumber: 0 },
        ],
      },
      count: 2,
      price: { denom: 'uact', amount: new Decimal('10000') },
    },
  ],
});

/** What a provider must claim on chain before it may bid on {@link aGroup}; sorted, as the chain keeps them. */
export const providerAttributes: readonly Attribute[] = [
  { key: 'capabilities/gpu/vendor/nvidia/model/h100/ram/80Gi/interface/sxm', value: 'true' },
  { key: 'capabilities/storage/1/class', value: 'beta3' },
  { key: 'capabilities/storage/1/persistent', value: 'true' },
  { key: 'region', value: 'us-west' },
];
