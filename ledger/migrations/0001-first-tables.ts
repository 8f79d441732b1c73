import { type Kysely, sql } from 'kysely';

/**
 * Everything the first release keeps. Data are keyed by amoCRM's numeric account id, because accounts get renamed,
 * and go away with the account's row.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table accounts (
      account_id bigint primary key,
      host text not null,
      name text not null,
      time_zone text not null,
      is_api_filter_enabled boolean not null,
      added_at timestamptz not null default now()
    )`.execute(db);

  // One row an account; the version grows with every new token, so that a stale one is never written over a fresh one.
  await sql`
    create table tokens (
      account_id bigint primary key references accounts on delete cascade,
      version int not null,
      kind text not null check (kind in ('long_lived')),
      access_sealed bytea not null,
      updated_at timestamptz not null default now()
    )`.execute(db);

  await sql`
    create table connections (
      account_id bigint primary key references accounts on delete cascade,
      connection_id text not null,
      language text not null,
      api_key_sealed bytea not null,
      updated_at timestamptz not null default now()
    )`.execute(db);

  await sql`
    create table settings (
      account_id bigint primary key references accounts on delete cascade,
      version int not null,
      settings jsonb not null,
      updated_at timestamptz not null default now()
    )`.execute(db);

  // Users as last seen; a deleted user's row stays, because old notes keep the id.
  await sql`
    create table users (
      account_id bigint not null references accounts on delete cascade,
      user_id bigint not null,
      name text not null,
      group_name text,
      active boolean not null,
      primary key (account_id, user_id)
    )`.execute(db);

  await sql`
    create table entities (
      account_id bigint not null references accounts on delete cascade,
      entity_type text not null check (entity_type in ('lead', 'contact', 'company', 'customer')),
      entity_id bigint not null,
      name text,
      main_contact_id bigint,
      company_id bigint,
      read_at timestamptz not null,
      primary key (account_id, entity_type, entity_id)
    )`.execute(db);

  await sql`
    create table exports (
      export_id uuid primary key,
      account_id bigint not null references accounts on delete cascade,
      kind text not null check (kind in ('export', 'preview', 'retry')),
      retry_of uuid references exports on delete set null,
      connection_id text not null,
      language text not null,
      settings jsonb not null,
      interval_from timestamptz not null,
      interval_until timestamptz not null,
      state text not null check (state in
        ('planning', 'transferring', 'settling', 'blocked', 'stopping', 'completed', 'stopped', 'failed')),
      blocked_by text,
      batches int,
      started_at timestamptz not null,
      planned_at timestamptz,
      finished_at timestamptz
    )`.execute(db);
  await sql`create index exports_of_account on exports (account_id, started_at desc)`.execute(db);

  await sql`
    create table calls (
      call_id bigint generated always as identity primary key,
      account_id bigint not null references accounts on delete cascade,
      note_id bigint not null,
      entity_type text not null,
      entity_id bigint not null,
      direction text not null check (direction in ('incoming', 'outgoing')),
      started_at timestamptz not null,
      talk_seconds int,
      operator_id bigint,
      link text,
      link_updated_at timestamptz,
      phone text,
      uniq text,
      source text,
      result text,
      status int,
      unreadable boolean not null default false
    )`.execute(db);
  await sql`create index calls_of_account on calls (account_id, started_at)`.execute(db);

  // What a call was ever known by: a note that gets its uniq late brings the call a second identity.
  await sql`
    create table call_identities (
      account_id bigint not null,
      identity text not null,
      call_id bigint not null references calls on delete cascade,
      primary key (account_id, identity)
    )`.execute(db);
  await sql`create index call_identities_of_call on call_identities (call_id)`.execute(db);

  // A note once given to a call stays with it.
  await sql`
    create table call_notes (
      account_id bigint not null,
      note_id bigint not null,
      call_id bigint not null references calls on delete cascade,
      entity_type text not null,
      entity_id bigint not null,
      updated_at timestamptz not null,
      primary key (account_id, note_id)
    )`.execute(db);
  await sql`create index call_notes_of_call on call_notes (call_id)`.execute(db);

  // One row a call an export. The attempt is the lease: only the attempt that owns the row may commit its upload.
  await sql`
    create table transfers (
      export_id uuid not null references exports on delete cascade,
      call_id bigint not null references calls on delete cascade,
      state text not null check (state in
        ('listed', 'skipped', 'planned', 'uploading', 'committing', 'exported', 'failed', 'waiting', 'unconfirmed')),
      reason text,
      batch int,
      attempt int not null default 0,
      talk_seconds int not null default 0,
      talk_id text,
      bytes bigint,
      audio_format text,
      recording_failing_since timestamptz,
      defects smallint not null default 0,
      updated_at timestamptz not null default now(),
      primary key (export_id, call_id)
    ) with (fillfactor = 80)`.execute(db);
  await sql`create index transfers_of_call on transfers (call_id)`.execute(db);
  await sql`
    create index transfers_of_batch on transfers (export_id, batch)
      where state in ('planned', 'uploading', 'committing')`.execute(db);
  await sql`
    create index transfers_outcome on transfers (export_id, state, updated_at)
      where state in ('failed', 'waiting', 'unconfirmed')`.execute(db);

  // The registry behind "once": written before an upload is completed (talk_id still null), confirmed by its answer.
  await sql`
    create table talks (
      account_id bigint not null references accounts on delete cascade,
      connection_id text not null,
      call_id bigint not null references calls on delete cascade,
      export_id uuid not null references exports on delete cascade,
      re_export boolean not null,
      talk_id text,
      committed_at timestamptz not null default now(),
      primary key (export_id, call_id)
    )`.execute(db);
  await sql`create index talks_of_call on talks (account_id, connection_id, call_id)`.execute(db);
  // Whatever else goes wrong, two exports cannot both complete an upload of one call into one connection.
  await sql`
    create unique index talks_once on talks (account_id, connection_id, call_id) where not re_export`.execute(db);

  await sql`create table rate_buckets (bucket text primary key, arrival_at timestamptz not null)`.execute(db);
}
