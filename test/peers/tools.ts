/** The development peers' binaries, built once by `hack/tools/build.sh`. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

const script = join(import.meta.dirname, '../../hack/tools/build.sh');

/** `build.sh` failed, or a binary is missing. */
export class ToolsError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ToolsError';
  }
}

const build = (args: readonly string[], signal?: AbortSignal): Promise<string> =>
  new Promise((resolve, reject) => {
    // Its progress goes straight to this process' standard error: a first build takes minutes.
    const child = spawn(script, args, {
      stdio: ['ignore', 'pipe', 'inherit'],
      ...(signal === undefined ? {} : { signal }),
    });
    let out = '';
    child.stdout.on('data', (chunk: Buffer) => {
      out += chunk.toString();
    });
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0) resolve(out.trim());
      else reject(new ToolsError(`hack/tools/build.sh ended with exit status ${code ?? 'none'}`));
    });
  });

/**
 * The directory that holds `names`; builds the groups that are missing (the same names as `build.sh` takes).
 * @throws ToolsError when a build fails
 */
export const toolsDir = async (
  groups: readonly string[],
  names: readonly string[],
  signal?: AbortSignal,
): Promise<string> => {
  const dir = await build(['--print-dir'], signal);
  const has = (name: string): boolean => existsSync(join(dir, name));
  if (!names.every(has)) await build(groups, signal);
  const missing = names.filter((name) => !has(name));
  if (missing.length > 0) throw new ToolsError(`${dir} lacks ${missing.join(', ')}`);
  return dir;
};
