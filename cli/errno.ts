/** The code of a failed system call. */

/** `ENOENT` and its like; `undefined` for other errors. Asks for the shape, since Node's errors may be of another realm. */
export const errno = (error: unknown): string | undefined => {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
};
