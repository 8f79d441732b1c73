import { sql, type Transaction } from 'kysely';
import { columnList, PLANNED_COLUMNS } from '../calls/call-facts.ts';
import type { Schema } from '../schema.ts';

/** Keeps what is known of the listed calls at the moment in which the plan decides them; previews are not kept long. */
export async function keepPlanFacts(tx: Transaction<Schema>, exportId: string): Promise<void> {
  await sql`
    insert into plan_facts (export_id, call_id, ${columnList(PLANNED_COLUMNS)})
    select t.export_id, c.call_id, ${columnList(PLANNED_COLUMNS, 'c')}
      from transfers t join exports e using (export_id) join calls c using (call_id)
     where t.export_id = ${exportId} and t.state = 'listed' and e.kind <> 'preview'
    on conflict (export_id, call_id) do update
      set (${columnList(PLANNED_COLUMNS)}) = (${columnList(PLANNED_COLUMNS, 'excluded')})`.execute(tx);
}
