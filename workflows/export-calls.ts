import {
  allHandlersFinished,
  CancellationScope,
  condition,
  continueAsNew,
  executeChild,
  isCancellation,
  ParentClosePolicy,
  patched,
  setCurrentDetails,
  setHandler,
  sleep,
  TemporalFailure,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import type { OpenExport } from '../activities/export-activities.ts';
import { stepActivities } from './activity-stubs.ts';
import { BatchWindow } from './batch-window.ts';
import { type Block, blockOf, failureOf } from './failures.ts';
import {
  type Continuation,
  type ExportInput,
  type ExportProgress,
  exportProgress,
  resumeExport,
  type RunState,
  stopExport,
} from './messages.ts';
import { EXPORT_STATUS } from './search-attributes.ts';
import { Stopping } from './stopping.ts';
import { currentDetails } from './summaries.ts';
import { transferBatch } from './transfer-batch.ts';

export interface ExportResult {
  state: 'completed' | 'stopped' | 'failed';
  batches: number;
}

/**
 * One export of one account: open, plan, transfer, settle, close. Its id is `export-{accountId}`, so Temporal itself
 * keeps a second one from running beside it. What becomes of each call is the ledger's; this knows batches.
 */
export async function exportCalls(input: ExportInput): Promise<ExportResult> {
  const run = new ExportRun(input);
  return run.execute();
}

class ExportRun {
  readonly #input: ExportInput;
  readonly #steps: ReturnType<typeof stepActivities>;
  readonly #at: Continuation;
  readonly #stopping: Stopping;
  #state: RunState;
  #block: Block | null = null;
  #resumed = false;
  #calls: number | undefined;
  /** Of the batches that are being transferred. */
  #window: BatchWindow | undefined;
  /** Writes of the state on their way to the ledger: closed last, in their order. */
  #recorded: Promise<unknown> = Promise.resolve();

  constructor(input: ExportInput) {
    this.#input = input;
    this.#steps = stepActivities(input.pace);
    this.#at = input.continued ?? { phase: 'open', batches: 0, remaining: [], settled: false };
    this.#state = { open: 'planning', plan: 'planning', transfer: 'transferring', settle: 'settling' }[
      this.#at.phase
    ] as RunState;
    this.#stopping = new Stopping(() => this.#enter('stopping'));
    setHandler(stopExport, () => this.#stopping.request(), { description: 'Ends the export within seconds.' });
    setHandler(resumeExport, () => this.#resume(), { description: 'Lets a blocked export go on.' });
    setHandler(exportProgress, () => this.#progress(), { description: 'Where the export is.' });
  }

  async execute(): Promise<ExportResult> {
    try {
      const ended = await this.#stopping.run(() => this.#work());
      return await CancellationScope.nonCancellable(() => this.#close(ended === 'finished' ? 'completed' : 'stopped'));
    } catch (error) {
      // What no attempt and no person can mend ends the export; what it sent is kept, and it says why.
      if (error instanceof TemporalFailure) {
        await CancellationScope.nonCancellable(() => this.#close('failed', failureOf(error)));
      }
      throw error;
    }
  }

  async #work(): Promise<void> {
    if (this.#at.phase === 'open') {
      await this.#unblocked(() => this.#steps.openExport(this.#opening()));
      this.#at.phase = 'plan';
    }
    if (this.#at.phase === 'plan') {
      await this.#plan();
      if (this.#input.kind === 'preview') return;
      this.#at.phase = 'transfer';
      this.#enter('transferring');
    }
    if (this.#at.phase === 'transfer') {
      await this.#transfer();
      this.#at.phase = 'settle';
      this.#enter('settling');
    }
    await this.#settle();
  }

  #opening(): OpenExport {
    const { exportId, accountId, kind, settings, retry } = this.#input;
    const startedAt = workflowInfo().runStartTime.toISOString();
    return { exportId, accountId, kind, settings, startedAt, ...(retry ? { retry } : {}) };
  }

  /** Lists page by page until every source is drained, then freezes the totals. */
  async #plan(): Promise<void> {
    const { exportId, kind } = this.#input;
    for (let drained = kind === 'retry'; !drained;) {
      const page = await this.#unblocked(() =>
        this.#steps.listCallsPage({ exportId, cursor: this.#at.cursor ?? null }),
      );
      this.#calls = page.listedCalls;
      this.#show();
      drained = page.next === null;
      if (page.next) this.#at.cursor = page.next;
      if (!drained) await this.#continueIfLong();
    }
    if (kind === 'retry') await this.#rereadNotes();
    const { batches } = await this.#steps.closePlan({ exportId, batchSize: this.#input.pace.batchSize });
    this.#addBatches(batches);
  }

  /** Keeps a few batches open until none waits; a blocked one is run again once a person has acted. */
  async #transfer(): Promise<void> {
    const window = (this.#window = new BatchWindow(this.#at.remaining, this.#input.pace.openBatches));
    const open = new Set<Promise<void>>();
    for (;;) {
      await this.#continueIfLong(() => window.underWay === 0);
      const step = window.next({ isLong: this.#isLong(), isBlocked: this.#block !== null });
      switch (step.kind) {
        case 'start': {
          const end = this.#carry(step.batch, window).finally(() => open.delete(end));
          open.add(end);
          break;
        }
        case 'wait':
          await Promise.race(open);
          break;
        case 'unblock':
          if (this.#block)
            await this.#untilResumed(this.#block, this.#at.phase === 'settle' ? 'settling' : 'transferring');
          break;
        case 'fail':
          throw step.error;
        case 'done':
          return;
      }
    }
  }

  async #carry(batch: number, window: BatchWindow): Promise<void> {
    try {
      const block = await this.#runBatch(batch);
      if (block) {
        window.blocked(batch);
        this.#block ??= block;
      } else {
        window.ended();
      }
    } catch (error) {
      window.failed(error instanceof Error ? error : new Error(String(error)));
    }
    this.#show();
  }

  async #runBatch(batch: number): Promise<Block | undefined> {
    const { exportId, accountId, pace } = this.#input;
    const { taskQueue } = workflowInfo();
    const { block } = await executeChild(transferBatch, {
      taskQueue: `${taskQueue}-transfer`,
      workflowId: `export-${accountId}/${exportId}/batch-${batch}`,
      args: [{ exportId, batch, pace, stepQueue: taskQueue }],
      parentClosePolicy: ParentClosePolicy.REQUEST_CANCEL,
      staticSummary: `batch ${batch + 1} of ${this.#at.batches}`,
    });
    return block;
  }

  /** Recordings that were not there at planning time are looked for once more; those that came are transferred. */
  async #settle(): Promise<void> {
    const { exportId, pace } = this.#input;
    if (!this.#at.settled) {
      await this.#rereadNotes();
      const { batches } = await this.#steps.planWaiting({ exportId, batchSize: pace.batchSize });
      this.#addBatches(batches);
      this.#at.settled = true;
    }
    await this.#transfer();
    await this.#confirm();
  }

  /** Looks for uploads whose answer was lost, until each is found, sent again or out of time. */
  async #confirm(): Promise<void> {
    const { exportId, pace } = this.#input;
    for (;;) {
      const { batches, lookAgainInSeconds } = await this.#unblocked(() =>
        this.#steps.confirmTalks({ exportId, batchSize: pace.batchSize }),
      );
      const sentAgain = batches > this.#at.batches;
      this.#addBatches(batches);
      await this.#transfer();
      if (!sentAgain && lookAgainInSeconds === null) return;
      await this.#continueIfLong();
      await sleep(Math.max(1, Math.ceil(lookAgainInSeconds ?? 0)) * 1000);
    }
  }

  async #rereadNotes(): Promise<void> {
    const { exportId } = this.#input;
    for (;;) {
      const after = this.#at.reread ?? 0;
      const { next } = await this.#unblocked(() => this.#steps.rereadNotes({ exportId, after }));
      if (next === null) break;
      this.#at.reread = next;
      await this.#continueIfLong();
    }
    delete this.#at.reread;
  }

  async #close(state: ExportResult['state'], failure: Block | null = null): Promise<ExportResult> {
    await this.#recorded;
    const failed = { failedBy: failure?.code ?? null, failedValues: failure?.values ?? {} };
    const opening = this.#at.phase === 'open' ? { opening: this.#opening() } : {};
    await this.#steps.closeExport({ exportId: this.#input.exportId, ...opening, state, ...failed });
    this.#state = state;
    this.#block = failure;
    this.#tell(state);
    this.#show();
    await condition(allHandlersFinished);
    return { state, batches: this.#at.batches };
  }

  /**
   * Runs a step; when a person has to act first, says so, waits for `resumeExport` and runs it again. A preview ends
   * instead: a person waits for it, who is told at once and asks for another one.
   */
  async #unblocked<T>(step: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await step();
      } catch (error) {
        const block = isCancellation(error) ? undefined : blockOf(error);
        if (!block || this.#input.kind === 'preview') throw error;
        await this.#untilResumed(block, this.#state);
      }
    }
  }

  /** Where nothing is blocked it is forgotten: what blocks the export later must not be let through unseen. */
  #resume(): void {
    // Exports that began before this was so are replayed as they went.
    if (this.#block !== null || !patched('resume-only-what-is-blocked')) this.#resumed = true;
  }

  async #untilResumed(block: Block, then: RunState): Promise<void> {
    this.#enter('blocked', block);
    await condition(() => this.#resumed);
    this.#resumed = false;
    this.#enter(then);
  }

  /** For Temporal's lists of exports; a server that does not know the attribute has started it without any. */
  #tell(state: RunState | ExportResult['state']): void {
    if (workflowInfo().typedSearchAttributes.get(EXPORT_STATUS) === undefined) return;
    upsertSearchAttributes([{ key: EXPORT_STATUS, value: state }]);
  }

  #addBatches(total: number): void {
    for (let batch = this.#at.batches; batch < total; batch++) this.#at.remaining.push(batch);
    this.#at.batches = total;
    this.#show();
  }

  #enter(state: RunState, block: Block | null = null): void {
    if (this.#stopping.requested && state !== 'stopping') return;
    this.#state = state;
    this.#block = block;
    this.#tell(state);
    this.#show();
    const { exportId } = this.#input;
    const record = { exportId, state, blockedBy: block?.code ?? null, blockedValues: block?.values ?? {} };
    this.#recorded = this.#recorded.then(() => CancellationScope.nonCancellable(() => this.#steps.recordState(record)));
  }

  #progress(): ExportProgress {
    const { batches, remaining } = this.#at;
    return {
      exportId: this.#input.exportId,
      state: this.#state,
      blockedBy: this.#block?.code ?? null,
      blockedValues: this.#block?.values ?? {},
      batches: { planned: batches, done: batches - remaining.length - (this.#window?.underWay ?? 0) },
    };
  }

  #show(): void {
    setCurrentDetails(currentDetails(this.#progress(), this.#calls));
  }

  #isLong(): boolean {
    const { historyLength, continueAsNewSuggested } = workflowInfo();
    return continueAsNewSuggested || historyLength > this.#input.pace.maxHistoryEvents;
  }

  /** Goes on as a new run when the history has grown long and nothing is under way. */
  async #continueIfLong(idle: () => boolean = () => true): Promise<void> {
    if (!this.#isLong() || !idle()) return;
    await this.#recorded;
    await condition(allHandlersFinished);
    await continueAsNew<typeof exportCalls>({ ...this.#input, continued: this.#at });
  }
}
