import { sql } from 'kysely';
import { ExportError } from '../../errors/export-error.ts';
import type { Database } from './database.ts';

/**
 * Whether the ledger is where it was. A standby that was promoted, or a backup that was restored, may lack the last
 * commits: calls that were sent read as planned. So nothing is sent from another timeline until the talks that are not
 * known have been taken in.
 */
export function createLineage(db: Database) {
  return {
    /**
     * Remembers the server at the account's first export, and later compares.
     *
     * @throws {ExportError} `ledger_failed_over`
     */
    async assertKept(accountId: number): Promise<void> {
      const { rows } = await sql<{ kept: boolean }>`
        with now_on as (select ledger_lineage() as lineage)
        update accounts a
           set lineage = coalesce(a.lineage, n.lineage),
               failed_over_at = case when a.lineage <> n.lineage then coalesce(a.failed_over_at, clock_timestamp()) end
          from now_on n
         where a.account_id = ${accountId}
        returning a.lineage = n.lineage as kept`.execute(db);
      if (rows[0]?.kept === false) throw new ExportError('ledger_failed_over');
    },

    /**
     * Lets the account's exports go on from here, when all talks that were sent before the change must be to be seen.
     *
     * @param seenAfterSeconds how long a talk may take to be seen.
     * @returns seconds that are left until then; 0 when it is done.
     */
    async accept(accountId: number, seenAfterSeconds: number): Promise<number> {
      const { rows } = await sql<{ leftSeconds: number }>`
        with due as (
          select account_id, greatest(0, extract(epoch from coalesce(failed_over_at, '-infinity')
                   + ${seenAfterSeconds} * interval '1 second' - clock_timestamp()))::float8 as left_seconds
            from accounts where account_id = ${accountId} for update
        ), accepted as (
          update accounts a set lineage = ledger_lineage(), failed_over_at = null
            from due where a.account_id = due.account_id and due.left_seconds = 0
        )
        select left_seconds as "leftSeconds" from due`.execute(db);
      return rows[0]?.leftSeconds ?? 0;
    },
  };
}
