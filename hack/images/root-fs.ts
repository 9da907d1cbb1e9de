/** Root file systems out of what this machine has: Debian's static busybox, and Node with the libraries it is linked to. */
import { execFile } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const BUSYBOX = '/bin/busybox';

/** A root file system cannot be made on this machine. */
export class RootFsError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'RootFsError';
  }
}

/** Puts a file of ours or of the machine into the root, executable. */
export const place = (from: string, root: string, path: string): void => {
  const to = join(root, path);
  mkdirSync(dirname(to), { recursive: true });
  copyFileSync(from, to);
  chmodSync(to, 0o755);
};

/** A root with busybox' programs in /bin, a root user and a /tmp. @throws RootFsError without a static busybox */
export const busyboxRoot = async (root: string): Promise<void> => {
  if (!existsSync(BUSYBOX)) {
    throw new RootFsError(`${BUSYBOX} is missing; hack/node/install.sh installs busybox-static`);
  }
  place(BUSYBOX, root, 'bin/busybox');
  const { stdout } = await run(BUSYBOX, ['--list']);
  for (const applet of stdout.trim().split('\n')) {
    if (applet !== 'busybox') symlinkSync('busybox', join(root, 'bin', applet));
  }
  for (const dir of ['etc', 'tmp', 'root', 'usr/local/bin', 'var']) {
    mkdirSync(join(root, dir), { recursive: true });
  }
  chmodSync(join(root, 'tmp'), 0o1777);
  writeFileSync(join(root, 'etc/passwd'), 'root:x:0:0:root:/root:/bin/sh\n');
  writeFileSync(join(root, 'etc/group'), 'root:x:0:\n');
};

/** Adds the Node that runs us as /usr/local/bin/node, with every shared library that the loader would look for. */
export const addNode = async (root: string): Promise<void> => {
  place(process.execPath, root, 'usr/local/bin/node');
  const { stdout } = await run('ldd', [process.execPath]);
  const libraries = [...stdout.matchAll(/(\/\S+) \(0x/g)].flatMap(([, path]) => path ?? []);
  if (libraries.length === 0)
    throw new RootFsError(`ldd names no libraries of ${process.execPath}`);
  for (const library of libraries) place(library, root, library);
};
