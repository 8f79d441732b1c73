import { type RawBuilder, sql } from 'kysely';

/** Whether this row of `talks` is one that `check` found gone, of a call that has no other talk in the connection. */
export function isLost(alias: string): RawBuilder<boolean> {
  const gone = sql.ref(alias);
  return sql`(${gone}.missing_at is not null and not exists (
    select from talks other
     where (other.account_id, other.connection_id, other.call_id) = (${gone}.account_id, ${gone}.connection_id, ${gone}.call_id)
       and other.talk_id is not null and other.missing_at is null))`;
}
