import { describe, expect, it } from '@jest/globals';
import { buildSnapshot } from '../../bidengine/inventory.js';
import { FakeChain } from '../../chain/testing/fake-chain.js';
import type { TxOutcome } from '../../chain/ports.js';
import type { ComputeProvider } from '../../crds/generated/types.js';
import { SECRETS } from '../../kube/resources.js';
import { FakeKube } from '../../kube/testing/fake-kube.js';
import { isReasonError } from '../../market/reasons.js';
import { createLogger } from '../logger.js';
import { TEST_CERTIFICATE } from '../testing/certificate.js';
import { NAMESPACE, PROVIDER } from '../testing/world.js';
import { RecordKeeper } from './record-keeper.js';
import { Registration } from './registration.js';

const provider = {
  metadata: { name: 'provider' },
  spec: {
    address: PROVIDER,
    hostUri: 'https://provider.example.com:8443',
    domain: 'provider.example.com',
    attributes: [{ key: 'region', value: 'us-west' }],
    info: {},
    record: { mode: 'Apply', quietSeconds: 0, dropAfterSeconds: 86_400, updatesPerDay: 6 },
  },
} as unknown as ComputeProvider;
const inventory = buildSnapshot(
  {
    ...{ nodes: [], pods: [], storageClasses: [], volumes: [] },
    leasedIps: { available: 0, assigned: [] },
  },
  [],
  0,
);

const setup = () => {
  const chain = new FakeChain();
  const api = new FakeKube();
  const sent: string[] = [];
  let height = 100n;
  let refuse: TxOutcome | undefined;
  const lane = chain.laneFor({ address: PROVIDER });
  const registration = new Registration({
    ...{ api, reader: chain.reader, namespace: NAMESPACE, secretName: 'certificate' },
    lane: {
      submit: async (messages, options) => {
        sent.push(...messages.map((m) => m.type));
        if (refuse !== undefined) return refuse;
        const outcome = lane.submit(messages, options);
        await Promise.resolve();
        chain.commit();
        return outcome;
      },
    },
    record: new RecordKeeper({
      reader: chain.reader,
      leases: () => [],
      store: { load: () => Promise.resolve(undefined), save: () => Promise.resolve() },
      events: { record: () => undefined },
      log: createLogger('silent'),
      ...{ now: () => 0, onUpdate: () => undefined },
    }),
    issue: () => Promise.resolve(TEST_CERTIFICATE),
    log: createLogger('silent'),
    height: () => height,
  });
  const ensure = async (): Promise<string | undefined> => {
    try {
      await registration.ensure(provider, inventory, new AbortController().signal);
      return undefined;
    } catch (error) {
      if (isReasonError(error)) return error.reason.code;
      throw error;
    }
  };
  return {
    ...{ chain, api, sent, ensure },
    at: (h: bigint): void => {
      height = h;
    },
    refuseWith: (outcome: TxOutcome | undefined): void => {
      refuse = outcome;
    },
  };
};

describe('Registration', () => {
  it('creates record and certificate once, and keeps the key before the certificate is published', async () => {
    const { chain, api, sent, ensure } = setup();
    expect(await ensure()).toBeUndefined();
    expect(await ensure()).toBeUndefined();
    expect(sent).toEqual(['create-provider', 'create-certificate']);
    expect(chain.market.providers.get(PROVIDER)?.hostUri).toBe(provider.spec.hostUri);
    const secret = await api.get(SECRETS, { name: 'certificate', namespace: NAMESPACE });
    expect(Object.keys(secret?.data ?? {}).sort()).toEqual(['tls.crt', 'tls.key', 'tls.pub']);
  });

  it('updates a record that says something else', async () => {
    const { chain, sent, ensure } = setup();
    await ensure();
    const record = chain.market.providers.get(PROVIDER);
    if (record === undefined) throw new Error('no record');
    chain.market.providers.set(PROVIDER, { ...record, hostUri: 'https://old.example.com' });
    expect(await ensure()).toBeUndefined();
    expect(sent.at(-1)).toBe('update-provider');
  });

  it('a standing refusal is told every time, and paid for ever more rarely', async () => {
    const { sent, ensure, at, refuseWith } = setup();
    refuseWith({ status: 'rejected', hash: 'A', code: 5, codespace: 'sdk', log: 'funds' });
    for (let h = 100n; h < 116n; h += 1n) {
      at(h);
      expect(await ensure()).toBe('RegistrationRefused');
    }
    expect(sent).toHaveLength(5);
    refuseWith(undefined);
    at(10_000n);
    expect(await ensure()).toBeUndefined();
  });

  it('a revoked certificate is named, and not replaced behind the back of whoever revoked it', async () => {
    const { chain, ensure } = setup();
    await ensure();
    const [certificate] = chain.market.certificates;
    if (certificate === undefined) throw new Error('no certificate');
    chain.market.certificates[0] = { ...certificate, state: 'revoked' };
    expect(await ensure()).toBe('CertificateRevoked');
  });

  it('a Secret without a certificate is named', async () => {
    const { api, ensure } = setup();
    await api.create(SECRETS, {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'certificate', namespace: NAMESPACE },
      data: { 'tls.key': 'AA==' },
    });
    expect(await ensure()).toBe('CertificateUnreadable');
  });
});
