import { type Kysely, sql } from 'kysely';

/** An export that goes on without a list of its account remembers which one it was. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table listing_remarks
      drop constraint listing_remarks_kind_check,
      add check (kind in ('unreadable', 'deleted', 'missing_list'))`.execute(db);
}
