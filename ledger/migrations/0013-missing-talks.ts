import { type Kysely, sql } from 'kysely';

/**
 * A talk that is gone stays on record until its call is in SpeechSense again, so that a retry which is stopped forgets
 * nothing: meanwhile the upload that replaces it has a row beside it.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`drop index talks_once`.execute(db);
  await sql`
    create unique index talks_once on talks (account_id, connection_id, call_id)
     where not re_export and missing_at is null`.execute(db);
}
