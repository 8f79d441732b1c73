import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { TypedSearchAttributes } from '@temporalio/common';
import {
  type Client,
  WorkflowExecutionAlreadyStartedError,
  WorkflowFailedError,
  type WorkflowHandle,
  WorkflowNotFoundError,
} from '@temporalio/client';
import { SEARCH_ATTRIBUTES, searchAttributesOf } from '../environment/temporal-search-attributes.ts';
import { ExportError } from '../errors/export-error.ts';
import type { ExportRow } from '../ledger/exports.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { ExportSettings } from '../settings/export-settings.ts';
import { effectivePeriod, periodInterval } from '../settings/period.ts';
import type { exportCalls, ExportResult } from '../workflows/export-calls.ts';
import type { ExportInput, ExportPace, RetryInput } from '../workflows/messages.ts';
import { type ExportStatus, isFinal, toStatus } from './status.ts';
import { callTemporal } from './temporal-call.ts';

export interface ExportClientOptions {
  temporal: Client;
  ledger: Ledger;
  taskQueue: string;
  pace?: Partial<ExportPace>;
  now?: () => Date;
}

export interface RetryOptions {
  reasons?: string[];
  unconfirmed?: boolean;
  /** Also calls, of whatever export, whose talk `check` found to be gone. */
  missing?: boolean;
}

const DEFAULT_PACE: ExportPace = {
  batchSize: 100,
  lanes: 16,
  openBatches: 4,
  heartbeatSeconds: 30,
  maxHistoryEvents: 2_000,
};

/** How often a watcher looks. */
const WATCH_MS = 1_000;

/** A worker answers a query at once; without one the server waits for it much longer than a person does. */
const QUERY_WITHIN_MS = 2_000;

/**
 * Starts, watches and stops exports; the one way in for the command line and the backend. What an export has done is
 * read from the ledger, whether it lives from Temporal.
 */
export class ExportClient {
  readonly #temporal: Client;
  readonly #ledger: Ledger;
  readonly #taskQueue: string;
  readonly #pace: ExportPace;
  readonly #now: () => Date;

  constructor({ temporal, ledger, taskQueue, pace = {}, now = () => new Date() }: ExportClientOptions) {
    this.#temporal = temporal;
    this.#ledger = ledger;
    this.#taskQueue = taskQueue;
    this.#pace = { ...DEFAULT_PACE, ...pace };
    this.#now = now;
  }

  /**
   * Starts an export with these settings.
   *
   * @returns its id, at once; a worker takes it up.
   * @throws {ExportError} `export_already_running` with the running one's id; `settings_invalid`; `connection_not_set`.
   */
  async start(accountId: number, settings: ExportSettings): Promise<string> {
    return this.#start(accountId, 'export', settings);
  }

  /**
   * Starts an export of the calls that did not come through in the account's last one.
   *
   * @throws {ExportError} also `nothing_to_retry`, `no_exports_yet`.
   */
  async retry(
    accountId: number,
    { reasons = [], unconfirmed = false, missing = false }: RetryOptions = {},
  ): Promise<string> {
    const [last] = await this.#ledger.exports.list(accountId, 1);
    if (!last) throw new ExportError('no_exports_yet');
    const { calls, failures } = await this.#ledger.progress.read(last.exportId);
    const chosen =
      reasons.length > 0
        ? reasons.reduce((sum, reason) => sum + (failures[reason] ?? 0), 0)
        : calls.failed + calls.waiting;
    const gone = missing ? await this.#missingCalls(accountId) : 0;
    if (chosen + (unconfirmed ? calls.unconfirmed : 0) + gone === 0) throw new ExportError('nothing_to_retry');
    return this.#start(accountId, 'retry', last.settings, { exportId: last.exportId, reasons, unconfirmed, missing });
  }

