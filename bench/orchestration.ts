import { randomUUID } from 'node:crypto';
import { Client, Connection } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { createLogger } from '../environment/logger.ts';
import { searchAttributesOf } from '../environment/temporal-search-attributes.ts';
import { parseExportSettings } from '../settings/export-settings.ts';
import { activityInterceptor } from '../worker/interceptors.ts';
import { createMetrics } from '../worker/metrics.ts';
import type { exportCalls } from '../workflows/export-calls.ts';
import { createBareWorker } from './bare-worker.ts';
import type { bareRun } from './bare-workflows.ts';
import { bundled } from './bundle.ts';
import type { Figure } from './figure.ts';
import { noopSteps, noopTransfers } from './noop-activities.ts';
import { inRounds, median, secondsOf } from './sample.ts';
import type { BenchStage } from './stage.ts';

const PACE = { batchSize: 100, lanes: 16, openBatches: 4, heartbeatSeconds: 30, maxHistoryEvents: 2_000 };
/** As a worker's. */
const MAX_SHIFTS = 8;
const MAX_TRANSFERS = 64;

interface Run {
  callsPerSecond: number;
  eventsPerCall: number;
}

/**
 * What Temporal and the product's workflows cost a call when its activities do nothing, beside workflows of the same
 * shape that do nothing else either. The workers run in this process, the server in another.
 */
export async function orchestration(stage: BenchStage): Promise<Figure[]> {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  const { address } = await stage.temporal();
  const native = await NativeConnection.connect({ address });
  const connection = await Connection.connect({ address });
  const client = new Client({ connection });
  const calls = stage.quick ? 300 : 3_000;
  try {
    const product = await productRunner(native, client);
    const bare = await bareRunner(native, client);
    stage.say('orchestration: warming up…');
    await product(300);
    await bare(300);
    stage.say(`orchestration: ${calls} calls without work, the product's workflows and bare ones by turns…`);
    const runs = await inRounds(stage.quick ? 1 : 3, { bare: () => bare(calls), product: () => product(calls) });
    const of = (all: Run[], field: keyof Run) => median(all.map((run) => run[field]));
    const name = 'bare batch and activity workflows';
    return [
      {
        name: 'calls without work',
        value: of(runs.product, 'callsPerSecond'),
        unit: 'calls/s',
        reference: { name, value: of(runs.bare, 'callsPerSecond') },
        aim: { of: 'ratio', atLeast: 0.8 },
      },
      {
        name: 'history',
        value: of(runs.product, 'eventsPerCall'),
        unit: 'events/call',
        reference: { name, value: of(runs.bare, 'eventsPerCall') },
        aim: { of: 'value', atMost: 4 },
      },
    ];
  } finally {
    await connection.close();
    await native.close();
  }
}

/** The product's workflows on workers that are wired like its own. */
async function productRunner(connection: NativeConnection, client: Client) {
  const workflowBundle = await bundled('../workflows/index.ts');
  const logger = createLogger('silent');
  const metrics = createMetrics();
  const interceptors = {
    activity: [
      (context: Parameters<typeof activityInterceptor>[0]) => ({
        inbound: activityInterceptor(context, logger, metrics),
      }),
    ],
  };
  return async (calls: number): Promise<Run> => {
    const taskQueue = `bench-${randomUUID()}`;
    const workers = await Promise.all([
      Worker.create({
        connection,
        interceptors,
        taskQueue,
        workflowBundle,
        activities: noopSteps(calls, PACE.batchSize),
        maxConcurrentActivityTaskExecutions: 20,
      }),
      Worker.create({
        connection,
        interceptors,
        taskQueue: `${taskQueue}-transfer`,
        workflowBundle,
        activities: noopTransfers(),
        maxConcurrentActivityTaskExecutions: MAX_TRANSFERS,
      }),
      Worker.create({
        connection,
        interceptors,
        taskQueue: `${taskQueue}-shift`,
        activities: noopTransfers(),
        maxConcurrentActivityTaskExecutions: MAX_SHIFTS,
      }),
    ]);
    const accountId = 1;
    const exportId = randomUUID();
    const workflowId = `export-${accountId}-${exportId}`;
    const seconds = await whileRunning(workers, () =>
      client.workflow.execute<typeof exportCalls>('exportCalls', {
        workflowId,
        taskQueue,
        args: [{ exportId, accountId, kind: 'export', settings: parseExportSettings({}), pace: PACE }],
        typedSearchAttributes: searchAttributesOf(accountId, exportId),
        staticSummary: 'export of the benchmark',
      }),
    );
    const batches = Array.from(
      { length: calls / PACE.batchSize },
      (_, n) => `export-${accountId}/${exportId}/batch-${n}`,
    );
    return {
      callsPerSecond: calls / seconds,
      eventsPerCall: (await eventsOf(client, [workflowId, ...batches])) / calls,
    };
  };
}

async function bareRunner(connection: NativeConnection, client: Client) {
  const taskQueue = `bench-${randomUUID()}`;
  const workflowBundle = await bundled('./bare-workflows.ts');
  const prepare = () => Promise.resolve(Array.from({ length: PACE.batchSize }, (_, call) => call));
  const activities = { prepare, step: () => Promise.resolve() };
  return async (calls: number): Promise<Run> => {
    const worker = await createBareWorker({ connection, taskQueue, workflowBundle, activities });
    const workflowId = `bare-${randomUUID()}`;
    const batches = calls / PACE.batchSize;
    const seconds = await whileRunning([worker], () =>
      client.workflow.execute<typeof bareRun>('bareRun', { workflowId, taskQueue, args: [{ ...PACE, batches }] }),
    );
    const children = await childrenOf(client, workflowId);
    return {
      callsPerSecond: calls / seconds,
      eventsPerCall: (await eventsOf(client, [workflowId, ...children])) / calls,
    };
  };
}

async function whileRunning(workers: Worker[], work: () => Promise<unknown>): Promise<number> {
  const running = workers.map((worker) => worker.run());
  try {
    return await secondsOf(work);
  } finally {
    for (const worker of workers) worker.shutdown();
    await Promise.all(running);
  }
}

async function childrenOf(client: Client, workflowId: string): Promise<string[]> {
  const { events } = await client.workflow.getHandle(workflowId).fetchHistory();
  return (events ?? []).flatMap(
    ({ startChildWorkflowExecutionInitiatedEventAttributes: started }) => started?.workflowId ?? [],
  );
}

async function eventsOf(client: Client, workflowIds: string[]): Promise<number> {
  let events = 0;
  for (const workflowId of workflowIds) {
    const { historyLength } = await client.workflow.getHandle(workflowId).describe();
    events += historyLength;
  }
  return events;
}
