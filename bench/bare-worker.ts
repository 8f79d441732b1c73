import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, type NativeConnection, Worker } from '@temporalio/worker';
import type { BareActivities } from './bare-workflows.ts';

/** As many activities at once as the product's worker takes. */
const MAX_ACTIVITIES = 64;

/** A worker of the bare workflows: one task queue, no interceptors, the SDK's defaults. */
export async function createBareWorker(connection: NativeConnection, taskQueue: string, activities: BareActivities) {
  const workflowsPath = fileURLToPath(new URL('./bare-workflows.ts', import.meta.url));
  return Worker.create({
    connection,
    taskQueue,
    workflowBundle: await bundleWorkflowCode({ workflowsPath }),
    activities,
    maxConcurrentActivityTaskExecutions: MAX_ACTIVITIES,
  });
}
