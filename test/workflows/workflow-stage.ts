import { randomInt, randomUUID } from 'node:crypto';
import { Context } from '@temporalio/activity';
import { Client, type WorkflowHandleWithFirstExecutionRunId } from '@temporalio/client';
import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import type { Activities, TransferActivities } from '../../activities/activities.ts';
import { toFailure } from '../../activities/failure.ts';
import { runShift } from '../../activities/transfers/shift.ts';
import type { ShiftInput } from '../../activities/transfers/transfer-activities.ts';
import { searchAttributesOf } from '../../environment/temporal-search-attributes.ts';
import type { ErrorCode } from '../../errors/codes.ts';
import type { ErrorValues } from '../../errors/export-error.ts';
import { restoreError } from '../../errors/restore-error.ts';
import { parseExportSettings } from '../../settings/export-settings.ts';
import { workflowBundle } from '../../worker/workflow-bundle.ts';
import type { exportCalls } from '../../workflows/export-calls.ts';
import type { ExportInput, ExportPace } from '../../workflows/messages.ts';
import { testServer } from '../support/test-server.ts';

type Steps = Activities & TransferActivities;
export type StepName = keyof Steps;

export interface Step {
  name: StepName;
  input: Record<string, unknown>;
}

/** What an export's steps answer, and what was asked of them. Every test has one of its own. */
export class Script {
  readonly steps: Step[] = [];
  /** Calls by batch. */
  batches: number[][];
  /** Answers a step otherwise than usual; undefined leaves it as usual. */
  on: Partial<Record<StepName, (input: Record<string, unknown>, time: number) => Promise<unknown> | undefined>> = {};
  transfersAtOnce = 0;
  peakTransfers = 0;

  constructor(batches: number[][] = []) {
    this.batches = batches;
  }

  of(name: StepName): Record<string, unknown>[] {
    return this.steps.filter((step) => step.name === name).map(({ input }) => input);
  }

  async answer(name: StepName, input: Record<string, unknown>): Promise<unknown> {
    this.steps.push({ name, input });
    const otherwise = await this.on[name]?.(input, this.of(name).length);
    if (otherwise !== undefined) return otherwise;
    switch (name) {
      case 'listCallsPage':
        return { next: null, listedCalls: this.batches.flat().length };
      case 'rereadNotes':
        return { next: null };
      case 'closePlan':
      case 'planWaiting':
        return { batches: this.batches.length };
      case 'confirmTalks':
        return { batches: this.batches.length, lookAgainInSeconds: null };
      case 'prepareBatch':
        return (this.batches[Number(input['batch'])] ?? []).map((callId) => ({ callId, talkSeconds: 60 }));
      case 'transferCall':
        return { state: 'exported' };
      default:
        return undefined;
    }
  }
}

const STEPS = [
  'openExport',
  'recordState',
  'closeExport',
  'listCallsPage',
  'rereadNotes',
  'closePlan',
  'planWaiting',
  'prepareBatch',
  'confirmTalks',
] as const;

/** Goes on until it is cancelled, as a download does. */
export async function untilCancelled(): Promise<never> {
  const context = Context.current();
  const timer = setInterval(() => context.heartbeat(), 50);
  return context.cancelled.finally(() => clearInterval(timer));
}

/** Ends a step with this error, as the worker hands it to Temporal; one that is tried again is tried soon. */
export function refuse(code: ErrorCode, values: ErrorValues = {}): Promise<never> {
  return Promise.reject(toFailure(restoreError(code, values, { retryAfterMs: 10 })));
}

export type RunningExport = WorkflowHandleWithFirstExecutionRunId<typeof exportCalls> & { accountId: number };

export interface WorkflowStage {
  client: Client;
  start(
    script: Script,
    input?: Partial<ExportInput>,
    pace?: Partial<ExportPace>,
    /** `searchAttributes`: false as on a server that does not know them. */
    how?: { searchAttributes?: boolean },
  ): Promise<RunningExport>;
  close(): Promise<void>;
}

const PACE: ExportPace = { batchSize: 10, lanes: 2, openBatches: 2, heartbeatSeconds: 30, maxHistoryEvents: 2_000 };

/** The real workflows on a real Temporal, over steps that a test writes. */
export async function createWorkflowStage(): Promise<WorkflowStage> {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  const connection = await NativeConnection.connect({ address: testServer('TEST_TEMPORAL_ADDRESS') });
  const client = new Client({ connection });
  const taskQueue = `test-${randomUUID()}`;
  const scripts = new Map<string, Script>();
  const step = (name: StepName) => (input: Record<string, unknown>) =>
    scripts.get(String(input['exportId']))?.answer(name, input);
  const transferCall = async (input: Record<string, unknown>) => {
    const script = scripts.get(String(input['exportId'])) ?? new Script();
    script.peakTransfers = Math.max(script.peakTransfers, ++script.transfersAtOnce);
    try {
      return await script.answer('transferCall', input);
    } finally {
      script.transfersAtOnce--;
    }
  };
  // The real way of a shift, over calls that the script answers one by one.
  const transferShift = ({ exportId, callIds, lanes }: ShiftInput) =>
    runShift<number>(
      {
        claim: (ids) => Promise.resolve([...ids]),
        idOf: (callId) => callId,
        carry: (callId) => transferCall({ exportId, callId }),
        giveBack: () => Promise.resolve(),
        endsShift: (error) =>
          error instanceof CancelledFailure || (error instanceof ApplicationFailure && error.nonRetryable === true),
      },
      { callIds, lanes },
    );
  const shared = {
    connection,
    workflowBundle: await workflowBundle(),
    maxHeartbeatThrottleInterval: 50,
    defaultHeartbeatThrottleInterval: 50,
  };
  const workers = await Promise.all([
    Worker.create({
      ...shared,
      taskQueue,
      activities: Object.fromEntries(STEPS.map((name) => [name, step(name)])),
    }),
    Worker.create({ ...shared, taskQueue: `${taskQueue}-transfer`, activities: { transferCall } }),
    Worker.create({ ...shared, taskQueue: `${taskQueue}-shift`, activities: { transferShift } }),
  ]);
  const running = workers.map((worker) => worker.run());

  return {
    client,
    async start(script, input = {}, pace = {}, { searchAttributes = true } = {}) {
      const exportId = randomUUID();
      const accountId = input.accountId ?? randomInt(1_000_000, 2_000_000_000);
      scripts.set(exportId, script);
      const settings = parseExportSettings({ period: { from: '2026-11-01', to: '2026-11-02' } });
      const handle = await client.workflow.start<typeof exportCalls>('exportCalls', {
        workflowId: `export-${accountId}`,
        taskQueue,
        args: [{ exportId, accountId, kind: 'export', settings, ...input, pace: { ...PACE, ...pace } }],
        ...(searchAttributes ? { typedSearchAttributes: searchAttributesOf(accountId, exportId) } : {}),
      });
      return Object.assign(handle, { accountId });
    },
    async close() {
      for (const worker of workers) worker.shutdown();
      await Promise.all(running);
      await connection.close();
    },
  };
}
