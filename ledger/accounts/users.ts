import { sql } from 'kysely';
import type { Database } from '../database/database.ts';

export interface User {
  id: number;
  name: string;
  group: string | null;
  active: boolean;
  /** As on amoCRM's card of the user; telephonies name users by them. */
  phone: string | null;
  email: string | null;
}

/** amoCRM's users as last read. Those that amoCRM no longer lists stay, inactive: old calls still name them. */
export function createUsers(db: Database) {
  return {
    async putAll(accountId: number, users: User[]): Promise<void> {
      await sql`
        with given as (
          select * from json_to_recordset(${JSON.stringify(users)}::json)
            as u(id bigint, name text, "group" text, active boolean, phone text, email text)
        ), gone as (
          update users set active = false
           where account_id = ${accountId} and user_id not in (select id from given)
        )
        insert into users (account_id, user_id, name, group_name, active, phone, email)
        select ${accountId}, id, name, "group", active, phone, email from given
        on conflict (account_id, user_id) do update
          set name = excluded.name, group_name = excluded.group_name, active = excluded.active,
              phone = excluded.phone, email = excluded.email`.execute(db);
    },

    /** Users that only calls name, as amoCRM had deleted them before it was asked for users: known by their id alone. */
    async putFromCalls(accountId: number, userIds: readonly number[]): Promise<void> {
      if (userIds.length === 0) return;
      await sql`
        insert into users (account_id, user_id, name, active)
        select ${accountId}, id, '', false from unnest(${[...new Set(userIds)]}::bigint[]) as id
        on conflict do nothing`.execute(db);
    },

    list: (accountId: number): Promise<User[]> =>
      db
        .selectFrom('users')
        .select(['user_id as id', 'name', 'group_name as group', 'active', 'phone', 'email'])
        .where('account_id', '=', accountId)
        .orderBy('name')
        .execute(),
  };
}
