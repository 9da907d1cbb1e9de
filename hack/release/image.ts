/** Berth's own image, from Debian packages, Node and the bundle: for machines that can pull no base image. */
import { chmodSync, cpSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packImage } from '../images/docker-archive.js';
import { place } from '../images/root-fs.js';
import { NODE_FLAGS, buildBundle } from './bundle.js';
import { debianRoot, USER_ID } from './debian-root.js';
import type { DebianPackage } from './debian-root.js';

/** The reference that `make image` gives. */
export const BERTH_IMAGE = 'berth.local/berth:0.1.0';

export interface BuiltImage {
  readonly archive: string;
  /** Of the uncompressed archive. */
  readonly bytes: number;
  readonly packages: readonly DebianPackage[];
  readonly node: string;
}

/** Packs the bundle that lies in `<dir>/bundle` as `<dir>/berth.tar`. */
export const packBundle = async (dir: string): Promise<BuiltImage> => {
  const root = mkdtempSync(join(tmpdir(), 'berth-release-'));
  chmodSync(root, 0o755); // becomes the image's /, which every user must be able to enter
  try {
    const packages = await debianRoot(root, join(dir, 'debian'));
    place(process.execPath, root, 'usr/local/bin/node');
    cpSync(join(dir, 'bundle'), join(root, 'app'), { recursive: true });
    const archive = join(dir, 'berth.tar');
    await packImage(
      {
        references: [BERTH_IMAGE],
        root,
        // Node takes the flags of its heap on the command line only.
        entrypoint: ['/usr/local/bin/node', ...NODE_FLAGS],
        user: `${USER_ID}:${USER_ID}`,
        workingDir: '/app',
        env: {
          NODE_ENV: 'production',
          NODE_EXTRA_CA_CERTS: '/etc/ssl/certs/ca-certificates.crt',
        },
        labels: {
          'org.opencontainers.image.title': 'Berth',
          'org.opencontainers.image.version': '0.1.0',
          'org.opencontainers.image.licenses': 'Apache-2.0',
        },
      },
      archive,
    );
    return { archive, bytes: statSync(archive).size, packages, node: process.version };
  } finally {
    rmSync(root, { recursive: true });
  }
};

/** Packs the image below `dir` (`berth.tar`, loadable by `docker load` and `ctr images import`). */
export const buildImage = async (dir: string): Promise<BuiltImage> => {
  await buildBundle(join(dir, 'bundle'));
  return packBundle(dir);
};
