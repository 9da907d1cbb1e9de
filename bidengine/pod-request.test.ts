import { describe, expect, it } from '@jest/globals';
import type { PodFacts } from './cluster-facts.js';
import { isQuantityFormatError } from './kube-quantity.js';
import { isFinished, tryEffectiveRequest } from './pod-request.js';
import { aPod } from './testing/facts-builder.js';
import { GIB } from './testing/order-builder.js';

describe('tryEffectiveRequest', () => {
  const cpu = (text: string): { requests: { cpu: string } } => ({ requests: { cpu: text } });
  const init = (text: string, sidecar = false) => ({ ...cpu(text), sidecar });

  it.each<[string, Partial<PodFacts>, bigint]>([
    ['containers run together', { containers: [cpu('1'), cpu('500m')] }, 1500n],
    ['a small init container is free', { initContainers: [init('500m')] }, 1000n],
    ['a large init container counts instead', { initContainers: [init('3')] }, 3000n],
    ['a sidecar runs beside the containers', { initContainers: [init('1', true)] }, 2000n],
    [
      'an init container runs beside the sidecars before it',
      { initContainers: [init('2', true), init('3'), init('1', true)] },
      5000n,
    ],
    ['overhead comes on top', { overhead: { cpu: '250m' } }, 1250n],
    ['a request of the whole pod stands for its containers', { podRequests: { cpu: '4' } }, 4000n],
    ['a pod request of memory leaves the cpu', { podRequests: { memory: '1Gi' } }, 1000n],
  ])('%s', (_name, facts, wantMilliCpu) => {
    expect(tryEffectiveRequest(aPod('n', { cpu: '1' }, facts))).toMatchObject({
      milliCpu: wantMilliCpu,
    });
  });

  it('reads every resource and counts one pod', () => {
    const requests = {
      cpu: '2',
      memory: '1Gi',
      'ephemeral-storage': '3Gi',
      'nvidia.com/gpu': '8',
    };
    const pod = aPod('n', requests, { podRequests: { memory: '2Gi' } });
    const want = {
      milliCpu: 2000n,
      memoryBytes: 2n * GIB,
      ephemeralBytes: 3n * GIB,
      gpus: 8n,
      pods: 1n,
    };
    expect(tryEffectiveRequest(pod)).toEqual(want);
    expect(tryEffectiveRequest(pod)).toBe(tryEffectiveRequest(pod));
  });

  it('tells which quantity cannot be read', () => {
    const request = tryEffectiveRequest(aPod('n', { cpu: 'lots' }));
    expect(isQuantityFormatError(request)).toBe(true);
    expect(request).toMatchObject({ text: 'lots' });
  });
});

describe('isFinished', () => {
  it.each([
    ['Succeeded', true],
    ['Failed', true],
    ['Running', false],
    ['Pending', false],
    ['Unknown', false],
  ])('%s: %p', (phase, want) => {
    expect(isFinished(aPod('n', {}, { phase }))).toBe(want);
  });
});
