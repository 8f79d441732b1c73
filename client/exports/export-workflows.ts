import {
  type Client,
  type WorkflowExecutionDescription,
  WorkflowExecutionAlreadyStartedError,
  WorkflowFailedError,
  type WorkflowHandle,
  type WorkflowStartOptions,
  WorkflowNotFoundError,
} from '@temporalio/client';
import { SEARCH_ATTRIBUTES, searchAttributesOf } from '../../environment/temporal-search-attributes.ts';
import { findExportError } from '../../errors/export-error.ts';
import type { exportCalls, ExportResult } from '../../workflows/export-calls.ts';
import type { ExportInput, ExportProgress } from '../../workflows/messages.ts';
import { callTemporal } from '../temporal/temporal-call.ts';
import { type Trouble, troubleOf } from './trouble.ts';

type Kind = ExportInput['kind'];

/** The account's last export that Temporal has heard of. */
export interface LatestExport {
  exportId: string;
  /** `terminated`: from outside, so that it could close nothing. */
  state: 'running' | 'terminated' | 'ended';
  startedAt: Date;
  endedAt: Date | null;
  /** Whose workers it needs, whatever queue is served or asked for here. */
  taskQueue: string;
  trouble: Trouble | null;
}

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
    const start = (attributes: Pick<WorkflowStartOptions, 'typedSearchAttributes'>) =>
      callTemporal(() =>
        this.#temporal.workflow.start<typeof exportCalls>('exportCalls', {
          workflowId: workflowIdOf(input.accountId, input.kind),
          taskQueue: this.#taskQueue,
          args: [input],
          // A preview sends nothing, so the latest one asked for wins; an export that runs is never disturbed.
          workflowIdConflictPolicy: input.kind === 'preview' ? 'TERMINATE_EXISTING' : 'FAIL',
          memo: { exportId: input.exportId },
          staticSummary,
          ...attributes,
        }),
      );
    try {
      await start({ typedSearchAttributes: searchAttributesOf(input.accountId, input.exportId) }).catch(
        (error: unknown) => {
          // The attributes are for people who look for exports in Temporal's Web UI; the product does without.
          if (findExportError(error)?.code === 'temporal_not_migrated') return start({});
          throw error;
        },
      );
      return true;
    } catch (error) {
      if (error instanceof WorkflowExecutionAlreadyStartedError) return false;
      throw error;
    }
  }

  /** The running export's id, start and what it struggles with; undefined when none runs. */
  async running(accountId: number, kind: Kind = 'export'): Promise<LatestExport | undefined> {
    const latest = await this.latest(accountId, kind);
    return latest?.state === 'running' ? latest : undefined;
  }

  /** The account's last export (or preview) that Temporal has heard of, running or ended. */
  async latest(accountId: number, kind: Kind): Promise<LatestExport | undefined> {
    const described = await this.#describe(accountId, kind);
    // Exports of earlier versions have no memo.
    const exportId = described?.memo?.['exportId'] ?? described?.typedSearchAttributes.get(SEARCH_ATTRIBUTES.export);
    if (!described || typeof exportId !== 'string') return undefined;
    return {
      exportId,
      startedAt: described.startTime,
      endedAt: described.closeTime ?? null,
      taskQueue: described.taskQueue,
      state: stateOf(described),
      trouble: troubleOf(described),
    };
  }

  /** One that has ended by itself meanwhile needs no signal any more. */
  async signal(accountId: number, signal: 'stopExport' | 'resumeExport'): Promise<void> {
    try {
      await callTemporal(() => this.#handle(accountId, 'export').signal(signal));
    } catch (error) {
      if (!(error instanceof WorkflowNotFoundError)) throw error;
    }
  }

  /**
   * Waits for the workflow's end; answers what it failed with, if it did.
   *
   * @throws what Temporal's client makes of a signal that ends the waiting.
   */
  async ended(
    accountId: number,
    kind: Kind = 'export',
    signal?: AbortSignal,
  ): Promise<WorkflowFailedError | undefined> {
    const result = () => callTemporal(() => this.#handle(accountId, kind).result());
    try {
      await (signal ? this.#temporal.withAbortSignal(signal, result) : result());
      return undefined;
    } catch (error) {
      if (error instanceof WorkflowFailedError) return error;
      throw error;
    }
  }

  /** Whether any worker asks this task queue for work; Temporal forgets one that went away only after minutes. */
  async hasWorkers(taskQueue = this.#taskQueue): Promise<boolean> {
    const { namespace } = this.#temporal.options;
    // Without a type it is the workflows' one.
    const { pollers } = await callTemporal(() =>
      this.#temporal.workflowService.describeTaskQueue({ namespace, taskQueue: { name: taskQueue } }),
    );
    return pollers.length > 0;
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

function stateOf({ status }: WorkflowExecutionDescription): LatestExport['state'] {
  if (status.name === 'RUNNING') return 'running';
  return status.name === 'TERMINATED' ? 'terminated' : 'ended';
}
