import { sql, type Transaction } from 'kysely';
import { columnList, PLANNED_COLUMNS } from './call-facts.ts';
import type { Schema } from '../schema.ts';

/**
 * Those of the calls of which nothing is known but their note, and which were never on their way to SpeechSense. Without
 * a link they cannot be sent meanwhile either.
 */
export async function unsentBareCalls(tx: Transaction<Schema>, callIds: number[]): Promise<Set<number>> {
  const { rows } = await sql<{ callId: number }>`
    select c.call_id as "callId" from calls c
     where c.call_id = any(${callIds}::bigint[]) and c.link is null
       and not exists (
         select from call_identities i where i.call_id = c.call_id and i.identity not like 'note:%')
       and not exists (
         select from transfers t left join talks k using (export_id, call_id)
          where t.call_id = c.call_id
            and (k.export_id is not null or t.state not in ('listed', 'skipped', 'failed', 'waiting')))`.execute(tx);
  return new Set(rows.map(({ callId }) => callId));
}

/**
 * Makes one call of two: the notes of the one go over to the other, which takes its place in the exports that have
 * listed it alone.
 */
export async function joinCall(tx: Transaction<Schema>, from: number, to: number): Promise<void> {
  await sql`update call_notes set call_id = ${to} where call_id = ${from}`.execute(tx);
  await sql`
    insert into call_identities (account_id, identity, call_id)
    select account_id, identity, ${to} from call_identities where call_id = ${from}
    on conflict do nothing`.execute(tx);
  await sql`
    with moved as (
      insert into transfers (export_id, call_id, state, reason, talk_seconds, found_by)
      select export_id, ${to}, state, reason, talk_seconds, found_by from transfers where call_id = ${from}
      on conflict do nothing
      returning export_id
    )
    insert into plan_facts (export_id, call_id, ${columnList(PLANNED_COLUMNS)})
    select export_id, ${to}, ${columnList(PLANNED_COLUMNS)}
      from plan_facts join moved using (export_id)
     where call_id = ${from}`.execute(tx);
  await sql`delete from calls where call_id = ${from}`.execute(tx);
}
