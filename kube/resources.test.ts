import { describe, expect, it } from '@jest/globals';
import {
  BIDS,
  CONFIG_MAPS,
  DEPLOYMENTS,
  keyOf,
  matchLabels,
  NODES,
  resourceName,
  resourceOf,
  resourcePath,
} from './resources.js';

describe('resources', () => {
  it.each([
    ['/api/v1/nodes', NODES, {}],
    ['/api/v1/nodes/a', NODES, { name: 'a' }],
    ['/api/v1/nodes/a', NODES, { name: 'a', namespace: 'ignored' }],
    ['/api/v1/configmaps', CONFIG_MAPS, {}],
    ['/api/v1/namespaces/n/configmaps/a', CONFIG_MAPS, { namespace: 'n', name: 'a' }],
    ['/apis/apps/v1/namespaces/n/deployments', DEPLOYMENTS, { namespace: 'n' }],
    ['/apis/berth.dev/v1alpha1/bids/a/status', BIDS, { name: 'a', subresource: 'status' }],
  ] as const)('lie at %s', (want, resource, at) => {
    expect(resourcePath(resource, at)).toBe(want);
  });

  it('a name cannot climb out of its path', () => {
    const path = resourcePath(CONFIG_MAPS, { namespace: '../x', name: 'a/../../secrets?b' });
    expect(path).toBe('/api/v1/namespaces/..%2Fx/configmaps/a%2F..%2F..%2Fsecrets%3Fb');
  });

  it('are found by what an object says it is, and unknown ones are refused', () => {
    expect(resourceOf({ apiVersion: 'apps/v1', kind: 'Deployment' })).toBe(DEPLOYMENTS);
    expect(() => resourceOf({ apiVersion: 'apps/v1beta1', kind: 'Deployment' })).toThrow(
      'apps/v1beta1 Deployment is no resource that Berth handles',
    );
  });

  it('are named as RBAC names them', () => {
    expect([resourceName(NODES), resourceName(BIDS, 'status')]).toEqual([
      'nodes',
      'bids.berth.dev/status',
    ]);
  });

  it('keys and selectors', () => {
    expect(keyOf({ metadata: { name: 'a', namespace: 'n' } })).toBe('n/a');
    expect(keyOf({ metadata: { name: 'a' } })).toBe('a');
    expect(matchLabels({ a: '1', b: '2' })).toBe('a=1,b=2');
  });
});
