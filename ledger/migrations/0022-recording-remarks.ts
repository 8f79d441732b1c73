import { type Kysely, sql } from 'kysely';

/** How much sound was sent, as counted in it, and what people should know of the recording, parted by spaces. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table transfers
      add column recording_seconds double precision,
      add column recording_remarks text`.execute(db);
}
