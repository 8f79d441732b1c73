import { type RawBuilder, sql } from 'kysely';
import type { Database } from '../database/database.ts';

/** The calls of an export that were finished in a window of time. */
export interface Throughput {
  calls: number;
  seconds: number;
}

/** A window is at least so long, at most twice as long while batches are begun. */
const WINDOW_SECONDS = 300;

const finished = (exportId: RawBuilder<unknown>) => sql<number>`(
  select coalesce(sum(calls), 0) from tallies
   where export_id = ${exportId} and bucket in ('exported', 'failed', 'waiting', 'unconfirmed'))`;

/** A window that begins now: what came before (the plan, a block) says nothing of how fast transfers are. */
export function newWindow(exportId: string) {
  const calls = finished(sql`${exportId}`);
  const now = sql<Date>`now()`;
  return { window_at: now, window_calls: calls, next_window_at: now, next_window_calls: calls };
}

/** How fast an export transfers its calls of late, by the server's clock. */
export function createThroughput(db: Database) {
  return {
    /** Moves the window on when the next one is long enough. */
    async moveWindow(exportId: string): Promise<void> {
      await db
        .updateTable('exports')
        .set({
          window_at: sql`next_window_at`,
          window_calls: sql`next_window_calls`,
          next_window_at: sql`now()`,
          next_window_calls: finished(sql`exports.export_id`),
        })
        .where('export_id', '=', exportId)
        .where('next_window_at', '<', sql<Date>`now() - make_interval(secs => ${WINDOW_SECONDS})`)
        .execute();
    },

    /** Null before the first transfer. */
    async read(exportId: string): Promise<Throughput | null> {
      const row = await db
        .selectFrom('exports')
        .select([
          sql<number>`${finished(sql`exports.export_id`)} - window_calls`.as('calls'),
          sql<number>`extract(epoch from now() - window_at)::float8`.as('seconds'),
        ])
        .where('export_id', '=', exportId)
        .where('window_at', 'is not', null)
        .executeTakeFirst();
      return row ?? null;
    },
  };
}
