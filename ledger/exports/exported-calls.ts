import { sql } from 'kysely';
import type { ExportSettings } from '../../settings/export-settings.ts';
import type { Interval } from '../../settings/period.ts';
import type { Database } from '../database/database.ts';

/**
 * How many calls of a period, let through by these filters, the connection has already: what a re-export would send
 * again. Calls that no export has listed yet are not known here, and are in no connection.
 */
export async function countExportedCalls(
  db: Database,
  { accountId, connectionId }: { accountId: number; connectionId: string },
  { from, until }: Interval,
  { direction, users, talkSeconds }: Pick<ExportSettings, 'direction' | 'users' | 'talkSeconds'>,
): Promise<number> {
  const { rows } = await sql<{ calls: number }>`
    select count(*)::int as calls from calls c
     where c.account_id = ${accountId} and c.started_at >= ${from} and c.started_at < ${until}
       and exists (
         select from talks k
          where (k.account_id, k.connection_id, k.call_id) = (${accountId}, ${connectionId}, c.call_id)
            and k.talk_id is not null)
       and (${direction} = 'all' or c.direction = ${direction})
       and (${users.length} = 0 or c.operator_id = any(${users}::bigint[]))
       and coalesce(c.talk_seconds, 0) >= ${talkSeconds.min}
       and (${talkSeconds.max} = 0 or coalesce(c.talk_seconds, 0) <= ${talkSeconds.max})`.execute(db);
  return rows[0]?.calls ?? 0;
}
