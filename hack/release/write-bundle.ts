/** `tsx hack/release/write-bundle.ts DIR`: only the bundle, for the Dockerfile. */
import { resolve } from 'node:path';
import { buildBundle } from './bundle.js';

await buildBundle(resolve(process.argv[2] ?? '.run/release/bundle'));
