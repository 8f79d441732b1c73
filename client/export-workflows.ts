import {
  type Client,
  WorkflowExecutionAlreadyStartedError,
  WorkflowFailedError,
  type WorkflowHandle,
  WorkflowNotFoundError,
} from '@temporalio/client';
import { SEARCH_ATTRIBUTES, searchAttributesOf } from '../environment/temporal-search-attributes.ts';
import type { exportCalls, ExportResult } from '../workflows/export-calls.ts';
import type { ExportInput, ExportProgress } from '../workflows/messages.ts';
import { callTemporal } from './temporal-call.ts';

type Kind = ExportInput['kind'];

/** A worker answers a query at once; without one the server waits for it much longer than a person does. */
const QUERY_WITHIN_MS = 2_000;

/** One workflow id an account: Temporal itself refuses a second export beside the first. */
export function workflowIdOf(accountId: number, kind: Kind): string {
  return kind === 'preview' ? `preview-${accountId}` : `export-${accountId}`;
}

/** The accounts' exports as Temporal runs them: at most one of an account, and a preview beside it. */
export class ExportWorkflows {
  readonly #temporal: Client;
  readonly #taskQueue: string;

  constructor(temporal: Client, taskQueue: string) {
    this.#temporal = temporal;
    this.#taskQueue = taskQueue;
  }

  /** @returns false when one runs already, which is left alone. */
  async launch(input: ExportInput, staticSummary: string): Promise<boolean> {
    try {
      await callTemporal(() =>
        this.#temporal.workflow.start<typeof exportCalls>('exportCalls', {
          workflowId: workflowIdOf(input.accountId, input.kind),
          taskQueue: this.#taskQueue,
          args: [input],
          // A preview sends nothing, so the latest one asked for wins; an export that runs is never disturbed.
          workflowIdConflictPolicy: input.kind === 'preview' ? 'TERMINATE_EXISTING' : 'FAIL',
          typedSearchAttributes: searchAttributesOf(input.accountId, input.exportId),
          staticSummary,
        }),
      );
      return true;
    } catch (error) {
      if (error instanceof WorkflowExecutionAlreadyStartedError) return false;
      throw error;
    }
  }

  /** The running export's id and start; undefined when none runs. */
  async running(accountId: number, kind: Kind = 'export'): Promise<{ exportId: string; startedAt: Date } | undefined> {
    const described = await this.#describe(accountId, kind);
    const exportId = described?.typedSearchAttributes.get(SEARCH_ATTRIBUTES.export);
    if (described?.status.name !== 'RUNNING' || exportId === undefined) return undefined;
    return { exportId, startedAt: described.startTime };
  }

  /** Whether Temporal has heard of any export (or preview) of the account, running or ended. */
  async knows(accountId: number, kind: Kind): Promise<boolean> {
    return (await this.#describe(accountId, kind)) !== undefined;
  }

  /** One that has ended by itself meanwhile needs no signal any more. */
  async signal(accountId: number, signal: 'stopExport' | 'resumeExport'): Promise<void> {
    try {
      await callTemporal(() => this.#handle(accountId, 'export').signal(signal));
    } catch (error) {
      if (!(error instanceof WorkflowNotFoundError)) throw error;
    }
  }

  /** Waits for the workflow's end; answers what it failed with, if it did. */
  async ended(accountId: number, kind: Kind = 'export'): Promise<WorkflowFailedError | undefined> {
    try {
      await callTemporal(() => this.#handle(accountId, kind).result());
      return undefined;
    } catch (error) {
      if (error instanceof WorkflowFailedError) return error;
      throw error;
    }
  }

  /** What blocks an export before it is recorded only the workflow knows; without a worker nobody does. */
  async block(accountId: number, kind: Kind): Promise<ExportProgress | undefined> {
    try {
      const progress = await this.#temporal.withDeadline(Date.now() + QUERY_WITHIN_MS, () =>
        this.#handle(accountId, kind).query<ExportProgress>('exportProgress'),
      );
      return progress.state === 'blocked' ? progress : undefined;
    } catch {
      return undefined;
    }
  }

  #handle(accountId: number, kind: Kind): WorkflowHandle<() => Promise<ExportResult>> {
    return this.#temporal.workflow.getHandle(workflowIdOf(accountId, kind));
  }

  async #describe(accountId: number, kind: Kind) {
    try {
      return await callTemporal(() => this.#handle(accountId, kind).describe());
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return undefined;
      throw error;
    }
  }
}