  /**
   * Plans without transferring, and waits for the totals.
   *
   * @throws {ExportError} also `export_failed`.
   */
  async preview(accountId: number, settings: ExportSettings): Promise<ExportStatus> {
    const exportId = await this.#start(accountId, 'preview', settings);
    const failure = await failureOf(this.#handle(accountId, 'preview'));
    if (failure) throw new ExportError('export_failed', { cause: failure, values: { problem: sentenceOf(failure) } });
    return this.status(accountId, exportId);
  }

  /**
   * The export's status: the one asked for, or the account's last one.
   *
   * @throws {ExportError} `no_exports_yet`, `export_not_found`
   */
  async status(accountId: number, exportId?: string): Promise<ExportStatus> {
    const row = exportId === undefined ? await this.#last(accountId) : await this.#ledger.exports.find(exportId);
    if (!row || row.accountId !== accountId) {
      const starting = await this.#notTakenUpYet(accountId, exportId);
      if (starting) return starting;
      if (exportId === undefined) throw new ExportError('no_exports_yet');
      throw new ExportError('export_not_found', { values: { exportId } });
    }
    const status = await this.#statusOf(row);
    if (isFinal(status) || row.kind === 'preview') return status;
    return this.#reconcile(status);
  }

  /** The status now and whenever it may have changed, until it is final; the last one is final. */
  async *watch(accountId: number, exportId: string, signal?: AbortSignal): AsyncGenerator<ExportStatus> {
    for (;;) {
      const status = await this.status(accountId, exportId);
      yield status;
      if (isFinal(status)) return;
      await pause(WATCH_MS, undefined, signal ? { signal } : {});
    }
  }

  /**
   * Asks the running export to end and waits until it has; answers its final status.
   *
   * @returns undefined when nothing runs.
   */
  async stop(accountId: number): Promise<ExportStatus | undefined> {
    const handle = this.#handle(accountId, 'export');
    const running = await this.#runningExportId(handle);
    if (running === undefined) return undefined;
    try {
      await callTemporal(() => handle.signal('stopExport'));
    } catch (error) {
      // It ended by itself between the look and the signal.
      if (!(error instanceof WorkflowNotFoundError)) throw error;
    }
    // One that fails in its last moments has ended as well; its status says how.
    await failureOf(handle);
    return this.status(accountId, running);
  }

  /** Lets a blocked export go on; undefined when nothing runs, else its id. */
  async resume(accountId: number): Promise<string | undefined> {
    const handle = this.#handle(accountId, 'export');
    const running = await this.#runningExportId(handle);
    if (running !== undefined) await callTemporal(() => handle.signal('resumeExport'));
    return running;
  }

  /** The id of the account's running export, if any. */
  running(accountId: number): Promise<string | undefined> {
    return this.#runningExportId(this.#handle(accountId, 'export'));
  }

  async #start(
    accountId: number,
    kind: ExportInput['kind'],
    settings: ExportSettings,
    retry?: RetryInput,
  ): Promise<string> {
    const account = await this.#ledger.accounts.find(accountId);
    if (!account) throw new ExportError('account_not_found', { values: { account: accountId } });
    if (!(await this.#ledger.connections.read(accountId))) throw new ExportError('connection_not_set');
    const period = effectivePeriod(settings, account.timeZone, this.#now());
    periodInterval(period, account.timeZone, this.#now());

    const exportId = randomUUID();
    const input: ExportInput = {
      exportId,
      accountId,
      kind,
      settings: { ...settings, period },
      pace: this.#pace,
      ...(retry ? { retry } : {}),
    };
    for (;;) {
      try {
        await this.#launch(input, searchAttributesOf(accountId, exportId), `${kind} ${period.from} … ${period.to}`);
        return exportId;
      } catch (error) {
        if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
      }
      const handle = this.#handle(accountId, kind);
      const running = await this.#runningExportId(handle);
      const row = running === undefined ? undefined : await this.#ledger.exports.find(running);
      if (running !== undefined && !row?.finishedAt) {
        throw new ExportError('export_already_running', { values: { exportId: running } });
      }
      // Its end is written down; its workflow is a moment from ending too.
      await failureOf(handle);
    }
  }

  async #launch(
    input: ExportInput,
    typedSearchAttributes: TypedSearchAttributes,
    staticSummary: string,
  ): Promise<void> {
    await callTemporal(() =>
      this.#temporal.workflow.start<typeof exportCalls>('exportCalls', {
        workflowId: workflowIdOf(input.accountId, input.kind),
        taskQueue: this.#taskQueue,
        args: [input],
        // A preview sends nothing, so the latest one asked for wins; an export that runs is never disturbed.
        workflowIdConflictPolicy: input.kind === 'preview' ? 'TERMINATE_EXISTING' : 'FAIL',
        typedSearchAttributes,
        staticSummary,
      }),
    );
  }

  async #statusOf(row: ExportRow): Promise<ExportStatus> {
    const [progress, learned] = await Promise.all([
      this.#ledger.progress.read(row.exportId),
      this.#ledger.connectionKeys.read(row.accountId, row.connectionId),
    ]);
    return toStatus(row, progress, learned?.keys, this.#now());
  }

  async #missingCalls(accountId: number): Promise<number> {
    const connection = await this.#ledger.connections.about(accountId);
    return connection ? this.#ledger.registry.missingCalls(accountId, connection.connectionId) : 0;
  }

