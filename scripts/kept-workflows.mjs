// Prints the path of the workflows as one file of code, for a worker of a clone: a kept bundle of the sources, which is made
// anew when they have changed.
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { keptBundle } from './kept-bundle.mjs';

const root = path.dirname(import.meta.dirname);
/** What workflows may import (eslint.config.js), and what bundles them. */
const ROOMS = ['workflows', 'errors'];
const BUNDLERS = ['worker/workflow-bundle.ts', 'scripts/bundle-workflows.ts', 'scripts/kept-workflows.mjs'];
const FILE = 'workflows.js';

const folder = await keptBundle(root, 'workflows', async (into) => {
  await import('tsx');
  const { writeBundle } = await import('./bundle-workflows.ts');
  await writeBundle(path.join(into, FILE));
  return [...ROOMS.flatMap(sourcesOf), ...BUNDLERS];
});
console.log(path.join(folder, FILE));

function sourcesOf(room) {
  const files = readdirSync(path.join(root, room), { recursive: true });
  return files.filter((file) => file.endsWith('.ts')).map((file) => path.join(room, file));
}
