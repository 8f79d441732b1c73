import { type Kysely, sql } from 'kysely';

/**
 * Access by consent. A refresh token works once, so the row says where a refresh stands before one is sent: whoever
 * turns `active` into `refreshing` for a version sends it, and nobody else ever does for that version.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table tokens
      drop constraint tokens_kind_check,
      add check (kind in ('long_lived', 'oauth')),
      add refresh_sealed bytea,
      add access_until timestamptz,
      add state text not null default 'active'
        check (state in ('active', 'refreshing', 'refresh_lost', 'reauth_required')),
      add state_since timestamptz not null default now(),
      -- The code of the error that a person has to put right.
      add reason text,
      add check ((kind = 'oauth') = (refresh_sealed is not null))`.execute(db);

  // A consent link that was given out and not come back yet. Of its state only the hash is kept; the row goes with
  // its use.
  await sql`
    create table consents (
      state_hash bytea primary key,
      host text not null,
      account_id bigint references accounts on delete cascade,
      given_at timestamptz not null default now()
    )`.execute(db);

  // What the sentence of blocked_by is filled with.
  await sql`alter table exports add blocked_values jsonb`.execute(db);
}
