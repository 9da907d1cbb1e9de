import { describe, expect, it } from '@jest/globals';
import { buildSnapshot } from '../../bidengine/inventory.js';
import { aCluster, aNodeFacts } from '../../bidengine/testing/facts-builder.js';
import { anOrder } from '../../bidengine/testing/order-builder.js';
import type { ComputeProvider } from '../../crds/generated/types.js';
import type { LeaseId } from '../../market/ids.js';
import { isReasonError } from '../../market/reasons.js';
import type { AuditedAttributes } from '../../market/attributes.js';
import type { Provider } from '../../market/records.js';
import { createLogger } from '../logger.js';
import { RecordKeeper } from './record-keeper.js';

const MINUTE = 60_000;
const OWNER = 'akash1provider';
const H100 = 'capabilities/gpu/vendor/nvidia/model/h100';
const LEASE = { owner: 'akash1tenant', dseq: 1n, gseq: 1, oseq: 1, bseq: 0, provider: OWNER };

type Record_ = ComputeProvider['spec']['record'];
const aProvider = (record: Partial<Record_>, region = 'us'): ComputeProvider =>
  ({
    metadata: { name: 'provider' },
    spec: {
      ...{ address: OWNER, hostUri: 'https://a:8443', info: {} },
      attributes: [{ key: 'region', value: region }],
      record: {
        ...{ mode: 'Apply', quietSeconds: 300, dropAfterSeconds: 86_400, updatesPerDay: 6 },
        ...record,
      },
    },
  }) as unknown as ComputeProvider;
const cluster = (gpus: number) => {
  const nodes = [aNodeFacts('n', gpus === 0 ? {} : { gpus, product: 'NVIDIA-H100-80GB-HBM3' })];
  return buildSnapshot(aCluster({ nodes }), [], 0);
};

/** A chain of one record, and an operator that may be started anew on the same store. */
const setup = (
  options: { leases?: readonly LeaseId[] | 'unknown'; signed?: readonly AuditedAttributes[] } = {},
) => {
  const world: { record: Provider | undefined; stored: string | undefined; now: number } = {
    ...{ record: undefined, stored: undefined, now: 0 },
  };
  const sent: string[] = [];
  const events: string[] = [];
  const start = (): RecordKeeper =>
    new RecordKeeper({
      reader: {
        provider: () => Promise.resolve(world.record),
        group: (id) =>
          Promise.resolve({
            ...{ id, state: 'open' as const, createdAt: 1n },
            spec: anOrder().withGpu('nvidia', 'h100').requiring({ region: 'us' }).obj().spec,
          }),
        auditedAttributes: () => Promise.resolve(options.signed ?? []),
      },
      leases: () => (options.leases === 'unknown' ? undefined : (options.leases ?? [])),
      store: {
        load: () => Promise.resolve(world.stored),
        save: (text) => {
          world.stored = text;
          return Promise.resolve();
        },
      },
      events: { record: (_, { reason }) => events.push(reason) },
      log: createLogger('silent'),
      ...{ now: () => world.now, onUpdate: () => undefined },
    });
  let keeper = start();
  const at = async (minute: number, provider: ComputeProvider, gpus = 8): Promise<string> => {
    world.now = minute * MINUTE;
    const before = sent.length;
    try {
      await keeper.ensure(provider, cluster(gpus), (message) => {
        sent.push(message.type);
        if ('provider' in message) world.record = message.provider;
        return Promise.resolve();
      });
    } catch (error) {
      if (isReasonError(error)) return error.reason.code;
      throw error;
    }
    return (
      sent.slice(before).join() || (keeper.status()?.pending ?? []).map((p) => p.change).join()
    );
  };
  return {
    ...{ at, events, world },
    restart: (): void => {
      keeper = start();
    },
    status: () => keeper.status(),
    has: (key: string): boolean => world.record?.attributes.some((a) => a.key === key) ?? false,
  };
};

describe('RecordKeeper', () => {
  it('registers at once, and later shows a change before it sends it', async () => {
    const { at, events } = setup();
    expect(await at(0, aProvider({}))).toBe('create-provider');
    expect(await at(1, aProvider({}, 'eu'))).toBe('region: us -> eu');
    expect(await at(5, aProvider({}, 'eu'))).toBe('region: us -> eu');
    expect(await at(6, aProvider({}, 'eu'))).toBe('update-provider');
    expect(await at(7, aProvider({}, 'eu'))).toBe('');
    expect(events).toEqual(['RecordChangePending', 'RecordUpdated']);
  });

  it('in a dry run sends nothing, not even the first record', async () => {
    const { at } = setup();
    expect(await at(0, aProvider({ mode: 'DryRun' }))).toBe('RecordDryRun');
    expect(await at(1, aProvider({}))).toBe('create-provider');
    expect(await at(2, aProvider({ mode: 'DryRun', quietSeconds: 0 }, 'eu'))).toBe(
      'region: us -> eu',
    );
  });

  it("a restart does not give the day's budget anew, nor does it lose it", async () => {
    const { at, restart } = setup();
    const quick = { quietSeconds: 0, updatesPerDay: 1 };
    await at(0, aProvider(quick));
    expect(await at(1, aProvider(quick, 'eu'))).toBe('update-provider');
    restart();
    expect(await at(2, aProvider(quick, 'asia'))).toBe('region: eu -> asia');
    expect(await at(1442, aProvider(quick, 'asia'))).toBe('update-provider');
  });

  it('keeps what an active lease relies on, and says so', async () => {
    const { at, has, status } = setup({ leases: [LEASE] });
    await at(0, aProvider({}));
    await at(1, aProvider({}, 'eu'), 0);
    await at(99_999, aProvider({}, 'eu'), 0);
    expect(has(H100)).toBe(true);
    expect(status()?.held).toContain(`- ${H100}=true`);
    expect(status()?.held).toContain('region: us -> eu');
  });

  it('takes nothing away while it is unknown which leases there are', async () => {
    const { at, has } = setup({ leases: 'unknown' });
    await at(0, aProvider({}));
    await at(1, aProvider({}), 0);
    await at(99_999, aProvider({}), 0);
    expect(has(H100)).toBe(true);
  });

  it('drops what the cluster has lacked for a day', async () => {
    const { at, has } = setup();
    await at(0, aProvider({}));
    await at(1, aProvider({}), 0);
    expect(has(H100)).toBe(true);
    await at(1441, aProvider({}), 0);
    expect(has(H100)).toBe(false);
  });

  it('warns of signatures before they are lost', async () => {
    const attributes = [{ key: 'region', value: 'us' }];
    const { at, events, status } = setup({ signed: [{ auditor: 'akash1auditor', attributes }] });
    await at(0, aProvider({}));
    await at(1, aProvider({}, 'eu'));
    expect(events).toEqual(['RecordChangePending', 'SignaturesWouldBeLost']);
    expect(status()?.signaturesLost).toEqual(['akash1auditor: region=us']);
  });
});
