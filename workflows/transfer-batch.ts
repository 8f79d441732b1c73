import { stepActivities, transferActivities } from './activity-stubs.ts';
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

/**
 * Carries a batch of calls, some at a time. A call's own trouble ends in the ledger, never here; a stop leaves the
 * rest for the next start; a refused token or key leaves it for the same batch run again.
 */
export async function transferBatch({ exportId, batch, pace, stepQueue }: BatchInput): Promise<BatchResult> {
  const { transferCall } = transferActivities(pace);
  const result: BatchResult = { settled: 0 };
  let stopped = false;

  async function ending<T>(step: () => Promise<T>): Promise<T | undefined> {
    try {
      return await step();
    } catch (error) {
      const block = blockOf(error);
      if (block) result.block = block;
      else if (endedByStop(error)) stopped = true;
      else throw error;
      return undefined;
    }
  }

  const calls = (await ending(() => stepActivities(pace, stepQueue).prepareBatch({ exportId, batch }))) ?? [];
  async function lane(): Promise<void> {
    while (!stopped && result.block === undefined) {
      const call = calls.shift();
      if (!call) return;
      const done = await ending(async () => {
        await transferCall.executeWithOptions(
          { activityId: `call-${call.callId}`, summary: `call ${call.callId} · ${talkLength(call.talkSeconds)}` },
          [{ exportId, callId: call.callId }],
        );
        return true;
      });
      if (done) result.settled++;
    }
  }
  await Promise.all(Array.from({ length: pace.lanes }, lane));
  return result;
}
