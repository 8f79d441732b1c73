import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';

const quiet = new DefaultLogger('ERROR');

/** The workflows of a file of this project as one file of code, without the bundler's report. */
export function bundled(file: '../workflows/index.ts' | './bare-workflows.ts'): Promise<{ code: string }> {
  return bundleWorkflowCode({ workflowsPath: fileURLToPath(new URL(file, import.meta.url)), logger: quiet });
}
