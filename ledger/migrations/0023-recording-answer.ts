import { type Kysely, sql } from 'kysely';

/** What a call's own link answered last: its reason, also where its host is asked no more because of other calls. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table transfers add column recording_answer text`.execute(db);
}
