import { describe, expect, it } from '@jest/globals';
import { describeKubeApi } from '../../test/contract/kube/kube-api-contract.js';
import { aConfigMap } from '../../test/contract/kube/objects.js';
import { isKubeUnavailable } from '../errors.js';
import { CONFIG_MAPS } from '../resources.js';
import { FakeKube } from './fake-kube.js';

const fake = new FakeKube();
describeKubeApi('the fake', { api: () => fake, forgetHistory: () => fake.compact() });

describe('FakeKube', () => {
  it('fails as told until it is told otherwise', async () => {
    const kube = new FakeKube();
    const comeBack = kube.goAway();
    expect(isKubeUnavailable(await kube.list(CONFIG_MAPS).catch((e: unknown) => e))).toBe(true);
    comeBack();
    expect((await kube.list(CONFIG_MAPS)).items).toEqual([]);
  });

  it('going away ends a running watch', async () => {
    const kube = new FakeKube();
    const watch = kube.watch(CONFIG_MAPS, { resourceVersion: '0', timeoutSeconds: 60 });
    const next = watch.next();
    kube.goAway();
    expect(isKubeUnavailable(await next.catch((e: unknown) => e))).toBe(true);
  });

  it('hands out copies: what a caller does to them changes nothing', async () => {
    const kube = new FakeKube();
    const given = aConfigMap('a', { x: '1' });
    const made = await kube.apply(CONFIG_MAPS, given);
    (made.data as Record<string, string>)['x'] = 'spoilt';
    (given.data as Record<string, string>)['x'] = 'spoilt';
    expect((await kube.get(CONFIG_MAPS, given.metadata))?.data).toEqual({ x: '1' });
  });
});
