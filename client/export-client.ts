import type { Client } from '@temporalio/client';
import type { Ledger } from '../ledger/ledger.ts';
import type { ExportSettings } from '../settings/export-settings.ts';
import type { ExportPace } from '../workflows/messages.ts';
import type { ExportDeps } from './export-deps.ts';
import { ExportWorkflows } from './exports/export-workflows.ts';
import { type History, readHistory } from './exports/history.ts';
import { previewExport, startPreview } from './previews/preview-export.ts';
import { readStatus } from './exports/read-status.ts';
import { retryExport, type RetryOptions } from './exports/retry-export.ts';
import { runningExport } from './exports/running-export.ts';
import { startExport } from './exports/start-export.ts';
import type { ExportStatus } from './exports/status.ts';
import { askToStop, stopExport, type StopPatience } from './exports/stop-export.ts';
import { watchExport } from './exports/watch-export.ts';

export interface ExportClientOptions {
  temporal: Client;
  ledger: Ledger;
  taskQueue: string;
  pace?: Partial<ExportPace>;
  now?: () => Date;
}

const DEFAULT_PACE: ExportPace = {
  batchSize: 100,
  lanes: 16,
  openBatches: 4,
  heartbeatSeconds: 30,
  maxHistoryEvents: 2_000,
};

/**
 * Starts, watches and stops exports; the one way in for the command line and the backend. What an export has done is
 * read from the ledger, whether it lives from Temporal.
 */
export class ExportClient {
  readonly #deps: ExportDeps;

  constructor({ temporal, ledger, taskQueue, pace = {}, now = () => new Date() }: ExportClientOptions) {
    this.#deps = {
      workflows: new ExportWorkflows(temporal, taskQueue),
      ledger,
      pace: { ...DEFAULT_PACE, ...pace },
      now,
    };
  }

  /** Starts an export with these settings: {@link startExport}. */
  start(accountId: number, settings: ExportSettings, exportId?: string): Promise<string> {
    return startExport(this.#deps, { accountId, kind: 'export', settings, exportId });
  }

  /** Starts an export of the calls that did not come through in the account's last one: {@link retryExport}. */
  retry(accountId: number, options: RetryOptions = {}): Promise<string> {
    return retryExport(this.#deps, accountId, options);
  }

  /** Plans without transferring, and waits for the totals: {@link previewExport}. */
  preview(accountId: number, settings: ExportSettings): Promise<ExportStatus> {
    return previewExport(this.#deps, accountId, settings);
  }

  /** Begins a plan without transferring: {@link startPreview}. */
  startPreview(accountId: number, settings: ExportSettings): Promise<string> {
    return startPreview(this.#deps, accountId, settings);
  }

  /** The status of the export asked for, or of the account's last one: {@link readStatus}. */
  status(accountId: number, exportId?: string): Promise<ExportStatus> {
    return readStatus(this.#deps, accountId, exportId);
  }

  /** The statuses until the final one: {@link watchExport}. */
  watch(accountId: number, exportId: string, signal?: AbortSignal): AsyncGenerator<ExportStatus> {
    return watchExport(this.#deps, accountId, exportId, signal);
  }

  /** Ends the running export and answers its final status; undefined when nothing runs: {@link stopExport}. */
  stop(accountId: number, patience?: StopPatience): Promise<ExportStatus | undefined> {
    return stopExport(this.#deps, accountId, patience);
  }

  /** Asks an export to end, without waiting: {@link askToStop}. */
  askToStop(accountId: number, exportId: string): Promise<void> {
    return askToStop(this.#deps, accountId, exportId);
  }

  /** The account's exports, the newest first, page by page: {@link readHistory}. */
  history(accountId: number, page: { limit: number; before?: string | undefined }): Promise<History> {
    return readHistory(this.#deps, accountId, page);
  }

  /** Lets a blocked export go on; undefined when nothing runs (or not this one), else its id. */
  async resume(accountId: number, exportId?: string): Promise<string | undefined> {
    const running = await this.running(accountId);
    if (exportId !== undefined && running !== exportId) return undefined;
    if (running !== undefined) await this.#deps.workflows.signal(accountId, 'resumeExport');
    return running;
  }

  /** Whether a worker would take up what is started now. */
  hasWorkers(): Promise<boolean> {
    return this.#deps.workflows.hasWorkers();
  }

  /** The id of the account's running export, if any: {@link runningExport}. */
  running(accountId: number): Promise<string | undefined> {
    return runningExport(this.#deps, accountId);
  }
}
