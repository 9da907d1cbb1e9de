/** A controller that aborts with its parent and can be let go of, so that a long-lived signal collects no listeners. */
export const childOf = (
  parent: AbortSignal,
): { readonly controller: AbortController; readonly dispose: () => void } => {
  const controller = new AbortController();
  const follow = (): void => controller.abort(parent.reason);
  if (parent.aborted) follow();
  else parent.addEventListener('abort', follow, { once: true });
  return { controller, dispose: () => parent.removeEventListener('abort', follow) };
};
