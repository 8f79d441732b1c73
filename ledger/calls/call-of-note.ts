import { sql, type Transaction } from 'kysely';
import { type CandidateCall, type Candidates, readCandidates } from './candidate-calls.ts';
import { factRow } from './call-facts.ts';
import type { SightedNote } from './calls.ts';
import { joinCall, unsentBareCalls } from './join-call.ts';
import type { Schema } from '../schema.ts';

/** Finds or makes the call of each note; answers note id → call id. */
export async function giveCalls(
  tx: Transaction<Schema>,
  accountId: number,
  notes: SightedNote[],
): Promise<Map<number, number>> {
  const { rows: knownNotes } = await sql<{ noteId: number; callId: number }>`
    select note_id as "noteId", call_id as "callId" from call_notes
     where account_id = ${accountId} and note_id = any(${notes.map(({ noteId }) => noteId)})`.execute(tx);
  const knownCallOf = new Map(knownNotes.map(({ noteId, callId }) => [noteId, callId]));
  const candidates = await readCandidates(tx, accountId, notes, knownCallOf);

  const added: { call: CandidateCall; identity: string }[] = [];
  const add = (call: CandidateCall, note: SightedNote) => {
    if (candidates.take(call, note)) added.push({ call, identity: note.identity });
  };
  const callOf = new Map<number, CandidateCall>();
  const changed = notes.filter(({ noteId, identity }) => {
    const call = candidates.byId(knownCallOf.get(noteId));
    if (call) callOf.set(noteId, call);
    return call !== undefined && !call.identities.has(identity);
  });
  await joinOrLearn(tx, changed, { callOf, candidates, add });

  const made: { call: CandidateCall; note: SightedNote }[] = [];
  for (const note of notes) {
    if (callOf.has(note.noteId)) continue;
    let call = candidates.named(note) ?? candidates.likely(note);
    if (!call) {
      call = candidates.make(note);
      made.push({ call, note });
    }
    callOf.set(note.noteId, call);
    add(call, note);
  }
  await makeCalls(tx, accountId, made);
  if (added.length > 0) {
    await tx
      .insertInto('call_identities')
      .values(added.map(({ call, identity }) => ({ account_id: accountId, identity, call_id: call.callId })))
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  }
  return new Map([...callOf].map(([noteId, { callId }]) => [noteId, callId]));
}

/**
 * A known note brings its call a further identity. Where another call has that already, the two are one: a call of
 * which nothing was known but its note, and which therefore was never sent, goes over into the other; any other stays
 * what it is, because a plan may have been carried out with it.
 */
async function joinOrLearn(
  tx: Transaction<Schema>,
  changed: SightedNote[],
  {
    callOf,
    candidates,
    add,
  }: {
    callOf: Map<number, CandidateCall>;
    candidates: Candidates;
    add: (call: CandidateCall, note: SightedNote) => void;
  },
): Promise<void> {
  if (changed.length === 0) return;
  const bare = await unsentBareCalls(
    tx,
    changed.map(({ noteId }) => callOf.get(noteId)?.callId ?? 0),
  );
  for (const note of changed) {
    const own = callOf.get(note.noteId);
    if (!own) continue;
    const named = candidates.named(note);
    const other = named ?? (bare.has(own.callId) ? candidates.likely(note) : undefined);
    if (!other || other === own) {
      add(own, note);
      bare.delete(own.callId);
    } else if (bare.has(own.callId)) {
      await joinCall(tx, own.callId, other.callId);
      for (const [noteId, call] of callOf) if (call === own) callOf.set(noteId, other);
      candidates.leaveOut(own);
      add(other, note);
    }
  }
}

async function makeCalls(
  tx: Transaction<Schema>,
  accountId: number,
  made: { call: CandidateCall; note: SightedNote }[],
): Promise<void> {
  if (made.length === 0) return;
  const rows = await tx
    .insertInto('calls')
    .values(made.map(({ note }) => ({ account_id: accountId, ...factRow(note) })))
    .returning(['call_id', 'note_id'])
    .execute();
  const idOf = new Map(rows.map((row) => [row.note_id, row.call_id]));
  for (const { call, note } of made) call.callId = idOf.get(note.noteId) ?? 0;
}
