import { type Kysely, sql } from 'kysely';

/**
 * The country in which an account's phones are dialled; by what else than their names telephonies name users; users that
 * only the account's calls know, as they were deleted before it was connected. What notes say of the people behind a call
 * is kept no longer: the operator is made of it when a note is read. Its columns stay until no older worker writes them.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table accounts add country text`.execute(db);
  await sql`alter table users add phone text, add email text`.execute(db);
  await sql`
    insert into users (account_id, user_id, name, active)
    select distinct account_id, operator_id, '', false from calls where operator_id is not null
    on conflict do nothing`.execute(db);
  await sql`
    update call_notes set call_responsible = null, responsible_user_id = null, created_by = null
     where call_responsible is not null or responsible_user_id is not null or created_by is not null`.execute(db);
}
