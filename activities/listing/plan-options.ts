import type { PlanOptions } from '../../ledger/exports/plan.ts';

export interface PlanTimes {
  /** A call without a recording that is younger than this waits for it. */
  recordingWaitHours: number;
  /** The ledger's clock: one for all workers. */
  now: () => Promise<Date>;
}

export async function planOptions({ recordingWaitHours, now }: PlanTimes, batchSize: number): Promise<PlanOptions> {
  return { batchSize, recordingWaitHours, now: await now() };
}
