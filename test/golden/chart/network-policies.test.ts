/** Who may reach whom once the network enforces the chart's policies: everything that is possible, and nothing besides. */
import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import { renderChart, type RenderedObject } from '../../../hack/render-chart.js';
import { createReach, type Party } from './reach.js';

jest.setTimeout(60_000);

const POLICY = {
  chainId: 'c',
  provider: 'akash13xj0mcl935mrfnq7quxawqhaqp9p4ry3y952wj',
  hostUri: 'https://p.example.com:8443',
};
const API_SERVER = '10.0.0.1';
const VALUES = {
  signer: { enabled: true, policy: POLICY },
  agent: { enabled: true, dcgmUrl: 'http://$(NODE_IP):9400/metrics' },
};
const STRICT = {
  ...VALUES,
  networkPolicies: { apiServer: { cidrs: [`${API_SERVER}/32`] } },
};
const OWN = ['operator', 'gateway', 'signer', 'agent'] as const;

/** Berth's pods as their controllers would make them. */
const ownPods = (objects: readonly RenderedObject[]): readonly Party[] =>
  objects
    .filter((o) => ['Deployment', 'DaemonSet'].includes(o.kind))
    .map((o, i) => {
      const { template } = o['spec'] as {
        readonly template: { readonly metadata: { readonly labels: Record<string, string> } };
      };
      const { labels } = template.metadata;
      const name = labels['app.kubernetes.io/component'] ?? '';
      return { name, ip: `10.42.0.${i + 10}`, namespace: o.metadata.namespace ?? '', labels };
    });

const OTHERS: readonly Party[] = [
  { name: 'internet', ip: '203.0.113.9' },
  { name: 'internet6', ip: '2001:db8::9' },
  { name: 'metadata', ip: '169.254.169.254' },
  { name: 'api-server', ip: API_SERVER },
  { name: 'node', ip: '10.0.0.20' },
  { name: 'node-dns', ip: '169.254.20.10' },
  {
    name: 'dns',
    ip: '10.42.0.2',
    namespace: 'kube-system',
    labels: { 'k8s-app': 'kube-dns' },
  },
  { name: 'prometheus', ip: '10.42.0.3', namespace: 'monitoring', labels: { app: 'prometheus' } },
  { name: 'tenant', ip: '10.42.0.4', namespace: 'a1b2c3', labels: { 'akash.network': 'true' } },
  // Somebody else's pod beside the gateway, dressed as nobody.
  { name: 'stranger', ip: '10.42.0.5', namespace: 'berth-system', labels: {} },
];

/** Every port that anybody here listens on, and one that nobody does. */
const PORTS = [...[22, 53, 80, 443, 6443, 8443, 8444, 8446, 9090, 9091, 9092, 9093, 9400, 26657]];

describe('network policies of our own pods', () => {
  let parties: readonly Party[];
  let strict: ReturnType<typeof createReach>;
  let lenient: ReturnType<typeof createReach>;

  const party = (name: string): Party => {
    const found = parties.find((p) => p.name === name);
    if (found === undefined) throw new Error(`nobody is called ${name}`);
    return found;
  };
  /** Everything that may go from or to Berth's pods, `who:ports` by other end. */
  const table = (
    reach: ReturnType<typeof createReach>,
    direction: 'in' | 'out',
    name: string,
  ): Readonly<Record<string, readonly number[]>> =>
    Object.fromEntries(
      parties
        .filter((other) => other.name !== name)
        .map((other): [string, readonly number[]] => [
          other.name,
          PORTS.filter((port) =>
            direction === 'in' ? reach(other, party(name), port) : reach(party(name), other, port),
          ),
        ])
        .filter(([, ports]) => ports.length > 0),
    );

  beforeAll(async () => {
    const objects = await renderChart({ values: STRICT });
    parties = [...ownPods(objects), ...OTHERS];
    strict = createReach(objects);
    lenient = createReach(await renderChart({ values: VALUES }));
  });

  it('is about all of our pods', () => {
    const names = parties.slice(0, -OTHERS.length).map((p) => p.name);
    expect(new Set(names)).toEqual(new Set(OWN));
  });

  it('the signer is reached by the operator and by who reads metrics', () => {
    expect(table(strict, 'in', 'signer')).toEqual({ operator: [8446], prometheus: [9092] });
  });

  it('the signer reaches DNS and the API server, and nothing of the internet', () => {
    expect(table(strict, 'out', 'signer')).toEqual({
      'api-server': [443, 6443],
      dns: [53],
      'node-dns': [53],
    });
  });

  it('the operator is reached by the gateway for screening, and by who reads metrics', () => {
    expect(table(strict, 'in', 'operator')).toEqual({ gateway: [9091], prometheus: [9090] });
  });

  it("the gateway's two ports are open to everybody, its metrics to one", () => {
    const { prometheus, ...rest } = table(strict, 'in', 'gateway');
    expect(prometheus).toEqual([8443, 8444, 9091]);
    for (const name of ['internet', 'internet6', 'tenant', 'stranger', 'node']) {
      expect([name, rest[name]]).toEqual([name, [8443, 8444]]);
    }
    expect(rest['operator'] ?? []).toEqual([]);
  });

  it.each(['operator', 'gateway'])('the %s reaches the chain wherever it is', (name) => {
    const out = table(strict, 'out', name);
    expect(out['internet']).toEqual([80, 443, 26657]);
    expect(out['internet6']).toEqual([80, 443, 26657]);
    expect(out['api-server']).toEqual([80, 443, 6443, 26657]);
    expect(out['dns']).toContain(53);
    expect(out['node-dns']).toEqual([53]);
    expect(out['metadata']).toBeUndefined();
  });

  it('only the operator reaches the signer, only the gateway asks for screening', () => {
    expect(table(strict, 'out', 'operator')['signer']).toEqual([8446]);
    expect(table(strict, 'out', 'gateway')['signer']).toBeUndefined();
    expect(table(strict, 'out', 'gateway')['operator']).toEqual([9091]);
    expect(table(strict, 'out', 'agent')['operator']).toBeUndefined();
  });

  it('the agent is asked for metrics, and asks the API server and DCGM', () => {
    expect(table(strict, 'in', 'agent')).toEqual({ prometheus: [9093] });
    expect(table(strict, 'out', 'agent')).toMatchObject({
      'api-server': [443, 6443, 9400],
      node: [9400],
      dns: [53, 9400],
    });
  });

  it('DNS is asked over UDP too', () => {
    for (const name of OWN) expect(strict(party(name), party('dns'), 53, 'UDP')).toBe(true);
    expect(strict(party('signer'), party('internet'), 53, 'UDP')).toBe(false);
  });

  it('whatever else starts in a namespace of ours talks to nobody', () => {
    for (const namespace of [
      'berth-system-operator',
      'berth-system-signer',
      'berth-system-agent',
    ]) {
      const intruder: Party = { name: 'intruder', ip: '10.42.0.99', namespace, labels: {} };
      for (const other of parties) {
        expect(PORTS.filter((port) => strict(intruder, other, port))).toEqual([]);
        expect(PORTS.filter((port) => strict(other, intruder, port))).toEqual([]);
      }
    }
  });

  it("without the API server's address its ports are open anywhere, and still no others", () => {
    expect(table(lenient, 'out', 'signer')).toMatchObject({ internet: [443, 6443] });
    expect(table(lenient, 'in', 'signer')).toEqual({ operator: [8446], prometheus: [9092] });
  });
});
