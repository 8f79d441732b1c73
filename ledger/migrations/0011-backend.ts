import { type Kysely, sql } from 'kysely';

/** What the backend keeps of the people who press its buttons. */
export async function up(db: Kysely<unknown>): Promise<void> {
  // Disposable tokens that were used for a change, until they are over anyway.
  await sql`
    create table spent_tokens (
      jti text primary key,
      expires_at timestamptz not null
    )`.execute(db);
  await sql`create index spent_tokens_over on spent_tokens (expires_at)`.execute(db);

  // What was asked for by a button, under the Idempotency-Key that came with it.
  await sql`
    create table commands (
      account_id bigint not null references accounts on delete cascade,
      key uuid not null,
      -- Action, export and choice: the same key with another request is a mistake of the page.
      request text not null,
      -- The export that it begins, or acts on.
      export_id uuid not null,
      begins_export boolean not null,
      user_id bigint not null,
      asked_at timestamptz not null default now(),
      -- Null while nobody knows how it went.
      outcome jsonb,
      primary key (account_id, key)
    )`.execute(db);
  await sql`create index commands_of_export on commands (export_id) where begins_export`.execute(db);

  // Whether a user may press them, as amoCRM said last.
  await sql`
    create table administrators (
      account_id bigint not null references accounts on delete cascade,
      user_id bigint not null,
      is_admin boolean not null,
      checked_at timestamptz not null default now(),
      primary key (account_id, user_id)
    )`.execute(db);
}
