import { type NativeConnection, Worker, type WorkflowBundleOption } from '@temporalio/worker';
import type { Logger } from 'pino';
import { beating } from '../activities/beating.ts';
import { type ConfirmDeps, createConfirmActivities } from '../activities/confirm-activities.ts';
import { createExportActivities } from '../activities/export-activities.ts';
import { learnKeysInPassing } from '../activities/learn-keys.ts';
import { createListingActivities } from '../activities/listing-activities.ts';
import { createPlanActivities, type PlanDeps } from '../activities/plan-activities.ts';
import { createTokenActivities } from '../activities/token-activities.ts';
import { createTransferActivities, type TransferDeps } from '../activities/transfer-activities.ts';
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
  /** Calls that this process carries at once, of all accounts. */
  maxTransfers: number;
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
/** What a shutting down worker's activities have to put their calls back before it leaves without them. */
const SHUTDOWN_GRACE = '1s';
const SHUTDOWN_FORCE = '20s';

/**
 * The process's two workers: exports and their short steps on one task queue, batches and their transfers on another,
 * so that slow recordings never keep a listing or a stop waiting for a free slot.
 */
export async function createExportWorkers(options: ExportWorkerOptions): Promise<Worker[]> {
  const { connection, namespace, taskQueue, deps, logger, metrics } = options;
  const shared = {
    connection,
    namespace,
    interceptors: { activity: [(context) => ({ inbound: activityInterceptor(context, logger, metrics) })] },
    workflowBundle: options.workflowBundle,
    maxHeartbeatThrottleInterval: STOP_LATENCY,
    defaultHeartbeatThrottleInterval: STOP_LATENCY,
    stickyQueueScheduleToStartTimeout: DEAD_WORKER_LATENCY,
    shutdownGraceTime: SHUTDOWN_GRACE,
    shutdownForceTime: SHUTDOWN_FORCE,
  } satisfies Partial<Parameters<typeof Worker.create>[0]>;
  return Promise.all([
    Worker.create({
      ...shared,
      taskQueue,
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
      taskQueue: `${taskQueue}-transfer`,
      activities: createTransferActivities(deps),
      maxConcurrentActivityTaskExecutions: options.maxTransfers,
    }),
  ]);
}
