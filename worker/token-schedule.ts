import { Client, ScheduleAlreadyRunning, ScheduleOverlapPolicy } from '@temporalio/client';
import type { NativeConnection } from '@temporalio/worker';
import type { keepTokens } from '../workflows/keep-tokens.ts';

/** The schedule's id in Temporal's Web UI; each task queue, which is one installation, has its own. */
export const tokenScheduleId = (taskQueue: string): string => `${taskQueue}-keep-tokens`;

/**
 * Sees to it that unused tokens are refreshed every day, by whichever worker is there. The first worker of an installation
 * makes the schedule, and all others leave it, as somebody may have paused it.
 */
export async function ensureTokenSchedule(
  connection: NativeConnection,
  namespace: string,
  taskQueue: string,
): Promise<void> {
  const scheduleId = tokenScheduleId(taskQueue);
  try {
    await new Client({ connection, namespace }).schedule.create<typeof keepTokens>({
      scheduleId,
      spec: { intervals: [{ every: '24h' }], jitter: '1h' },
      policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: '1h' },
      action: {
        type: 'startWorkflow',
        workflowType: 'keepTokens',
        workflowId: scheduleId,
        taskQueue,
        args: [],
        // Without a worker there is nothing to be kept from the next day's run.
        workflowExecutionTimeout: '12h',
      },
    });
  } catch (error) {
    if (!(error instanceof ScheduleAlreadyRunning)) throw error;
  }
}
