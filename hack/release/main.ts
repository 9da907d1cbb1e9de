/** `make image`: packs Berth's image and prints what is in it. */
import { join } from 'node:path';
import { BERTH_IMAGE, buildImage } from './image.js';

const dir = process.argv[2] ?? join(import.meta.dirname, '../../.run/release');
const { archive, bytes, packages, node } = await buildImage(dir);
console.log(`${BERTH_IMAGE}  ${(bytes / 1e6).toFixed(1)} MB uncompressed  ${archive}\n`);
console.log(`${'node'.padEnd(18)} ${node.slice(1)} (npm package "node")`);
for (const { name, version } of packages) console.log(`${name.padEnd(18)} ${version}`);
