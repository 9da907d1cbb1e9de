/**
 * A root file system of a few Debian packages, unpacked without their scripts: what Node needs to run, and nothing to log in
 * with. Each package's control text lies in var/lib/dpkg/status.d, where image scanners look.
 */
import { execFile } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Node's libraries, the authorities it trusts, and the names of protocols and services. */
const PACKAGES = ['libc6', 'libgcc-s1', 'libstdc++6', 'ca-certificates', 'netbase', 'tzdata'];

/** An account that exists in no other image by accident; Kubernetes' `runAsNonRoot` wants a number. */
export const USER_ID = 65532;

/** Documentation, manual pages and translations. */
const NOT_NEEDED = ['usr/share/doc', 'usr/share/man', 'usr/share/locale', 'usr/share/lintian'];

/** A package as it was taken from the archive. */
export interface DebianPackage {
  readonly name: string;
  readonly version: string;
}

const field = (control: string, name: string): string =>
  new RegExp(`^${name}: (.*)$`, 'm').exec(control)?.[1] ?? '';

const download = async (dir: string): Promise<readonly string[]> => {
  mkdirSync(dir, { recursive: true });
  // apt drops its rights for downloads; the folder must let it in.
  chmodSync(dir, 0o777);
  await run('apt-get', ['download', '-qq', ...PACKAGES], { cwd: dir });
  return readdirSync(dir)
    .filter((name) => name.endsWith('.deb'))
    .map((name) => join(dir, name));
};

/** ca-certificates makes its bundle in a script after installation; the same list, in the same place. */
const writeAuthorities = (root: string): void => {
  const base = join(root, 'usr/share/ca-certificates/mozilla');
  const all = readdirSync(base).sort();
  mkdirSync(join(root, 'etc/ssl/certs'), { recursive: true });
  const bundle = all.map((name) => readFileSync(join(base, name), 'utf8')).join('');
  writeFileSync(join(root, 'etc/ssl/certs/ca-certificates.crt'), bundle);
};

const writeAccounts = (root: string): void => {
  const passwd = `root:x:0:0:root:/:/nonexistent\nberth:x:${USER_ID}:${USER_ID}:berth:/:/nonexistent\n`;
  writeFileSync(join(root, 'etc/passwd'), passwd);
  writeFileSync(join(root, 'etc/group'), `root:x:0:\nberth:x:${USER_ID}:\n`);
};

/** Fills `root`, downloading into `cache`. @throws when this machine has no apt, or its archive does not answer */
export const debianRoot = async (
  root: string,
  cache: string,
): Promise<readonly DebianPackage[]> => {
  rmSync(cache, { recursive: true, force: true });
  const archives = await download(cache);
  const status = join(root, 'var/lib/dpkg/status.d');
  const found: DebianPackage[] = [];
  for (const archive of archives) {
    await run('dpkg-deb', ['--extract', archive, root]);
    const { stdout: control } = await run('dpkg-deb', ['--field', archive]);
    const name = field(control, 'Package');
    mkdirSync(status, { recursive: true });
    writeFileSync(join(status, name), control);
    found.push({ name, version: field(control, 'Version') });
  }
  for (const path of NOT_NEEDED) rmSync(join(root, path), { recursive: true, force: true });
  writeAuthorities(root);
  writeAccounts(root);
  mkdirSync(join(root, 'tmp'), { recursive: true });
  chmodSync(join(root, 'tmp'), 0o1777);
  return found.sort((a, b) => (a.name < b.name ? -1 : 1));
};
