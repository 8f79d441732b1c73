import { type Kysely, sql } from 'kysely';

/** Who deletes an old export must not delete with it the memory of which calls were sent. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table talks drop constraint talks_export_id_fkey`.execute(db);
}
