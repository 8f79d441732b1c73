import { sql, type Transaction } from 'kysely';
import type { Database } from '../database/database.ts';
import { isLost } from '../talks/missing-talks.ts';
import type { Schema } from '../schema.ts';

export interface RetryChoice {
  /** The export that was retried, not one of its retries. */
  exportId: string;
  /** Only calls that failed, or wait, for one of these; empty means all of them. */
  reasons: string[];
  /** Also calls whose answer was lost. */
  unconfirmed: boolean;
  /** Also calls, of whatever export, whose talk in the connection was found to be gone. */
  missing?: boolean;
}

/** Which calls of an export are tried again. */
export function createRetries(db: Database) {
  return {
    count: async (choice: RetryChoice): Promise<number> => {
      const { rows } = await sql<{ calls: number }>`
        select count(*)::int as calls from (${chosen(choice)}) as chosen`.execute(db);
      return rows[0]?.calls ?? 0;
    },

    /** Lists the chosen calls in a new export; where they are unconfirmed, a person takes the risk of a second talk. */
    list: (exportId: string, choice: RetryChoice): Promise<number> =>
      db.transaction().execute(async (tx) => {
        const missing = choice.missing === true ? await listMissing(tx, exportId) : 0;
        const result = await sql`
          insert into transfers (export_id, call_id, state, risk_taken)
          select ${exportId}, call_id, 'listed', state = 'unconfirmed' from (${chosen(choice)}) as chosen
          on conflict (export_id, call_id) do nothing`.execute(tx);
        return missing + Number(result.numAffectedRows ?? 0n);
      }),
  };
}

/**
 * The calls that did not come through by their latest outcome in the export and its retries. A retry that was stopped
 * left calls planned, which is no outcome: for them an earlier one still stands.
 */
function chosen({ exportId, reasons, unconfirmed }: RetryChoice) {
  return sql`
    select call_id, state from (
      select distinct on (t.call_id) t.call_id, t.state, t.reason
        from transfers t join exports e using (export_id)
       where (e.export_id = ${exportId} or e.retry_of = ${exportId})
         and t.state in ('skipped', 'exported', 'failed', 'waiting', 'unconfirmed')
       order by t.call_id, e.started_at desc
    ) as latest
     where state in ('failed', 'waiting') and (${reasons.length === 0} or reason = any(${reasons}))
        or state = 'unconfirmed' and ${unconfirmed}`;
}

/** What SpeechSense has lost stays registered as missing until it is there again: see `decide` and `recordExported`. */
async function listMissing(tx: Transaction<Schema>, exportId: string): Promise<number> {
  const result = await sql`
    insert into transfers (export_id, call_id, state)
    select distinct e.export_id, k.call_id, 'listed'
      from exports e join talks k using (account_id, connection_id)
     where e.export_id = ${exportId} and ${isLost('k')}
    on conflict (export_id, call_id) do nothing`.execute(tx);
  return Number(result.numAffectedRows ?? 0n);
}
