import { sql, type Transaction } from 'kysely';
import type { SightedNote } from './calls.ts';
import type { Schema } from './schema.ts';

/** The columns of `call_notes` that a later reading of the note may change. */
const NOTE_FACTS = [
  ...['updated_at', 'entity_type', 'entity_id', 'direction', 'started_at', 'talk_seconds', 'link', 'phone', 'uniq'],
  ...['source', 'result', 'status', 'unreadable', 'operator_id', 'operator_rank', 'unsorted_uid'],
];

/** The columns of `calls` that follow from the call's notes. */
const CALL_FACTS = [
  ...['note_id', 'entity_type', 'entity_id', 'direction', 'started_at', 'talk_seconds', 'operator_id', 'link'],
  ...['phone', 'uniq', 'source', 'result', 'status', 'unreadable'],
];

/** Of several notes the one of the talk itself tells best: a ring group leaves missed ones beside it. */
const BEST = sql.raw(`(link is not null) desc, talk_seconds desc nulls last, operator_rank, note_id`);

const LOWEST = sql.raw(`(note_id > 0) desc, note_id`);

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
    insert into call_notes as known (account_id, note_id, call_id, ${columns(NOTE_FACTS)})
    select distinct on ("noteId") ${accountId}, "noteId", "callId",
           "updatedAt", "entityType", "entityId", direction, "startedAt", "talkSeconds", link, phone, uniq, source,
           result, status, unreadable, "operatorId", "operatorRank", "unsortedUid"
      from json_to_recordset(${sighted}::json)
        as n("noteId" bigint, "callId" bigint, "updatedAt" timestamptz, "entityType" text, "entityId" bigint,
             direction text, "startedAt" timestamptz, "talkSeconds" int, link text, phone text, uniq text, source text,
             result text, status int, unreadable boolean, "operatorId" bigint, "operatorRank" smallint,
             "unsortedUid" text)
     order by "noteId"
    on conflict (account_id, note_id) do update
      set (${columns(NOTE_FACTS)}) = (${columns(NOTE_FACTS, 'excluded')})
     where (${columns(NOTE_FACTS, 'known')}) is distinct from (${columns(NOTE_FACTS, 'excluded')})`.execute(tx);

  await sql`
    with merged as (
      select call_id,
             coalesce(min(note_id) filter (where note_id > 0), min(note_id)) as note_id,
             (array_agg(entity_type order by ${LOWEST}))[1] as entity_type,
             (array_agg(entity_id order by ${LOWEST}))[1] as entity_id,
             (array_agg(direction order by ${LOWEST}) filter (where direction is not null))[1]
               as direction,
             min(started_at) as started_at,
             max(talk_seconds) as talk_seconds,
             (array_agg(operator_id order by ${BEST}) filter (where operator_rank is not null))[1] as operator_id,
             (array_agg(link order by updated_at desc, note_id) filter (where link is not null))[1] as link,
             (array_agg(phone order by ${BEST}) filter (where phone is not null))[1] as phone,
             (array_agg(uniq order by ${BEST}) filter (where uniq is not null))[1] as uniq,
             (array_agg(source order by ${BEST}) filter (where source is not null))[1] as source,
             (array_agg(result order by ${BEST}) filter (where result is not null))[1] as result,
             (array_agg(status order by ${BEST}) filter (where status is not null))[1] as status,
             bool_and(unreadable) as unreadable
        from call_notes
       where call_id = any(${[...new Set(callOf.values())]}::bigint[])
       group by call_id
    ), said as (
      -- A link that was there once is tried even when an edit has taken it away.
      select c.call_id, m.note_id, m.entity_type, m.entity_id, coalesce(m.direction, c.direction) as direction,
             coalesce(m.started_at, c.started_at) as started_at, m.talk_seconds, m.operator_id,
             coalesce(m.link, c.link) as link, m.phone, m.uniq, m.source, m.result, m.status, m.unreadable
        from merged m join calls c using (call_id)
    )
    update calls c
       set (${columns(CALL_FACTS)}) = (${columns(CALL_FACTS, 'said')})
      from said
     where c.call_id = said.call_id and (${columns(CALL_FACTS, 'c')}) is distinct from (${columns(CALL_FACTS, 'said')})`.execute(
    tx,
  );
}

function columns(names: readonly string[], table?: string) {
  return sql.raw(names.map((name) => (table === undefined ? name : `${table}.${name}`)).join(', '));
}
