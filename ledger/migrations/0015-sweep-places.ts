import { type Kysely, sql } from 'kysely';

/**
 * An export's way through an account's list of cards is kept page by page, by the kind of card: the place to go on from,
 * or null behind the last one. So a list that takes longer than one try of a step is gone through all the same.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table entity_turns
      drop column swept,
      add column sweeps jsonb not null default '{}'`.execute(db);
}
