import { type Kysely, sql } from 'kysely';

/** A person has asked to send this call though its answer was lost: its registry row goes when the call is claimed. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table transfers add column risk_taken boolean not null default false`.execute(db);
}
