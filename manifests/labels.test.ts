import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { someLease } from '../test/golden/manifests/settings.js';
import { requiredGpu, tryParseGpuAttribute } from './gpu-resource.js';
import { ingressAnnotations } from './ingress-annotations.js';
import { gpuCapabilityKeys, nodeLabels, podLabels, serviceSelector } from './labels.js';
import { byteQuantity, committed, cpuQuantity } from './quantity.js';

const h100 = { vendor: 'nvidia', model: 'h100', ram: '80Gi', interface: 'sxm' };
const gpu = 'akash.network/capabilities.gpu.vendor.nvidia.model';

describe('labels of nodes', () => {
  it('count the devices of each model, memory and interface', () => {
    const pcie = { ...h100, interface: 'pcie' };
    const unknown = { ...h100, model: 't4', ram: undefined, interface: undefined };
    expect(nodeLabels({ gpus: [h100, h100, pcie, unknown], storageClasses: ['beta3'] })).toEqual({
      'akash.network': 'true',
      [`${gpu}.h100`]: '3',
      [`${gpu}.h100.ram.80Gi`]: '3',
      [`${gpu}.h100.interface.sxm`]: '2',
      [`${gpu}.h100.interface.pcie`]: '1',
      [`${gpu}.t4`]: '1',
      'akash.network/capabilities.storage.class.beta3': '1',
    });
  });

  it('are never names that Kubernetes refuses', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (model, ram) => {
        for (const key of gpuCapabilityKeys({ ...h100, model, ram })) {
          const name = key.slice('akash.network/'.length);
          expect(name.length).toBeLessThanOrEqual(63);
          expect(name).toMatch(/^[a-zA-Z0-9][-_.a-zA-Z0-9]*[a-zA-Z0-9]$/);
        }
      }),
    );
    expect(gpuCapabilityKeys({ ...h100, model: 'a'.repeat(40) })).toEqual([]);
  });

  it('meet what pods of that node need', () => {
    const labels = nodeLabels({ gpus: [h100], storageClasses: [] });
    const required = requiredGpu(
      [{ key: 'vendor/nvidia/model/h100/ram/80Gi', value: 'true' }],
      h100,
    );
    if (required === undefined) throw new Error('nothing required');
    for (const key of gpuCapabilityKeys(required)) expect(Number(labels[key])).toBeGreaterThan(0);
  });
});

describe('labels of pods', () => {
  it('hold the selector of their service, which never changes', () => {
    const selector = {
      'akash.network': 'true',
      'akash.network/namespace': 'ud66g5gaqbtev8gef7citivsk58ag4p3f5h952j9csjq4',
      'akash.network/manifest-service': 'web',
    };
    expect(serviceSelector(someLease, 'web')).toEqual(selector);
    expect(podLabels(someLease, 'web')).toMatchObject(selector);
  });
});

describe('a GPU order', () => {
  const order = (...keys: string[]): { key: string; value: string }[] =>
    keys.map((key) => ({ key, value: 'true' }));

  it('is met by what was sold, in the words of the alternative that it meets', () => {
    const keys = order('vendor/nvidia/model/a100', 'vendor/nvidia/model/h100/interface/sxm');
    expect(requiredGpu(keys, h100)).toEqual({ ...h100, ram: undefined });
    // Sold what was not ordered: the model still binds, so that a pod cannot land on anything else.
    expect(requiredGpu(order('vendor/nvidia/model/a100'), h100)).toEqual({
      ...h100,
      ram: undefined,
      interface: undefined,
    });
  });

  it('that leaves a choice binds nothing until something is sold', () => {
    expect(
      requiredGpu(order('vendor/nvidia/model/a100', 'vendor/nvidia/model/h100'), undefined),
    ).toBeUndefined();
    expect(requiredGpu([], undefined)).toBeUndefined();
    expect(requiredGpu(order('vendor/nvidia/model/a100'), undefined)?.model).toBe('a100');
  });

  it('that cannot be read is a sentence', () => {
    expect(tryParseGpuAttribute('h100')).toContain('"h100"');
    expect(tryParseGpuAttribute('vendor/nvidia/model/*')).toMatchObject({ vendor: 'nvidia' });
  });
});

describe('quantities', () => {
  it.each([
    [0n, '0'],
    [1n, '1'],
    [1024n, '1Ki'],
    [1536n * 1024n * 1024n, '1536Mi'],
    [1n << 40n, '1Ti'],
    [1_000_000_000n, '1000000000'],
  ])('of %p bytes read %p', (bytes, want) => {
    expect(byteQuantity(bytes).value).toBe(want);
  });

  it('of CPU are whole cores where they can be', () => {
    expect(cpuQuantity(2000n).value).toBe('2');
    expect(cpuQuantity(1500n).value).toBe('1500m');
  });

  it('committed lie between one and the limit', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: 1n, max: 1n << 60n }),
        fc.double({ min: 0, max: 100, noNaN: true }),
        (limit, level) => {
          const request = committed(limit, level);
          expect(request >= 1n && request <= limit).toBe(true);
        },
      ),
    );
    expect(committed(0n, 2)).toBe(0n);
    expect(committed(1000n, 1.5)).toBe(667n);
  });
});

describe('ingress annotations', () => {
  const options = {
    maxBodySize: 1,
    readTimeout: 1,
    sendTimeout: 1001,
    nextTries: 2,
    nextTimeout: 0,
  };
  const nginx = (found: Readonly<Record<string, string>>, name: string): string | undefined =>
    found[`nginx.ingress.kubernetes.io/${name}`];

  it('round times up to seconds and name codes as nginx does', () => {
    const found = ingressAnnotations({
      ...options,
      nextCases: ['error', '502'],
      proxyBufferSize: 8192,
    });
    expect(nginx(found, 'proxy-read-timeout')).toBe('1');
    expect(nginx(found, 'proxy-send-timeout')).toBe('2');
    expect(nginx(found, 'proxy-next-upstream')).toBe('error http_502');
    expect(nginx(found, 'proxy-buffer-size')).toBe('8192');
  });

  it('are the defaults of the Akash provider when the manifest has no options', () => {
    const found = ingressAnnotations({ ...options, maxBodySize: 0 });
    expect(nginx(found, 'proxy-body-size')).toBe('1048576');
    expect(nginx(found, 'proxy-next-upstream-timeout')).toBe('60');
    expect(nginx(found, 'proxy-next-upstream')).toBe('error timeout');
  });

  it('hold nothing that nginx could take for configuration', () => {
    fc.assert(
      fc.property(fc.array(fc.string()), (nextCases) => {
        for (const value of Object.values(ingressAnnotations({ ...options, nextCases })))
          expect(value).toMatch(/^[a-z0-9_ ]+$/);
      }),
    );
    expect(
      nginx(ingressAnnotations({ ...options, nextCases: ['; evil'] }), 'proxy-next-upstream'),
    ).toBeUndefined();
  });
});
