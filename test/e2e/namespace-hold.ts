/** Keeps a namespace terminating for as long as a test wants, as a stuck finalizer of some controller would. */
import { CONFIG_MAPS } from '../../kube/resources.js';
import type { Stack } from '../stack/stack.js';

/** Puts an object with a finalizer into the namespace; the answer removes the finalizer. */
export const holdNamespace = async (
  stack: Stack,
  namespace: string,
): Promise<() => Promise<void>> => {
  const ref = { name: 'stuck', namespace };
  await stack.api.create(CONFIG_MAPS, {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { ...ref, finalizers: ['test.berth.dev/stuck'] },
    data: {},
  });
  return async () => {
    const stuck = await stack.api.get(CONFIG_MAPS, ref);
    if (stuck === undefined) throw new Error(`nothing held namespace ${namespace}`);
    await stack.api.replace(CONFIG_MAPS, {
      ...stuck,
      metadata: { ...stuck.metadata, finalizers: [] },
    });
  };
};
