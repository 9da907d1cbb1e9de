/** Reading answers: whole, or line by line as watches come. */

/** Longest line of a watch: etcd holds objects of 1.5 MiB, and JSON may be longer than what is stored. */
const MAX_LINE_BYTES = 16 * 2 ** 20;

/** The whole body as text. */
export const readText = async (body: AsyncIterable<Uint8Array>): Promise<string> => {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
};

/** The non-empty lines of a body as they arrive. @throws Error for a line beyond 16 MiB */
export const readLines = async function* (body: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  // Pieces of one unfinished line are kept apart, so that a long line costs one copy and not one per chunk.
  let pieces: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    let start = 0;
    for (let end = chunk.indexOf(10); end !== -1; end = chunk.indexOf(10, start)) {
      const line = Buffer.concat([...pieces, chunk.subarray(start, end)]).toString('utf8');
      pieces = [];
      size = 0;
      start = end + 1;
      if (line.trim() !== '') yield line;
    }
    if (start < chunk.length) {
      pieces.push(chunk.subarray(start));
      size += chunk.length - start;
    }
    if (size > MAX_LINE_BYTES)
      throw new Error(`a line of the answer is longer than ${MAX_LINE_BYTES} bytes`);
  }
  const last = Buffer.concat(pieces).toString('utf8');
  if (last.trim() !== '') yield last;
};
