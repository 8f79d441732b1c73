import { sql, type Transaction } from 'kysely';
import type { Database } from '../database/database.ts';
import { keepPlanFacts } from './plan-facts.ts';
import { isLost } from '../talks/missing-talks.ts';
import type { Schema } from '../schema.ts';

export interface PlanOptions {
  /** Calls a batch. */
  batchSize: number;
  /** A call without a recording that is younger than this waits for it. */
  recordingWaitHours: number;
  now: Date;
}

/**
 * The plan: which of the listed calls are sent, and why the others are not. One statement decides for every call, so
 * that the totals are frozen at one moment and never grow again.
 */
export function createPlan(db: Database) {
  return {
    /** Decides every listed call and numbers the batches, oldest calls first, because links expire. Once only. */
    close: (exportId: string, options: PlanOptions): Promise<{ batches: number }> =>
      db.transaction().execute(async (tx) => {
        const row = await tx
          .selectFrom('exports')
          .select(['batches', 'planned_at'])
          .where('export_id', '=', exportId)
          .forUpdate()
          .executeTakeFirstOrThrow();
        if (row.planned_at) return { batches: row.batches ?? 0 };

        await dropOutsidePeriod(tx, exportId);
        await decide(tx, exportId, options);
        await countUnknownOperators(tx, exportId);
        const batches = await numberBatches(tx, exportId, options.batchSize, 0);
        await tx
          .updateTable('exports')
          .set({ batches, planned_at: options.now })
          .where('export_id', '=', exportId)
          .execute();
        return { batches };
      }),

    /** Decides waiting calls whose recording has come once more, as further batches; answers how many there are now. */
    planWaiting: (exportId: string, options: PlanOptions): Promise<{ batches: number }> =>
      planMore(db, exportId, options, async (tx) => {
        await sql`
          update transfers t set state = 'listed', reason = null, updated_at = now()
            from calls c
           where t.export_id = ${exportId} and t.state = 'waiting' and c.call_id = t.call_id and c.link is not null`.execute(
          tx,
        );
        return true;
      }),
  };
}

/**
 * Plans calls after the plan was closed, as further batches.
 *
 * @param list lists them again; false where there are none.
 * @returns how many batches there are now.
 */
export function planMore(
  db: Database,
  exportId: string,
  options: PlanOptions,
  list: (tx: Transaction<Schema>) => Promise<boolean>,
): Promise<{ batches: number }> {
  return db.transaction().execute(async (tx) => {
    const row = await tx
      .selectFrom('exports')
      .select('batches')
      .where('export_id', '=', exportId)
      .forUpdate()
      .executeTakeFirstOrThrow();
    const before = row.batches ?? 0;
    if (!(await list(tx))) return { batches: before };
    await decide(tx, exportId, options);
    const batches = await numberBatches(tx, exportId, options.batchSize, before);
    await tx.updateTable('exports').set({ batches }).where('export_id', '=', exportId).execute();
    return { batches };
  });
}

/** The listing reads a margin around the period; what a call's time then puts outside is none of the export's. */
export async function dropOutsidePeriod(tx: Transaction<Schema>, exportId: string): Promise<void> {
  await sql`
    delete from transfers t using calls c, exports e
     where t.export_id = ${exportId} and t.state = 'listed' and e.export_id = t.export_id and c.call_id = t.call_id
       and e.kind <> 'retry'
       and (c.started_at < e.interval_from or c.started_at >= e.interval_until)`.execute(tx);
}

/** A retry of what SpeechSense has lost asks no filters: they let it pass once, or were others. */
async function decide(tx: Transaction<Schema>, exportId: string, options: PlanOptions): Promise<void> {
  await keepPlanFacts(tx, exportId);
  const waitSince = new Date(options.now.getTime() - options.recordingWaitHours * 3_600_000);
  await sql`
    with facts as (
      select c.*, t.risk_taken, e.connection_id,
             e.settings->>'direction' as wanted_direction,
             e.settings->'users' as wanted_users,
             (e.settings->'talkSeconds'->>'min')::int as min_seconds,
             (e.settings->'talkSeconds'->>'max')::int as max_seconds,
             (e.settings->>'reExport')::boolean as re_export,
             e.kind = 'retry' and exists (
               select from talks m
                where (m.account_id, m.connection_id, m.call_id) = (e.account_id, e.connection_id, c.call_id)
                  and ${isLost('m')}) as is_lost
        from transfers t join calls c using (call_id) join exports e using (export_id)
       where t.export_id = ${exportId} and t.state = 'listed'
    ), decided as (
      select f.call_id, coalesce(f.talk_seconds, 0) as talk_seconds, case
        when f.talk_seconds = 0 and f.link is null then 'skipped:not_answered'
        when not f.is_lost and f.wanted_direction <> 'all' and f.direction <> f.wanted_direction then 'skipped:other_direction'
        when not f.is_lost and jsonb_array_length(f.wanted_users) > 0
             and (f.operator_id is null or not f.wanted_users @> to_jsonb(f.operator_id)) then 'skipped:other_user'
        when not f.is_lost and f.min_seconds > 0 and f.talk_seconds < f.min_seconds then 'skipped:too_short'
        when not f.is_lost and f.max_seconds > 0 and f.talk_seconds > f.max_seconds then 'skipped:too_long'
        when not f.re_export and k.talk_id is not null then 'skipped:already_exported'
        when not f.re_export and not f.risk_taken and k.call_id is not null then 'unconfirmed:answer_lost'
        when f.unreadable then 'failed:note_unreadable'
        when f.link is null and f.started_at >= ${waitSince} then 'waiting:recording_not_ready'
        when f.link is null then 'failed:recording_missing'
        else 'planned:'
      end as decision
        from facts f
        left join lateral (
          select call_id, talk_id from talks
           where (account_id, connection_id, call_id) = (f.account_id, f.connection_id, f.call_id)
             and not (f.is_lost and missing_at is not null)
           order by talk_id nulls last
           limit 1
        ) k on true
    )
    update transfers t
       set state = split_part(decision, ':', 1), reason = nullif(split_part(decision, ':', 2), ''),
           talk_seconds = d.talk_seconds, updated_at = now()
      from decided d
     where t.export_id = ${exportId} and t.call_id = d.call_id`.execute(tx);
}

/** They are sent, with the operator left open, unless users are chosen: they may be those users' calls. */
async function countUnknownOperators(tx: Transaction<Schema>, exportId: string): Promise<void> {
  await sql`
    insert into listings (export_id, unknown_operators)
    select ${exportId}, count(*) from transfers t join calls c using (call_id)
     where t.export_id = ${exportId} and (t.state <> 'skipped' or t.reason = 'other_user') and c.operator_id is null
    on conflict (export_id) do update set unknown_operators = excluded.unknown_operators`.execute(tx);
}

/** Numbers the planned calls that have no batch yet, after the batches that there are; answers the new total. */
async function numberBatches(tx: Transaction<Schema>, exportId: string, batchSize: number, existing: number) {
  const { rows } = await sql<{ batches: number }>`
    with numbered as (
      select t.call_id, ${existing} + (row_number() over (order by c.started_at, c.call_id) - 1) / ${batchSize} as batch
        from transfers t join calls c using (call_id)
       where t.export_id = ${exportId} and t.state = 'planned' and t.batch is null
    ), updated as (
      update transfers t set batch = n.batch from numbered n
       where t.export_id = ${exportId} and t.call_id = n.call_id
      returning t.batch
    )
    select coalesce(max(batch) + 1, ${existing})::int as batches from updated`.execute(tx);
  return rows[0]?.batches ?? existing;
}
