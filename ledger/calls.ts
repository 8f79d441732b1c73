import { sql, type Transaction } from 'kysely';
import type { Database } from './database.ts';
import type { CallDirection, EntityType, Schema } from './schema.ts';

/** A call note as the listing saw it: one sighting of a call on one entity. */
export interface SightedNote {
  noteId: number;
  entityType: EntityType;
  entityId: number;
  /** What tells calls apart: telephony and its call id, else the recording link, else the note itself. */
  identity: string;
  direction: CallDirection;
  /** The note's `created_at`. */
  startedAt: Date;
  updatedAt: Date;
  /** Null when the note does not say, which is not the same as 0. */
  talkSeconds: number | null;
  operatorId: number | null;
  link: string | null;
  phone: string | null;
  uniq: string | null;
  source: string | null;
  result: string | null;
  status: number | null;
  /** The note's parameters could not be read: the call is known, and fails with that reason. */
  unreadable: boolean;
}

export interface Sightings {
  /** Calls that the export had not met before. */
  newCalls: number;
}

export function createCalls(db: Database) {
  return {
    /**
     * Records a page of sightings in one transaction and lists their calls in the export. A note that was given to a
     * call before stays with it, whatever its identity is now; notes of one identity are one call, whose time is its
     * earliest note's, whose note id is the lowest and whose link is the newest that is known. Seeing a page twice
     * changes nothing.
     */
    recordSightings: (accountId: number, exportId: string, notes: SightedNote[]): Promise<Sightings> =>
      db.transaction().execute(async (tx) => {
        if (notes.length === 0) return { newCalls: 0 };
        // Two listings of one account (an export and a preview) take turns, so that one call is never made twice.
        await sql`select pg_advisory_xact_lock(hashtext('calls'), hashtext(${String(accountId)}))`.execute(tx);
        const callOf = await giveCalls(tx, accountId, notes);
        await mergeNotes(tx, accountId, notes, callOf);
        return { newCalls: await listCalls(tx, exportId, [...new Set(callOf.values())]) };
      }),

    /** The notes of the export's calls that still wait for a recording, by what they hang on. */
    async waitingNotes(exportId: string, after: number, limit: number) {
      const { rows } = await sql<{ noteId: number; entityType: EntityType }>`
        select n.note_id as "noteId", n.entity_type as "entityType"
          from transfers t join call_notes n using (call_id)
         where t.export_id = ${exportId} and t.state in ('waiting', 'listed') and n.note_id > ${after}
         order by n.note_id
         limit ${limit}`.execute(db);
      return rows;
    },
  };
}

/** Finds or makes the call of each note; answers note id → call id. */
async function giveCalls(
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

  // A known note brings its call a further identity, unless another call has it already.
  const added = new Map<string, number>();
  for (const { noteId, identity } of notes) {
    const callId = callOfNote.get(noteId);
    if (callId === undefined || callOfIdentity.has(identity)) continue;
    callOfIdentity.set(identity, callId);
    added.set(identity, callId);
  }

  const firstOfNewCall = new Map<string, SightedNote>();
  for (const note of notes) {
    if (callOfNote.has(note.noteId) || callOfIdentity.has(note.identity)) continue;
    if (!firstOfNewCall.has(note.identity)) firstOfNewCall.set(note.identity, note);
  }
  const made = await makeCalls(tx, accountId, [...firstOfNewCall.values()]);
  for (const [identity, callId] of made) {
    callOfIdentity.set(identity, callId);
    added.set(identity, callId);
  }
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
        link_updated_at: note.link === null ? null : note.updatedAt,
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

/** Remembers the notes and lets the calls learn what the notes now say. */
async function mergeNotes(
  tx: Transaction<Schema>,
  accountId: number,
  notes: SightedNote[],
  callOf: Map<number, number>,
) {
  const sighted = JSON.stringify(notes.map((note) => ({ ...note, callId: callOf.get(note.noteId) })));
  await sql`
    insert into call_notes (account_id, note_id, call_id, entity_type, entity_id, updated_at)
    select distinct on ("noteId") ${accountId}, "noteId", "callId", "entityType", "entityId", "updatedAt"
      from json_to_recordset(${sighted}::json)
        as n("noteId" bigint, "callId" bigint, "entityType" text, "entityId" bigint, "updatedAt" timestamptz)
    on conflict (account_id, note_id) do update set updated_at = excluded.updated_at
     where call_notes.updated_at is distinct from excluded.updated_at`.execute(tx);

  await sql`
    with merged as (
      select "callId" as call_id,
             min("startedAt") as started_at,
             max("talkSeconds") as talk_seconds,
             (array_agg("noteId" order by "noteId"))[1] as note_id,
             (array_agg("entityType" order by "noteId"))[1] as entity_type,
             (array_agg("entityId" order by "noteId"))[1] as entity_id,
             (array_agg("operatorId" order by "noteId") filter (where "operatorId" is not null))[1] as operator_id,
             (array_agg(link order by "updatedAt" desc) filter (where link is not null))[1] as link,
             max("updatedAt") filter (where link is not null) as link_updated_at,
             max(phone) as phone, max(uniq) as uniq, max(source) as source, max(result) as result, max(status) as status,
             bool_and(unreadable) as unreadable
        from json_to_recordset(${sighted}::json)
          as n("noteId" bigint, "callId" bigint, "entityType" text, "entityId" bigint, "startedAt" timestamptz,
               "updatedAt" timestamptz, "talkSeconds" int, "operatorId" bigint, link text, phone text, uniq text,
               source text, result text, status int, unreadable boolean)
       group by 1
    )
    update calls c
       set started_at = least(c.started_at, m.started_at),
           talk_seconds = greatest(c.talk_seconds, m.talk_seconds),
           entity_type = case when m.note_id < c.note_id then m.entity_type else c.entity_type end,
           entity_id = case when m.note_id < c.note_id then m.entity_id else c.entity_id end,
           note_id = least(c.note_id, m.note_id),
           operator_id = case when m.note_id <= c.note_id then coalesce(m.operator_id, c.operator_id)
                              else coalesce(c.operator_id, m.operator_id) end,
           link = case when m.link_updated_at >= coalesce(c.link_updated_at, '-infinity') then m.link else c.link end,
           link_updated_at = greatest(c.link_updated_at, m.link_updated_at),
           phone = coalesce(m.phone, c.phone), uniq = coalesce(m.uniq, c.uniq), source = coalesce(m.source, c.source),
           result = coalesce(m.result, c.result), status = coalesce(m.status, c.status),
           unreadable = c.unreadable and m.unreadable
      from merged m
     where c.call_id = m.call_id`.execute(tx);
}

async function listCalls(tx: Transaction<Schema>, exportId: string, callIds: number[]): Promise<number> {
  const result = await sql`
    insert into transfers (export_id, call_id, state)
    select ${exportId}, unnest(${callIds}::bigint[]), 'listed'
    on conflict (export_id, call_id) do nothing`.execute(tx);
  return Number(result.numAffectedRows ?? 0n);
}
