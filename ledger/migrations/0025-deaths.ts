import { type Kysely, sql } from 'kysely';

/** Attempts at a call that ended without an answer, and whether one is just reading what its recording holds. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table transfers
      add column deaths smallint not null default 0,
      add column in_hand boolean not null default false`.execute(db);
}
