import { sql, type Transaction } from 'kysely';
import type { SightedNote } from './calls.ts';
import type { Schema } from './schema.ts';

/** Finds or makes the call of each note; answers note id → call id. */
export async function giveCalls(
  tx: Transaction<Schema>,
  accountId: number,
  notes: SightedNote[],
): Promise<Map<number, number>> {
  const { rows: knownNotes } = await sql<{ noteId: number; callId: number }>`
    select note_id as "noteId", call_id as "callId" from call_notes
     where account_id = ${accountId} and note_id = any(${notes.map(({ noteId }) => noteId)})`.execute(tx);
  const { rows: knownIdentities } = await sql<{ identity: string; callId: number }>`
    select identity, call_id as "callId" from call_identities
     where account_id = ${accountId} and identity = any(${notes.map(({ identity }) => identity)})`.execute(tx);
  const callOfNote = new Map(knownNotes.map(({ noteId, callId }) => [noteId, callId]));
  const callOfIdentity = new Map(knownIdentities.map(({ identity, callId }) => [identity, callId]));

  const added = new Map<string, number>();
  const add = (identity: string, callId: number) => {
    callOfIdentity.set(identity, callId);
    added.set(identity, callId);
  };
  // A known note brings its call a further identity, unless another call has it already.
  for (const { noteId, identity } of notes) {
    const callId = callOfNote.get(noteId);
    if (callId !== undefined && !callOfIdentity.has(identity)) add(identity, callId);
  }
  const strangers = () =>
    notes.filter(({ noteId, identity }) => !callOfNote.has(noteId) && !callOfIdentity.has(identity));
  for (const { identity, callId } of await callsOfUnsorted(tx, accountId, strangers())) add(identity, callId);

  const firstOfNewCall = new Map<string, SightedNote>();
  for (const note of strangers()) {
    if (!firstOfNewCall.has(note.identity)) firstOfNewCall.set(note.identity, note);
  }
  for (const [identity, callId] of await makeCalls(tx, accountId, [...firstOfNewCall.values()])) add(identity, callId);
  if (added.size > 0) {
    await tx
      .insertInto('call_identities')
      .values([...added].map(([identity, callId]) => ({ account_id: accountId, identity, call_id: callId })))
      .execute();
  }

  const callOf = new Map<number, number>();
  for (const { noteId, identity } of notes) {
    const callId = callOfNote.get(noteId) ?? callOfIdentity.get(identity);
    if (callId !== undefined) callOf.set(noteId, callId);
  }
  return callOf;
}

/**
 * What a call on an unsorted lead and the note that it gets when the lead is accepted have in common: the telephony's
 * id of the call or its link, but, as far as is known, not the telephony's name. A note looks among the calls that have
 * no note yet; an unsorted lead among the calls of the days around it.
 */
async function callsOfUnsorted(tx: Transaction<Schema>, accountId: number, notes: SightedNote[]) {
  if (notes.length === 0) return [];
  const { rows } = await sql<{ identity: string; callId: number }>`
    select distinct on (n.identity) n.identity, c.call_id as "callId"
      from json_to_recordset(${JSON.stringify(notes)}::json)
        as n(identity text, "noteId" bigint, "startedAt" timestamptz, uniq text, link text)
      join calls c on c.account_id = ${accountId} and (c.uniq = n.uniq or c.link = n.link)
       and ${
         notes.every(({ noteId }) => noteId > 0)
           ? sql`c.note_id < 0`
           : sql`c.started_at between n."startedAt" - interval '7 days' and n."startedAt" + interval '7 days'`
       }
     order by n.identity, c.call_id`.execute(tx);
  return rows;
}

async function makeCalls(
  tx: Transaction<Schema>,
  accountId: number,
  notes: SightedNote[],
): Promise<Map<string, number>> {
  if (notes.length === 0) return new Map();
  const rows = await tx
    .insertInto('calls')
    .values(
      notes.map((note) => ({
        account_id: accountId,
        note_id: note.noteId,
        entity_type: note.entityType,
        entity_id: note.entityId,
        direction: note.direction,
        started_at: note.startedAt,
        talk_seconds: note.talkSeconds,
        operator_id: note.operatorId,
        link: note.link,
        phone: note.phone,
        uniq: note.uniq,
        source: note.source,
        result: note.result,
        status: note.status,
        unreadable: note.unreadable,
      })),
    )
    .returning(['call_id', 'note_id'])
    .execute();
  const callOfNote = new Map(rows.map((row) => [row.note_id, row.call_id]));
  return new Map(notes.map(({ identity, noteId }) => [identity, callOfNote.get(noteId) ?? 0]));
}
