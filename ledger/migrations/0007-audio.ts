import { type Kysely, sql } from 'kysely';

/**
 * What became of a recording on its way: the format that it came in, where it had to be converted, and its channels.
 *
 * `postponed`: the call has already been put off to the end of its export once, because its telephony was away; then
 * there is nothing left to put it off for.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table transfers
      add column converted_from text,
      add column channels smallint,
      add column postponed boolean not null default false`.execute(db);
}
