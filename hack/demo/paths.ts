/** Where a demo lives: ignored by git, one at a time in a checkout. */
import { join } from 'node:path';

export const ROOT = join(import.meta.dirname, '../..');
export const DEMO_DIR = join(ROOT, '.run', 'demo');
