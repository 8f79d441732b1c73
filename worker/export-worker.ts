import { type NativeConnection, Worker, type WorkflowBundleOption } from '@temporalio/worker';
import type { Logger } from 'pino';
import { beating } from '../activities/beating.ts';
import { type ConfirmDeps, createConfirmActivities } from '../activities/talks/confirm-activities.ts';
import { createExportActivities } from '../activities/export-activities.ts';
import { learnKeysInPassing } from '../activities/transfers/learn-keys.ts';
import { createListingActivities } from '../activities/listing/listing-activities.ts';
import { createPlanActivities, type PlanDeps } from '../activities/listing/plan-activities.ts';
import { createTokenActivities } from '../activities/token-activities.ts';
import type { TransferDeps } from '../activities/transfers/call-carrier.ts';
import { createTransferActivities } from '../activities/transfers/transfer-activities.ts';
import { activityInterceptor } from './interceptors.ts';
import type { WorkerMetrics } from './metrics.ts';

export interface ExportWorkerOptions {
  connection: NativeConnection;
  namespace: string;
  taskQueue: string;
  deps: PlanDeps & TransferDeps & ConfirmDeps;
  logger: Logger;
  metrics: WorkerMetrics;
  workflowBundle: WorkflowBundleOption;
  /** Shifts of up to eight calls that this process carries at once, of all accounts. */
  maxShifts: number;
  /** Calls that go on by themselves at once, which mostly wait. */
  maxSingleCalls: number;
  /** What uploads under way have to come to their end when the worker is told to end. */
  shutdownGraceSeconds: number;
}

/**
 * Steps that this process runs at once, of all accounts. Most of them only wait, for a turn at amoCRM or at their
 * export's cards, up to five for each export: with few places they would keep other accounts' steps waiting, and the one
 * that closes a stopped export. What they hold meanwhile is small: an account is asked for one answer at a time, and the
 * connections to Postgres are the pool's.
 */
const MAX_STEPS = 200;

/** A stop reaches an upload with its next heartbeat: at most this much later. */
const STOP_LATENCY = '1s';
/**
 * A signal first waits for the worker that has the export in its memory. Should that one have died a moment ago, the
 * others go on uploading meanwhile; should it only be busy, another one replays the export's history, which is cheap.
 */
const DEAD_WORKER_LATENCY = '2s';
/** What the steps of a worker that ends have left; they are short, and another worker runs them again. */
const STEP_GRACE_MS = 1_000;
/** Behind the grace: for the answers of uploads that were complete by then, and to put the other calls back. */
const LEAVE_WITHIN_MS = 20_000;

/**
 * The process's three workers: exports and their short steps on one task queue; batches, and calls that go on by
 * themselves, on another; shifts of calls on the third. So slow recordings never keep a listing or a stop waiting for a
 * free slot, nor calls with trouble the healthy ones.
 */
export async function createExportWorkers(options: ExportWorkerOptions): Promise<Worker[]> {
  const { connection, namespace, taskQueue, deps, logger, metrics } = options;
  const shared = {
    connection,
    namespace,
    interceptors: { activity: [(context) => ({ inbound: activityInterceptor(context, logger, metrics) })] },
    maxHeartbeatThrottleInterval: STOP_LATENCY,
    defaultHeartbeatThrottleInterval: STOP_LATENCY,
    stickyQueueScheduleToStartTimeout: DEAD_WORKER_LATENCY,
  } satisfies Partial<Parameters<typeof Worker.create>[0]>;
  const { transferCall, transferShift } = createTransferActivities(deps);
  const transferring = endingWithin(options.shutdownGraceSeconds * 1_000);
  return Promise.all([
    Worker.create({
      ...shared,
      ...endingWithin(STEP_GRACE_MS),
      taskQueue,
      workflowBundle: options.workflowBundle,
      activities: beating({
        ...createExportActivities(deps),
        ...createListingActivities(deps),
        ...createPlanActivities({ ...deps, learnKeys: learnKeysInPassing(deps) }),
        ...createConfirmActivities(deps),
        ...createTokenActivities(deps),
      }),
      maxConcurrentActivityTaskExecutions: MAX_STEPS,
    }),
    Worker.create({
      ...shared,
      ...transferring,
      taskQueue: `${taskQueue}-transfer`,
      workflowBundle: options.workflowBundle,
      activities: { transferCall },
      maxConcurrentActivityTaskExecutions: options.maxSingleCalls,
    }),
    Worker.create({
      ...shared,
      ...transferring,
      taskQueue: `${taskQueue}-shift`,
      activities: { transferShift },
      maxConcurrentActivityTaskExecutions: options.maxShifts,
    }),
  ]);
}

function endingWithin(graceMs: number) {
  return { shutdownGraceTime: graceMs, shutdownForceTime: graceMs + LEAVE_WITHIN_MS };
}

/** Runs the workers until they have ended; when one fails, the others end as well. @throws the first one's error. */
export async function runTogether(workers: readonly Worker[]): Promise<void> {
  const runs = workers.map((worker) =>
    worker.run().catch((error: unknown) => {
      for (const other of workers) if (other.getState() === 'RUNNING') other.shutdown();
      throw error;
    }),
  );
  await Promise.allSettled(runs);
  await Promise.all(runs);
}
