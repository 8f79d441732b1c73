// The second half of `npm run build`: bundles the workflows into dist/, so that a worker of the build starts without
// bundling them and runs them as they were built. Not in a clone's sources: see worker/workflow-bundle.ts.
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { BUNDLE_NAME, bundleWorkflows } from '../worker/workflow-bundle.ts';

const file = path.join(import.meta.dirname, '..', 'dist', 'worker', BUNDLE_NAME);
writeFileSync(file, (await bundleWorkflows()).code);
console.log(`workflows: ${path.relative(process.cwd(), file)}`);
