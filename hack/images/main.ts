/** `tsx hack/images/main.ts [DIR]`: packs the images below DIR (default .run/images) and says where they lie. */
import { join } from 'node:path';
import { packImages } from './images.js';

const dir = process.argv[2] ?? join(import.meta.dirname, '../../.run/images');
for (const path of await packImages(dir)) console.log(path);
