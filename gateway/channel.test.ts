import { describe, expect, it } from '@jest/globals';
import { Channel } from './channel.js';

const all = async <T>(items: AsyncIterable<T>): Promise<readonly T[]> => {
  const read: T[] = [];
  for await (const item of items) read.push(item);
  return read;
};

describe('Channel', () => {
  it('gives everything in order, what was pushed before its end included', async () => {
    const channel = new Channel<number>(10);
    await channel.push(1);
    const reading = all(channel.read());
    await channel.push(2);
    await channel.push(3);
    channel.end();
    expect(await reading).toEqual([1, 2, 3]);
    expect(await channel.push(4)).toBe(false);
  });

  it('lets writers wait for a slow reader', async () => {
    const channel = new Channel<number>(2);
    let pushed = 0;
    const writing = (async () => {
      for (let i = 0; i < 6; i += 1) {
        await channel.push(i);
        pushed += 1;
      }
      channel.end();
    })();
    await Promise.resolve();
    await Promise.resolve();
    expect(pushed).toBeLessThanOrEqual(2);
    expect(await all(channel.read())).toEqual([0, 1, 2, 3, 4, 5]);
    await writing;
  });

  it('fails its reader after what was pushed', async () => {
    const channel = new Channel<number>(2);
    await channel.push(1);
    channel.end(new Error('gone'));
    const read: number[] = [];
    await expect(
      (async () => {
        for await (const item of channel.read()) read.push(item);
      })(),
    ).rejects.toThrow('gone');
    expect(read).toEqual([1]);
  });

  it('tells its writers when the reader has left', async () => {
    const channel = new Channel<number>(1);
    await channel.push(1);
    for await (const _item of channel.read()) break;
    expect(await channel.push(2)).toBe(false);
  });
});
