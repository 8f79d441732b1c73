import { type NativeConnection, Worker, type WorkflowBundleOption } from '@temporalio/worker';
import type { BareActivities } from './bare-workflows.ts';

/** As many activities at once as the product's worker takes. */
const MAX_ACTIVITIES = 64;

export interface BareWorkerOptions {
  connection: NativeConnection;
  taskQueue: string;
  workflowBundle: WorkflowBundleOption;
  activities: BareActivities;
}

/** A worker of the bare workflows: one task queue, no interceptors, the SDK's defaults. */
export function createBareWorker(options: BareWorkerOptions): Promise<Worker> {
  return Worker.create({ ...options, maxConcurrentActivityTaskExecutions: MAX_ACTIVITIES });
}
