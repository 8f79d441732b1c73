import { sql, type Transaction } from 'kysely';
import {
  CALL_COLUMNS,
  columnList,
  MERGED_FACTS,
  NOTE_COLUMNS,
  NOTE_NAMES,
  NOTE_TYPES,
  SAID_FACTS,
} from './call-facts.ts';
import type { SightedNote } from './calls.ts';
import type { Schema } from '../schema.ts';

/** Remembers what the notes say, and lets their calls follow from all their notes. */
export async function mergeNotes(
  tx: Transaction<Schema>,
  accountId: number,
  notes: SightedNote[],
  callOf: ReadonlyMap<number, number>,
): Promise<void> {
  const sighted = JSON.stringify(notes.map((note) => ({ ...note, callId: callOf.get(note.noteId) })));
  // The last reading counts, and not the latest `updated_at`: integrations may set that back.
  await sql`
    insert into call_notes as known (account_id, note_id, call_id, ${columnList(NOTE_COLUMNS)})
    select distinct on ("noteId") ${accountId}, "noteId", "callId", ${NOTE_NAMES}
      from json_to_recordset(${sighted}::json) as n("noteId" bigint, "callId" bigint, ${NOTE_TYPES})
     order by "noteId"
    on conflict (account_id, note_id) do update
      set (${columnList(NOTE_COLUMNS)}) = (${columnList(NOTE_COLUMNS, 'excluded')})
     where (${columnList(NOTE_COLUMNS, 'known')}) is distinct from (${columnList(NOTE_COLUMNS, 'excluded')})`.execute(
    tx,
  );

  await sql`
    with merged as (
      select call_id, ${MERGED_FACTS}
        from call_notes
       where call_id = any(${[...new Set(callOf.values())]}::bigint[])
       group by call_id
    ), said as (
      select c.call_id, ${SAID_FACTS} from merged m join calls c using (call_id)
    )
    update calls c
       set (${columnList(CALL_COLUMNS)}) = (${columnList(CALL_COLUMNS, 'said')})
      from said
     where c.call_id = said.call_id and (${columnList(CALL_COLUMNS, 'c')}) is distinct from (${columnList(CALL_COLUMNS, 'said')})`.execute(
    tx,
  );
}
