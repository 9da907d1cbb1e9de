import { describe, expect, it } from '@jest/globals';
import { DRAIN_ANNOTATION, toNodeFacts } from './kube-facts.js';
import { observeNode } from './observe-node.js';

const draining = (annotation: string, unschedulable = true) =>
  observeNode(
    toNodeFacts({
      metadata: { name: 'a', annotations: { [DRAIN_ANNOTATION]: annotation } },
      spec: { unschedulable },
      status: { conditions: [{ type: 'Ready', status: 'True' }] },
    }),
    [],
  ).unsellable;

describe('a node that is being emptied', () => {
  const until = '2026-06-02T12:00:00Z';
  it.each([
    [
      'with window and reason',
      JSON.stringify({ until, reason: 'new disks' }),
      ` until ${until} (new disks)`,
    ],
    ['with neither', '{}', ''],
    ['by a broken annotation', 'x', ''],
    ['by something that is no object', '7', ''],
  ])('%s is not for sale, and cordoned is not said twice', (_name, annotation, words) => {
    const message = `the node is being emptied${words}`;
    expect(draining(annotation)).toEqual([{ code: 'NodeDraining', message }]);
  });

  it('is not for sale either when somebody took the cordon away', () => {
    expect(draining('{}', false)).toMatchObject([{ code: 'NodeDraining' }]);
  });
});
