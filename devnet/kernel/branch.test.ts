import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Branch, emptyStore } from './branch.js';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const keysOf = (
  store: Branch,
  prefix: string,
  options?: { readonly after?: string; readonly reverse?: boolean },
): readonly string[] => Array.from(store.iterate(prefix, options), ([key]) => key);

const setup = (): { readonly parent: Branch; readonly child: Branch } => {
  const parent = new Branch(emptyStore);
  for (const key of ['a/1', 'a/3', 'a/5', 'b/1']) parent.set(key, bytes(key));
  return { parent, child: new Branch(parent) };
};

describe('Branch', () => {
  it('shows its own writes and deletions over the parent, in key order, both ways', () => {
    const { child } = setup();
    child.set('a/2', bytes('new'));
    child.delete('a/3');
    expect(keysOf(child, 'a/')).toEqual(['a/1', 'a/2', 'a/5']);
    expect(keysOf(child, 'a/', { reverse: true })).toEqual(['a/5', 'a/2', 'a/1']);
    expect(keysOf(child, 'a/', { after: 'a/1' })).toEqual(['a/2', 'a/5']);
    expect(keysOf(child, 'a/', { after: 'a/5', reverse: true })).toEqual(['a/2', 'a/1']);
  });

  it('leaves the parent alone until written', () => {
    const { parent, child } = setup();
    child.delete('a/1');
    expect(parent.get('a/1')).toEqual(bytes('a/1'));
    child.write();
    expect(parent.get('a/1')).toBeUndefined();
  });

  it('reads like one plain map, however writes are spread over nested branches', () => {
    const step = fc.record({
      key: fc.string({ unit: fc.constantFrom('a', 'b', '/'), minLength: 1, maxLength: 3 }),
      value: fc.option(fc.string({ minLength: 1, maxLength: 2 }), { nil: undefined }),
      level: fc.nat({ max: 2 }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), fc.boolean(), (steps, reverse) => {
        const levels: Branch[] = [new Branch(emptyStore)];
        levels.push(new Branch(levels[0] ?? emptyStore));
        levels.push(new Branch(levels[1] ?? emptyStore));
        const want = new Map<string, string>();
        // Lower levels first: a lower write after a higher one would stay hidden, as it should.
        for (const { key, value, level } of [...steps].sort((a, b) => a.level - b.level)) {
          if (value === undefined) {
            want.delete(key);
            levels[level]?.delete(key);
          } else {
            want.set(key, value);
            levels[level]?.set(key, bytes(value));
          }
        }
        const sorted = [...want.keys()].filter((key) => key.startsWith('a')).sort();
        expect(levels[2] === undefined ? [] : keysOf(levels[2], 'a', { reverse })).toEqual(
          reverse ? sorted.reverse() : sorted,
        );
      }),
    );
  });
});
