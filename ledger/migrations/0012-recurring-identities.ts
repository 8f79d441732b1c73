import { type Kysely, sql } from 'kysely';

/** Telephonies count anew, and so one identity may be that of several calls, weeks apart. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table call_identities
      drop constraint call_identities_pkey,
      add primary key (account_id, identity, call_id)`.execute(db);
  // By a hash: a uniq may be longer than an index entry.
  await sql`
    create index calls_by_uniq on calls (account_id, hashtext(uniq)) where uniq is not null`.execute(db);
}
