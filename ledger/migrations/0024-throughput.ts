import { type Kysely, sql } from 'kysely';

/**
 * How fast an export has been of late: the window in which its finished calls are counted, and the one that comes
 * next. Exports under way begin theirs now.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table exports
      add column window_at timestamptz,
      add column window_calls bigint,
      add column next_window_at timestamptz,
      add column next_window_calls bigint`.execute(db);
  await sql`
    update exports e
       set window_at = now(), window_calls = done.calls, next_window_at = now(), next_window_calls = done.calls
      from (select export_id, coalesce(sum(calls) filter (
                     where bucket in ('exported', 'failed', 'waiting', 'unconfirmed')), 0) as calls
              from tallies group by export_id) as done
     where e.export_id = done.export_id and e.state = 'transferring'`.execute(db);
}
