import { patched } from '@temporalio/workflow';
import { shiftActivities, stepActivities, transferActivities } from './activity-stubs.ts';
import { type Block, blockOf, endedByStop } from './failures.ts';
import type { ExportPace } from './messages.ts';
import { talkLength } from './summaries.ts';

export interface BatchInput {
  exportId: string;
  batch: number;
  pace: Pick<ExportPace, 'lanes' | 'heartbeatSeconds'>;
  /** The task queue of the export's steps; the batch itself is on that of transfers. */
  stepQueue: string;
}

export interface BatchResult {
  /** Calls that have come to an end in this run of the batch. */
  settled: number;
  /** What keeps the rest from being sent until a person acts. */
  block?: Block;
}

interface Call {
  callId: number;
  talkSeconds: number;
}

/** Calls that a shift carries at once: a worker has a place for a shift where it had places for so many calls. */
const SHIFT_LANES = 8;

/**
 * Carries a batch of calls, some at a time. A call's own trouble ends in the ledger, never here; a stop leaves the
 * rest for the next start; a refused token or key leaves it for the same batch run again.
 */
export async function transferBatch(input: BatchInput): Promise<BatchResult> {
  const run = new BatchRun(input);
  return run.execute();
}

class BatchRun {
  readonly #input: BatchInput;
  readonly #result: BatchResult = { settled: 0 };
  #stopped = false;
  #failure: { error: unknown } | undefined;
  /** Calls that go on by themselves, and how many do. */
  readonly #single: Call[] = [];
  #singleLanes = 0;
  readonly #carried = new Set<Promise<void>>();

  constructor(input: BatchInput) {
    this.#input = input;
  }

  async execute(): Promise<BatchResult> {
    const { exportId, batch, pace, stepQueue } = this.#input;
    const calls = (await this.#ending(() => stepActivities(pace, stepQueue).prepareBatch({ exportId, batch }))) ?? [];
    // Batches that began before there were shifts are replayed as they went.
    if (patched('shifts')) await Promise.all(this.#shares(calls).map((share) => this.#shifts(share)));
    else this.#goAlone(calls);
    while (this.#carried.size > 0) await Promise.all(this.#carried);
    if (this.#failure) throw this.#failure.error;
    return this.#result;
  }

  /** As many shares as shifts fill the batch's lanes, each with calls from everywhere in the batch. */
  #shares(calls: readonly Call[]): Call[][] {
    const shifts = Math.min(Math.ceil(this.#input.pace.lanes / SHIFT_LANES), calls.length);
    return Array.from({ length: shifts }, (_, nth) => calls.filter((__, place) => place % shifts === nth));
  }

  /** Shift after shift, until each call has come to its end or goes on by itself. */
  async #shifts(share: Call[]): Promise<void> {
    const { exportId, pace, stepQueue } = this.#input;
    const { transferShift } = shiftActivities(pace, stepQueue);
    const lanes = Math.min(SHIFT_LANES, pace.lanes);
    for (let calls = share; calls.length > 0 && this.#goesOn();) {
      const callIds = calls.map(({ callId }) => callId);
      const shift = await this.#ending(() =>
        transferShift.executeWithOptions({ summary: `${callIds.length} calls` }, [{ exportId, callIds, lanes }]),
      );
      if (!shift) return;
      this.#result.settled += shift.settled;
      this.#goAlone(calls.filter(({ callId }) => shift.troubled.includes(callId)));
      calls = calls.filter(({ callId }) => shift.left.includes(callId));
    }
  }

  #goAlone(calls: readonly Call[]): void {
    this.#single.push(...calls);
    while (this.#singleLanes < this.#input.pace.lanes && this.#single.length > 0) {
      this.#singleLanes++;
      const lane: Promise<void> = this.#lane().finally(() => {
        this.#singleLanes--;
        this.#carried.delete(lane);
      });
      this.#carried.add(lane);
    }
  }

  /** One call after the other, each as a step that is tried again until it works out. */
  async #lane(): Promise<void> {
    const { exportId, pace } = this.#input;
    const { transferCall } = transferActivities(pace);
    for (let call = this.#single.shift(); call && this.#goesOn(); call = this.#single.shift()) {
      const { callId, talkSeconds } = call;
      const done = await this.#ending(async () => {
        await transferCall.executeWithOptions(
          { activityId: `call-${callId}`, summary: `call ${callId} · ${talkLength(talkSeconds)}` },
          [{ exportId, callId }],
        );
        return true;
      });
      if (done) this.#result.settled++;
    }
  }

  #goesOn(): boolean {
    return !this.#stopped && this.#result.block === undefined && this.#failure === undefined;
  }

  async #ending<T>(step: () => Promise<T>): Promise<T | undefined> {
    try {
      return await step();
    } catch (error) {
      const block = blockOf(error);
      if (block) this.#result.block = block;
      else if (endedByStop(error)) this.#stopped = true;
      else this.#failure ??= { error };
      return undefined;
    }
  }
}
