import { cancellationSignal } from '@temporalio/activity';
import { ENTITIES_LIMIT, readEntities } from '../amocrm/entities.ts';
import type { Entity, EntityRef } from '../ledger/entities.ts';
import { type AmocrmDeps, amocrmOf } from './amocrm-account.ts';
import { exportOf } from './export-of.ts';
import { planOptions, type PlanTimes } from './plan-options.ts';

export type PlanDeps = AmocrmDeps & PlanTimes;

/** Deciding what is sent, and getting a batch ready. */
export function createPlanActivities(deps: PlanDeps) {
  const { ledger } = deps;

  /** Reads what the batch's metadata needs of contacts, leads and companies and is not known since the export began. */
  async function readMissingEntities(exportId: string, batch: number): Promise<void> {
    const { accountId, startedAt } = await exportOf(ledger, exportId);
    // Twice: a lead's main contact is known only when the lead is.
    for (let round = 0; round < 2; round++) {
      const missing = await ledger.entities.missingFor(exportId, batch, startedAt);
      if (missing.length === 0) return;
      const { account, http } = await amocrmOf(deps, accountId, cancellationSignal());
      for (const { entityType, ids } of chunksByType(missing)) {
        const entities: Entity[] = await readEntities(http, entityType, ids, account.isApiFilterEnabled);
        await ledger.entities.putAll(accountId, entities, deps.now());
      }
    }
  }

  return {
    /** Freezes the plan; once frozen, a second call changes nothing. */
    async closePlan({ exportId, batchSize }: { exportId: string; batchSize: number }): Promise<{ batches: number }> {
      return ledger.plan.close(exportId, planOptions(deps, batchSize));
    },

    /** Plans the waiting calls whose recording has come, as further batches. */
    async planWaiting({ exportId, batchSize }: { exportId: string; batchSize: number }): Promise<{ batches: number }> {
      return ledger.plan.planWaiting(exportId, planOptions(deps, batchSize));
    },

    /** The calls of a batch that are still to be sent, with all that their metadata needs known. */
    async prepareBatch({ exportId, batch }: { exportId: string; batch: number }) {
      await readMissingEntities(exportId, batch);
      return ledger.transfers.remainingOfBatch(exportId, batch);
    },
  };
}

function chunksByType(refs: EntityRef[]): { entityType: EntityRef['entityType']; ids: number[] }[] {
  const idsByType = new Map<EntityRef['entityType'], number[]>();
  for (const { entityType, entityId } of refs) {
    idsByType.set(entityType, [...(idsByType.get(entityType) ?? []), entityId]);
  }
  return [...idsByType].flatMap(([entityType, ids]) =>
    Array.from({ length: Math.ceil(ids.length / ENTITIES_LIMIT) }, (_, chunk) => ({
      entityType,
      ids: ids.slice(chunk * ENTITIES_LIMIT, (chunk + 1) * ENTITIES_LIMIT),
    })),
  );
}
