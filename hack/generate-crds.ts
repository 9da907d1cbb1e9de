/**
 * Writes crds/generated: one CustomResourceDefinition per kind as YAML, and the TypeScript types of all kinds.
 *
 *   tsx hack/generate-crds.ts            write
 *   tsx hack/generate-crds.ts --check    write nothing, fail when what lies there differs
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { renderAll } from './crds/render.js';

const folder = join(import.meta.dirname, '..', 'crds', 'generated');

const present = (file: string): string | undefined => {
  try {
    return readFileSync(join(folder, file), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
};

const check = process.argv.includes('--check');
const stale: string[] = [];
mkdirSync(folder, { recursive: true });
for (const { file, content } of await renderAll()) {
  if (present(file) === content) continue;
  stale.push(file);
  if (!check) writeFileSync(join(folder, file), content);
}
if (check && stale.length > 0) {
  console.error(`crds/generated is stale: ${stale.join(', ')}. Run: npx tsx hack/generate-crds.ts`);
  process.exitCode = 1;
} else {
  console.log(stale.length === 0 ? 'crds/generated is up to date' : `wrote ${stale.join(', ')}`);
}
