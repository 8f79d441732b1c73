import { type Kysely, sql } from 'kysely';

/** Notes of one call may have only its link in common, those on unsorted leads among them. */
export async function up(db: Kysely<unknown>): Promise<void> {
  // By a hash: a link may be longer than an index entry.
  await sql`
    create index calls_by_link on calls (account_id, hashtext(link)) where link is not null`.execute(db);
  await sql`drop index calls_unsorted`.execute(db);
}
