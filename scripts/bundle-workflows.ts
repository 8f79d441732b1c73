// A part of `npm run build`: bundles the workflows into dist/, so that a worker of the build starts without bundling them and
// runs them as they were built. Not in a clone's sources: see worker/workflow-bundle.ts. An argument names another
// folder that the product is built into.
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { BUNDLE_NAME, bundleWorkflows } from '../worker/workflow-bundle.ts';

export async function writeBundle(file: string): Promise<void> {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, (await bundleWorkflows()).code);
}

if (process.argv[1] === import.meta.filename) {
  const build = process.argv[2] ?? path.join(import.meta.dirname, '..', 'dist');
  const file = path.join(build, 'worker', BUNDLE_NAME);
  await writeBundle(file);
  console.log(`workflows: ${path.relative(process.cwd(), file)}`);
}
