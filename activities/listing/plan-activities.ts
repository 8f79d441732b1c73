import { activityInfo, cancellationSignal } from '@temporalio/activity';
import type { ExportRow } from '../../ledger/exports/exports.ts';
import { type AmocrmDeps, amocrmOf } from '../cards/amocrm-account.ts';
import { readMissingEntities } from '../cards/entity-reading.ts';
import { exportOf } from '../export-of.ts';
import { planOptions, type PlanTimes } from './plan-options.ts';

export interface PlanDeps extends AmocrmDeps, PlanTimes {
  /** Learns which keys the connection keeps, as soon as talks of this export can tell. */
  learnKeys?: (row: ExportRow) => Promise<unknown>;
}

/** Deciding what is sent, and getting a batch ready. */
export function createPlanActivities(deps: PlanDeps) {
  const { ledger } = deps;

  return {
    /** Freezes the plan; once frozen, a second call changes nothing. */
    async closePlan({ exportId, batchSize }: { exportId: string; batchSize: number }): Promise<{ batches: number }> {
      return ledger.plan.close(exportId, await planOptions(deps, batchSize));
    },

    /** Plans the waiting calls whose recording has come, as further batches. */
    async planWaiting({ exportId, batchSize }: { exportId: string; batchSize: number }): Promise<{ batches: number }> {
      return ledger.plan.planWaiting(exportId, await planOptions(deps, batchSize));
    },

    /** The calls of a batch that are still to be sent, with all that their metadata needs known. */
    async prepareBatch({ exportId, batch }: { exportId: string; batch: number }) {
      const row = await exportOf(ledger, exportId);
      await ledger.throughput.moveWindow(exportId);
      await deps.learnKeys?.(row);
      const signal = cancellationSignal();
      const open = () => amocrmOf(deps, row.accountId, signal);
      await readMissingEntities({ ledger, now: deps.now, open, signal, attempt: activityInfo().attempt }, row, batch);
      return ledger.transfers.remainingOfBatch(exportId, batch);
    },
  };
}
