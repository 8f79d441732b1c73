import type { PlanOptions } from '../ledger/plan.ts';

export interface PlanTimes {
  /** A call without a recording that is younger than this waits for it. */
  recordingWaitHours: number;
  now: () => Date;
}

export function planOptions({ recordingWaitHours, now }: PlanTimes, batchSize: number): PlanOptions {
  return { batchSize, recordingWaitHours, now: now() };
}
