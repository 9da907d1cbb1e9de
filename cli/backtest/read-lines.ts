/** Lines of a file that may be compressed and may end in the middle, as a recording that was cut off does. */
import { createReadStream } from 'node:fs';
import { createGunzip } from 'node:zlib';

/** The two bytes that every gzip member begins with. */
const isGzip = (head: Buffer): boolean => head[0] === 0x1f && head[1] === 0x8b;

/** Whether a compressed stream ended too early, which is what a killed writer leaves. */
const isTorn = (error: unknown): boolean => {
  const code = (error as { readonly code?: unknown } | null)?.code;
  return code === 'Z_BUF_ERROR' || code === 'Z_DATA_ERROR';
};

async function* decompressed(path: string): AsyncGenerator<Buffer, void, undefined> {
  const source = createReadStream(path);
  const iterator = source.iterator({ destroyOnReturn: true }) as AsyncIterator<Buffer>;
  const first = await iterator.next();
  if (first.done === true) return;
  if (!isGzip(first.value)) {
    yield first.value;
    for (let next = await iterator.next(); next.done !== true; next = await iterator.next())
      yield next.value;
    return;
  }
  const gunzip = createGunzip();
  const feed = async (): Promise<void> => {
    for (
      let next: IteratorResult<Buffer> = first;
      next.done !== true;
      next = await iterator.next()
    ) {
      if (!gunzip.write(next.value))
        await new Promise<void>((resolve) => gunzip.once('drain', resolve).once('close', resolve));
      if (gunzip.destroyed) return;
    }
    gunzip.end();
  };
  const fed = feed();
  try {
    for await (const chunk of gunzip) yield chunk as Buffer;
  } catch (error) {
    if (!isTorn(error)) throw error;
  } finally {
    gunzip.destroy();
    await fed;
    source.destroy();
  }
}

/** Whole lines, without their ends; what comes after the last one is left out. @throws the file system's errors */
export async function* readLines(path: string): AsyncGenerator<string, void, undefined> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of decompressed(path)) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
}
