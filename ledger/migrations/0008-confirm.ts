import { type Kysely, sql } from 'kysely';

/** What it takes to find an upload whose answer was lost, and to compare the ledger with SpeechSense. */
export async function up(db: Kysely<unknown>): Promise<void> {
  // `sent` is the metadata that tells the talk apart, as it was sent: a call's own facts may change afterwards.
  // `absent_since`: first looked for in vain while later talks could already be seen. `missing_at`: `check` found a
  // talk gone whose id is known.
  await sql`
    alter table talks
      add column sent jsonb not null default '{}',
      add column bytes bigint,
      add column audio_format text,
      add column looked_at timestamptz,
      add column absent_since timestamptz,
      add column missing_at timestamptz`.execute(db);
  // One talk is one call's, whatever a search makes it look like.
  await sql`
    create unique index talks_by_id on talks (account_id, connection_id, talk_id) where talk_id is not null`.execute(
    db,
  );
  await sql`
    create index talks_in_order on talks (account_id, connection_id, committed_at) where talk_id is not null`.execute(
    db,
  );
  await sql`alter table transfers add column absences smallint not null default 0`.execute(db);

  // The metadata keys that a connection was last seen to have: whatever else is sent, it drops.
  await sql`
    create table connection_keys (
      account_id bigint not null references accounts on delete cascade,
      connection_id text not null,
      keys text[] not null,
      learned_at timestamptz not null default now(),
      primary key (account_id, connection_id)
    )`.execute(db);

  // A service that is away: until when nobody of this account asks it, and how often in a row it was asked in vain.
  await sql`
    create table brakes (
      account_id bigint not null references accounts on delete cascade,
      service text not null,
      held_until timestamptz not null,
      failures int not null,
      failed_at timestamptz not null,
      primary key (account_id, service)
    )`.execute(db);
}
