import { type Kysely, sql } from 'kysely';

/** A talk that was found by a search is a guess; one that an answer named is a fact, and is written down in any case. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table talks add column adopted boolean not null default false`.execute(db);
  await sql`drop index talks_by_id`.execute(db);
  await sql`
    create index talks_by_id on talks (account_id, connection_id, talk_id) where talk_id is not null`.execute(db);
  await sql`
    create unique index talks_by_adoption on talks (account_id, connection_id, talk_id) where adopted`.execute(db);
}
