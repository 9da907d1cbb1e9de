import { describe, expect, it } from '@jest/globals';
import { aGroup } from '../testing/tenant.js';
import { describeGroup, formatBytes, formatMilliCpu } from './describe-group.js';

describe('describeGroup', () => {
  it('sums over all replicas', () => {
    expect(describeGroup(aGroup({ gpus: 4, count: 3 }))).toEqual({
      ...{ gpus: 12, cpu: '24', memory: '192Gi' },
    });
  });

  it.each<[bigint, string]>([
    [0n, '0'],
    [1500n, '1500'],
    [1024n, '1Ki'],
    [1536n * 1024n, '1536Ki'],
    [2n ** 40n, '1Ti'],
    [2n ** 60n, '1024Pi'],
  ])('%s bytes are %s', (bytes, want) => {
    expect(formatBytes(bytes)).toBe(want);
  });

  it.each<[bigint, string]>([
    [2000n, '2'],
    [1500n, '1500m'],
    [0n, '0'],
  ])('%s thousandths of a CPU are %s', (milliCpu, want) => {
    expect(formatMilliCpu(milliCpu)).toBe(want);
  });
});
