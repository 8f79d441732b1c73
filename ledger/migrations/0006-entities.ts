import { type Kysely, sql } from 'kysely';

/**
 * Entities keep what the metadata of calls needs of them: the fields that a mapping names, as text, and how they hang
 * together. Nothing that no mapping names is kept. Rows of before are read anew.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`delete from entities`.execute(db);
  await sql`
    alter table entities
      add column is_gone boolean not null,
      add column is_open boolean not null,
      add column updated_at timestamptz,
      add column lead_ids bigint[] not null,
      add column fields jsonb not null`.execute(db);

  // What an account's ids stand for (pipelines, loss reasons, custom fields), a part a row, as last read.
  await sql`
    create table catalogues (
      account_id bigint not null references accounts on delete cascade,
      part text not null,
      content jsonb not null,
      read_at timestamptz not null,
      primary key (account_id, part)
    )`.execute(db);

  // The one batch of an export that reads entities now, so that two never ask for the same; it lapses with its reader.
  await sql`
    create table entity_turns (
      export_id uuid primary key references exports on delete cascade,
      holder uuid not null,
      held_until timestamptz not null,
      swept text[] not null default '{}'
    )`.execute(db);

  // When the account's answer was last seen to ignore a filter that it claims to know.
  await sql`alter table accounts add column filter_ignored_at timestamptz`.execute(db);

  // The SpeechSense keys of the talk whose values were cut to the service's limit.
  await sql`alter table transfers add column cut_values text`.execute(db);
}
