import { describe, expect, it } from '@jest/globals';
import { parseLeaseId } from '../../market/ids.js';
import {
  fromLeaseRef,
  leaseLabels,
  leaseOfLabels,
  sightingOf,
  toLeaseRef,
} from './lease-identity.js';

const id = parseLeaseId(
  'akash1qufa3xzrf34qvwyejkhvnc4psf49fftaw0asmh/1234/1/1/akash1365yvmc4s7awdyj3n2sav7xfx76adc6dnmlx63',
);

describe('lease identity', () => {
  it('survives the reference of an object', () => {
    expect(fromLeaseRef(toLeaseRef(id))).toEqual(id);
  });

  it('is read back from the labels of its namespace', () => {
    const { name } = sightingOf(id);
    expect(name).toBe('ud66g5gaqbtev8gef7citivsk58ag4p3f5h952j9csjq4');
    expect(leaseOfLabels(name, leaseLabels(id, 'provider'))).toEqual({ name, id });
  });

  it('a namespace of another name, or without the labels, is not ours', () => {
    expect(leaseOfLabels('kube-system', leaseLabels(id, 'provider'))).toBeUndefined();
    expect(leaseOfLabels(sightingOf(id).name, {})).toBeUndefined();
    expect(leaseOfLabels(sightingOf(id).name, undefined)).toBeUndefined();
  });
});
