import { type Kysely, sql } from 'kysely';

/**
 * Notes of one call may have only its link in common. Hash indexes take texts of any length, and Postgres knows from the
 * columns' own statistics how few rows they bring: by an expression it took them for many, and read all calls instead.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`drop index calls_by_uniq, calls_unsorted`.execute(db);
  await sql`create index calls_by_uniq on calls using hash (uniq)`.execute(db);
  await sql`create index calls_by_link on calls using hash (link)`.execute(db);
  // What stands in a link's place may be the same for every call: those that a note with a uniq may join are few.
  await sql`
    create index calls_by_link_alone on calls using hash (link) where uniq is null or note_id < 0`.execute(db);
}
