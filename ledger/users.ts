import { sql } from 'kysely';
import type { Database } from './database.ts';

export interface User {
  id: number;
  name: string;
  group: string | null;
  active: boolean;
}

/** amoCRM's users as last read. Those that amoCRM no longer lists stay, inactive: old calls still name them. */
export function createUsers(db: Database) {
  return {
    async putAll(accountId: number, users: User[]): Promise<void> {
      await sql`
        with given as (
          select * from json_to_recordset(${JSON.stringify(users)}::json)
            as u(id bigint, name text, "group" text, active boolean)
        ), gone as (
          update users set active = false
           where account_id = ${accountId} and user_id not in (select id from given)
        )
        insert into users (account_id, user_id, name, group_name, active)
        select ${accountId}, id, name, "group", active from given
        on conflict (account_id, user_id) do update
          set name = excluded.name, group_name = excluded.group_name, active = excluded.active`.execute(db);
    },

    list: (accountId: number): Promise<User[]> =>
      db
        .selectFrom('users')
        .select(['user_id as id', 'name', 'group_name as group', 'active'])
        .where('account_id', '=', accountId)
        .orderBy('name')
        .execute(),
  };
}
