import { defineQuery, defineSignal } from '@temporalio/workflow';
import type { ListingCursor } from '../activities/listing/listing-activities.ts';
import type { ErrorValues } from '../errors/export-error.ts';
import type { ExportSettings } from '../settings/export-settings.ts';

/** What an export is started with. Ids and settings only: everything of it lies open in Temporal's history. */
export interface ExportInput {
  exportId: string;
  accountId: number;
  /** A preview is a plan without a transfer; a retry plans the calls that did not come through in an earlier export. */
  kind: 'export' | 'preview' | 'retry';
  settings: ExportSettings;
  retry?: RetryInput;
  pace: ExportPace;
  /** Where the run before this one left off; set by continue-as-new only. */
  continued?: Continuation;
}

export interface RetryInput {
  /** The export whose calls are tried again: never itself a retry. */
  exportId: string;
  /** Only calls that failed, or wait, for one of these reasons; empty means every failed and waiting call. */
  reasons: string[];
  /** Calls whose answer was lost, too. */
  unconfirmed: boolean;
  /** Calls whose talk is gone from SpeechSense, too. */
  missing: boolean;
}

export interface ExportPace {
  /** Calls a batch: how many a child workflow carries. */
  batchSize: number;
  /** Calls of a batch under way at once. */
  lanes: number;
  /** Batches under way at once. */
  openBatches: number;
  /** A worker that is silent for so long has lost its calls to the others. */
  heartbeatSeconds: number;
  /** History events after which a run continues as a new one. */
  maxHistoryEvents: number;
}

type Phase = 'open' | 'plan' | 'transfer' | 'settle';

export interface Continuation {
  phase: Phase;
  /** Where the listing goes on, in phase `plan`. */
  cursor?: ListingCursor;
  /** The last note that was read again, while notes are. */
  reread?: number;
  /** Batches that are numbered, and those of them that are still to be done. */
  batches: number;
  remaining: number[];
  /** Waiting calls have been read again. */
  settled: boolean;
}

export type RunState =
  'planning' | 'transferring' | 'settling' | 'blocked' | 'stopping' | 'completed' | 'stopped' | 'failed';

/** The answer to `exportProgress`: where the workflow is. The calls' own totals are the ledger's. */
export interface ExportProgress {
  exportId: string;
  state: RunState;
  /** The code of the error that blocks it. */
  blockedBy: string | null;
  /** What its sentence is filled with. */
  blockedValues: ErrorValues;
  batches: { planned: number; done: number };
}

/** Ends the export within seconds; what was sent stays sent, the rest is left for the next start. */
export const stopExport = defineSignal('stopExport');

/** Lets a blocked export go on, after its token or key was renewed. */
export const resumeExport = defineSignal('resumeExport');

export const exportProgress = defineQuery<ExportProgress>('exportProgress');
