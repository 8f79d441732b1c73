import { type Kysely, sql } from 'kysely';

/**
 * Takes an upload that certainly came to nothing out of the registry. A function, because its statement sees what was
 * committed while the one that calls it waited for a lock.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create function forget_upload(of_export uuid, of_call bigint) returns void language sql volatile as $$
      delete from talks where export_id = of_export and call_id = of_call and talk_id is null
    $$`.execute(db);
}
