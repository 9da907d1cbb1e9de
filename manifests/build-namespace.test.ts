import { describe, expect, it } from '@jest/globals';
import { BlockList, isIPv6 } from 'node:net';
import { fromSdl } from '../test/golden/manifests/from-sdl.js';
import { someLease, someSettings } from '../test/golden/manifests/settings.js';
import { buildNamespace } from './build-namespace.js';
import { internetBlocks } from './egress-ranges.js';
import type { KubernetesObject } from './synth.js';

const sdl = (resources: string, ports = '{ port: 80, to: [{ global: true }] }'): string => `
version: "2.0"
services:
  a: { image: a, expose: [${ports}], params: { storage: { data: { mount: /d } } } }
profiles:
  compute: { a: { resources: ${resources.replaceAll('\n', ' ')} } }
  placement: { dc: { pricing: { a: { denom: uact, amount: 1 } } } }
deployment: { a: { dc: { profile: a, count: 3 } } }
`;

const builtFrom = (text: string): readonly KubernetesObject[] =>
  fromSdl(text).groups.flatMap((group) =>
    buildNamespace({ leaseId: someLease, group, settings: someSettings }),
  );

const specOf = (objects: readonly KubernetesObject[], kind: string): unknown =>
  objects.find((object) => object.kind === kind)?.['spec'];

const gpuWithDisks = `{
  cpu: { units: 2 }, memory: { size: 4Gi },
  gpu: { units: 4, attributes: { vendor: { nvidia: [{ model: h100 }] } } },
  storage: [
    { size: 1Gi }, { name: shm, size: 1Gi, attributes: { class: ram, persistent: false } },
    { name: data, size: 10Gi, attributes: { class: beta3, persistent: true } } ] }`;

describe('the namespace of a lease', () => {
  it('comes with its fences, in the order to apply them', () => {
    const objects = builtFrom(sdl(gpuWithDisks));
    expect(objects.map(({ kind }) => kind)).toEqual([
      'Namespace',
      'NetworkPolicy',
      'ResourceQuota',
      'LimitRange',
    ]);
    expect(objects[0]?.metadata.labels['pod-security.kubernetes.io/enforce']).toBe('baseline');
  });

  it('may use exactly what was bought', () => {
    expect(
      specOf(builtFrom(sdl(gpuWithDisks, '{ port: 22, to: [{ global: true }] }')), 'ResourceQuota'),
    ).toEqual({
      hard: {
        pods: '3',
        'limits.cpu': '6',
        'limits.memory': '15Gi',
        'limits.ephemeral-storage': '3Gi',
        'requests.nvidia.com/gpu': '12',
        'requests.amd.com/gpu': '0',
        persistentvolumeclaims: '3',
        'requests.storage': '30Gi',
        'beta3.storageclass.storage.k8s.io/requests.storage': '30Gi',
        'services.loadbalancers': '0',
        'services.nodeports': '1',
      },
    });
  });

  it('may use the default storage class without naming it', () => {
    const hard = specOf(
      builtFrom(
        sdl(`{ cpu: { units: 1 }, memory: { size: 1Gi },
          storage: [{ name: data, size: 1Gi, attributes: { class: default, persistent: true } }] }`),
      ),
      'ResourceQuota',
    );
    expect(JSON.stringify(hard)).not.toContain('storageclass');
    expect(hard).toMatchObject({
      hard: { 'requests.storage': '3Gi', 'limits.ephemeral-storage': '1536Mi' },
    });
  });

  it('bounds one container and one claim by the largest bought', () => {
    expect(specOf(builtFrom(sdl(gpuWithDisks)), 'LimitRange')).toEqual({
      limits: [
        { type: 'Container', max: { cpu: '2', memory: '5Gi', 'ephemeral-storage': '1Gi' } },
        { type: 'PersistentVolumeClaim', max: { storage: '10Gi' } },
      ],
    });
  });
});

describe('egress to the internet', () => {
  const blocks = internetBlocks(['203.0.113.0/24', '2001:db8:42::/56', '10.0.0.0/8']);

  const isOpen = (address: string): boolean => {
    const family = isIPv6(address) ? 'ipv6' : 'ipv4';
    return blocks
      .filter(({ cidr }) => cidr.includes(':') === (family === 'ipv6'))
      .some(({ except }) => {
        const denied = new BlockList();
        for (const range of except) {
          const [network = '', bits] = range.split('/');
          denied.addSubnet(network, Number(bits), family);
        }
        return !denied.check(address, family);
      });
  };

  it.each([
    ...['1.1.1.1', '9.255.255.255', '11.0.0.1', '100.63.255.255', '100.128.0.1', '172.15.0.1'],
    ...['172.32.0.1', '192.0.1.1', '192.167.1.1', '198.20.0.1', '223.255.255.255', '203.0.114.1'],
    ...['2606:4700:4700::1111', '2001:db9::1', '2400:cb00::1', '64:ff9c::1'],
  ])('reaches %s', (address) => {
    expect(isOpen(address)).toBe(true);
  });

  it.each([
    ...['169.254.169.254', '10.43.0.1', '100.64.0.1', '100.127.255.255', '127.0.0.1', '0.0.0.0'],
    ...['172.16.0.1', '172.31.255.255', '192.0.0.8', '192.168.1.1', '198.18.0.1', '198.19.255.255'],
    ...[
      '224.0.0.1',
      '255.255.255.255',
      '203.0.113.10',
      '::1',
      '::',
      'fe80::1',
      'fd00::1',
      'fc00::1',
    ],
    ...[
      'ff02::1',
      '2001:db8:42::5',
      '64:ff9b::a9fe:a9fe',
      '2002:a00::1',
      '2001::1',
      'fd00:ec2::254',
    ],
  ])('never reaches %s', (address) => {
    expect(isOpen(address)).toBe(false);
  });

  it('names every range once', () => {
    for (const { except } of blocks) expect(new Set(except).size).toBe(except.length);
  });
});
