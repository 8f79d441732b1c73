import { type Kysely, sql } from 'kysely';

/**
 * What each note says of its call is kept, so that a call is always the sum of its notes as they were last read; and
 * what the listing of an export came across.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  // Null in rows of an earlier version, until their notes are read again: the call keeps what it had.
  await sql`
    alter table call_notes
      add direction text,
      add started_at timestamptz,
      add talk_seconds int,
      add link text,
      add phone text,
      add uniq text,
      add source text,
      add result text,
      add status int,
      add unreadable boolean not null default false,
      add operator_id bigint,
      add operator_rank smallint,
      add call_responsible text,
      add responsible_user_id bigint,
      add created_by bigint,
      add unsorted_uid text`.execute(db);
  await sql`alter table calls drop link_updated_at`.execute(db);

  // A call without a note hangs on an unsorted lead; minus the lead's id stands in the note's place.
  await sql`create index calls_unsorted on calls (account_id) where note_id < 0`.execute(db);

  await sql`
    alter table transfers
      add found_by text not null default 'notes' check (found_by in ('notes', 'events', 'unsorted'))`.execute(db);
  await sql`
    create index transfers_found_otherwise on transfers (export_id, found_by) where found_by <> 'notes'`.execute(db);

  await sql`
    create table listings (
      export_id uuid primary key references exports on delete cascade,
      source text,
      reached_at timestamptz,
      pages int not null default 0,
      events int not null default 0,
      cross_check text not null default 'pending' check (cross_check in ('pending', 'done', 'refused')),
      unknown_operators int not null default 0
    )`.execute(db);

  // A remark is known by its text, so that a page that is read twice makes it once.
  await sql`
    create table listing_remarks (
      export_id uuid not null references exports on delete cascade,
      kind text not null check (kind in ('unreadable', 'deleted')),
      name text not null,
      primary key (export_id, kind, name)
    )`.execute(db);
}
