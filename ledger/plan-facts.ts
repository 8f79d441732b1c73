import { sql, type Transaction } from 'kysely';
import type { Schema } from './schema.ts';

/** Keeps what is known of the listed calls at the moment in which the plan decides them; previews are not kept long. */
export async function keepPlanFacts(tx: Transaction<Schema>, exportId: string): Promise<void> {
  await sql`
    insert into plan_facts (export_id, call_id, note_id, entity_type, entity_id, direction, started_at, talk_seconds, operator_id)
    select t.export_id, c.call_id, c.note_id, c.entity_type, c.entity_id, c.direction, c.started_at, c.talk_seconds, c.operator_id
      from transfers t join exports e using (export_id) join calls c using (call_id)
     where t.export_id = ${exportId} and t.state = 'listed' and e.kind <> 'preview'
    on conflict (export_id, call_id) do update
      set note_id = excluded.note_id, entity_type = excluded.entity_type, entity_id = excluded.entity_id,
          direction = excluded.direction, started_at = excluded.started_at, talk_seconds = excluded.talk_seconds,
          operator_id = excluded.operator_id`.execute(tx);
}