  #handle(accountId: number, kind: ExportInput['kind']): WorkflowHandle<() => Promise<ExportResult>> {
    return this.#temporal.workflow.getHandle(workflowIdOf(accountId, kind));
  }

  async #runningExportId(handle: WorkflowHandle): Promise<string | undefined> {
    try {
      const { status, typedSearchAttributes } = await callTemporal(() => handle.describe());
      return status.name === 'RUNNING' ? typedSearchAttributes.get(SEARCH_ATTRIBUTES.export) : undefined;
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return undefined;
      throw error;
    }
  }

  /** The account's running export, also when no worker has recorded it yet; else the last one recorded. */
  async #last(accountId: number): Promise<ExportRow | undefined> {
    const running = await this.#runningExportId(this.#handle(accountId, 'export'));
    if (running !== undefined) return this.#ledger.exports.find(running);
    const [last] = await this.#ledger.exports.list(accountId, 1);
    return last;
  }

  /** An export that was started, but that no worker has recorded: it is planning, with nothing found yet. */
  async #notTakenUpYet(accountId: number, exportId: string | undefined): Promise<ExportStatus | undefined> {
    const handle = this.#handle(accountId, 'export');
    const running = await this.#runningExportId(handle);
    if (running === undefined || (exportId !== undefined && running !== exportId)) return undefined;
    const { startTime } = await callTemporal(() => handle.describe());
    const blockedBy = await this.#blockedBy(handle);
    return {
      exportId: running,
      accountId,
      kind: 'export',
      state: blockedBy === null ? 'planning' : 'blocked',
      blockedBy,
      startedAt: startTime.toISOString(),
      finishedAt: null,
      etaSeconds: null,
      calls: { found: 0, planned: 0, exported: 0, failed: 0, waiting: 0, unconfirmed: 0, remaining: 0, skipped: {} },
      failures: {},
      talkSeconds: { planned: 0, exported: 0 },
      bytes: { uploaded: 0 },
      droppedKeys: [],
    };
  }

  /** What blocks an export before it is recorded only the workflow knows; without a worker nobody does. */
  async #blockedBy(handle: WorkflowHandle): Promise<string | null> {
    try {
      const { state, blockedBy } = await this.#temporal.withDeadline(Date.now() + QUERY_WITHIN_MS, () =>
        handle.query<{ state: string; blockedBy: string | null }>('exportProgress'),
      );
      return state === 'blocked' ? blockedBy : null;
    } catch {
      return null;
    }
  }

  /**
   * An export that Temporal no longer runs has ended, whatever the ledger was last told: it was terminated. The ledger
   * is told only by a Temporal that knows of it; another one (a wrong address) must not close what it never ran.
   */
  async #reconcile(status: ExportStatus): Promise<ExportStatus> {
    const handle = this.#handle(status.accountId, 'export');
    if ((await this.#runningExportId(handle)) === status.exportId) return status;
    const row = await this.#ledger.exports.find(status.exportId);
    if (row?.finishedAt) return this.#statusOf(row);
    if (await this.#knows(handle)) await this.#ledger.exports.close(status.exportId, 'failed', 'export_interrupted');
    return {
      ...status,
      state: 'failed',
      blockedBy: 'export_interrupted',
      finishedAt: this.#now().toISOString(),
      etaSeconds: null,
    };
  }

  async #knows(handle: WorkflowHandle): Promise<boolean> {
    try {
      await callTemporal(() => handle.describe());
      return true;
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return false;
      throw error;
    }
  }
}

/** One workflow id an account: Temporal itself refuses a second export beside the first. */
export function workflowIdOf(accountId: number, kind: ExportInput['kind']): string {
  return kind === 'preview' ? `preview-${accountId}` : `export-${accountId}`;
}

/** Waits for a workflow's end; answers what it failed with, if it did. */
async function failureOf(handle: WorkflowHandle): Promise<WorkflowFailedError | undefined> {
  try {
    await callTemporal(() => handle.result());
    return undefined;
  } catch (error) {
    if (error instanceof WorkflowFailedError) return error;
    throw error;
  }
}

/** The innermost message: an activity's failure carries our own sentence for it, wrapped twice. */
function sentenceOf(failure: WorkflowFailedError): string {
  let inner: Error = failure;
  while (inner.cause instanceof Error) inner = inner.cause;
  return inner.message;
}
