import { sql, type Transaction } from 'kysely';
import type { SightedNote } from './calls.ts';
import { contradictsIdentity, contradictsTraits } from './contradiction.ts';
import type { Schema } from '../schema.ts';

/**
 * Notes further apart are no notes of one call, whatever they share: a telephony that is set up anew counts its calls
 * from one again, and what stands in a link's place until it is known may be the same for every call.
 */
const WINDOW_DAYS = 7;
const WINDOW_MS = WINDOW_DAYS * 86_400_000;

/** A call that a note may be one of. */
export interface CandidateCall extends Pick<
  SightedNote,
  'noteId' | 'startedAt' | 'uniq' | 'source' | 'link' | 'phone'
> {
  /** 0 while it is only about to be made. */
  callId: number;
  /** Those of the notes at hand that it is known by. */
  identities: Set<string>;
}

/** The calls that notes at hand may belong to: those in the ledger, and those that are about to be made of them. */
export class Candidates {
  readonly #byId = new Map<number, CandidateCall>();
  readonly #byIdentity = new Map<string, CandidateCall[]>();
  /** By what tells less than an identity. */
  readonly #byTrait = new Map<string, CandidateCall[]>();

  /** A call of the ledger; known by the identity, if one is given. */
  know(row: Omit<CandidateCall, 'identities'>, identity: string | null): CandidateCall {
    let call = this.#byId.get(row.callId);
    if (!call) {
      call = { ...row, identities: new Set() };
      this.#byId.set(row.callId, call);
      this.#note(call);
    }
    if (identity !== null) this.#name(call, identity);
    return call;
  }

  byId(callId: number | undefined): CandidateCall | undefined {
    return callId === undefined ? undefined : this.#byId.get(callId);
  }

  /** The call, of about the note's time, that has the note's identity and nothing that speaks against it. */
  named(note: SightedNote): CandidateCall | undefined {
    const named = this.#byIdentity.get(note.identity) ?? [];
    return nearest(
      note,
      named.filter((call) => !contradictsIdentity(note, call)),
    );
  }

  /** The call, of about the note's time, that has so much in common with the note that it is most likely its own. */
  likely(note: SightedNote): CandidateCall | undefined {
    const alike = traitsOf(note).flatMap((trait) => this.#byTrait.get(trait) ?? []);
    return nearest(
      note,
      alike.filter((call) => isLikely(note, call) && !contradictsTraits(note, call)),
    );
  }

  /** A call that is to be made of this note. */
  make({ noteId, startedAt, uniq, source, link, phone }: SightedNote): CandidateCall {
    const call = { callId: 0, noteId, startedAt, uniq, source, link, phone, identities: new Set<string>() };
    this.#note(call);
    return call;
  }

  /** Takes the note into the call; true when its identity is one more that the call is known by. */
  take(call: CandidateCall, note: SightedNote): boolean {
    if (note.startedAt < call.startedAt) call.startedAt = note.startedAt;
    this.#learn(call, note);
    if (call.identities.has(note.identity)) return false;
    this.#name(call, note.identity);
    return true;
  }

  /** The call is no more. */
  leaveOut(call: CandidateCall): void {
    for (const calls of [...this.#byIdentity.values(), ...this.#byTrait.values()]) {
      const at = calls.indexOf(call);
      if (at !== -1) calls.splice(at, 1);
    }
  }

  #name(call: CandidateCall, identity: string): void {
    call.identities.add(identity);
    push(this.#byIdentity, identity, call);
  }

  #note(call: CandidateCall): void {
    for (const trait of traitsOf(call)) push(this.#byTrait, trait, call);
  }

  #learn(call: CandidateCall, { uniq, source, link, phone }: SightedNote): void {
    const known = traitsOf(call);
    call.uniq ??= uniq;
    call.source ??= source;
    call.link ??= link;
    call.phone ??= phone;
    for (const trait of traitsOf(call)) if (!known.includes(trait)) push(this.#byTrait, trait, call);
  }
}

/** Reads the calls that the notes may belong to, and those that they do belong to. */
export async function readCandidates(
  tx: Transaction<Schema>,
  accountId: number,
  notes: SightedNote[],
  knownCallOf: ReadonlyMap<number, number>,
): Promise<Candidates> {
  const candidates = new Candidates();
  const { rows } = await sql<Omit<CandidateCall, 'identities'> & { identity: string | null }>`
    select ${COLUMNS}, i.identity
      from call_identities i join calls c using (call_id)
     where i.account_id = ${accountId} and i.identity = any(${notes.map(({ identity }) => identity)})
    union all
    select ${COLUMNS}, null from calls c where c.call_id = any(${[...knownCallOf.values()]}::bigint[])`.execute(tx);
  for (const { identity, ...call } of rows) candidates.know(call, identity);

  const unnamed = notes.filter((note) => {
    const known = candidates.byId(knownCallOf.get(note.noteId));
    return known ? !known.identities.has(note.identity) : !candidates.named(note);
  });
  for (const call of await likelyCalls(tx, accountId, unnamed)) candidates.know(call, null);
  return candidates;
}

const COLUMNS = sql`c.call_id as "callId", c.note_id as "noteId", c.started_at as "startedAt", c.uniq, c.source, c.link, c.phone`;

/** As {@link isLikely}, each part by an index of its own. */
async function likelyCalls(tx: Transaction<Schema>, accountId: number, notes: SightedNote[]) {
  const traits = notes
    .filter(({ uniq, link }) => uniq !== null || link !== null)
    .map(({ noteId, startedAt, uniq, source, link }) => ({ noteId, startedAt, uniq, source, link }));
  if (traits.length === 0) return [];
  const { rows } = await sql<Omit<CandidateCall, 'identities'>>`
    with n as materialized (
      select "noteId", uniq, source, link,
             "startedAt" - make_interval(days => ${WINDOW_DAYS}) as earliest,
             "startedAt" + make_interval(days => ${WINDOW_DAYS}) as latest
        from json_to_recordset(${JSON.stringify(traits)}::json)
          as n("noteId" bigint, "startedAt" timestamptz, uniq text, source text, link text)
    )
    select ${COLUMNS}
      from n join calls c on c.account_id = ${accountId} and c.uniq = n.uniq
                         and c.started_at between n.earliest and n.latest
     where n.source is null or c.source is null or n."noteId" < 0 or c.note_id < 0
    union
    select ${COLUMNS}
      from n join calls c on c.account_id = ${accountId} and c.link = n.link
                         and c.started_at between n.earliest and n.latest
     where n.uniq is null or n."noteId" < 0
    union
    select ${COLUMNS}
      from n join calls c on c.account_id = ${accountId} and c.link = n.link
                         and c.started_at between n.earliest and n.latest
     where c.uniq is null or c.note_id < 0`.execute(tx);
  return rows;
}

/**
 * Copies of one call may name its telephony or not, and have its id of the call already, or the link alone. A call on
 * an unsorted lead and the note that it gets when the lead is accepted have that id in common, or the link, but, as far
 * as is known, not the telephony's name.
 */
function isLikely(note: SightedNote, call: CandidateCall): boolean {
  const sameUniq = note.uniq !== null && note.uniq === call.uniq;
  const sameLink = note.link !== null && note.link === call.link;
  if (note.noteId < 0 || call.noteId < 0) return sameUniq || sameLink;
  return (
    (sameUniq && (note.source === null || call.source === null)) ||
    (sameLink && (note.uniq === null || call.uniq === null))
  );
}

function traitsOf({ uniq, link }: Pick<SightedNote, 'uniq' | 'link'>): string[] {
  return [...(uniq === null ? [] : [`uniq ${uniq}`]), ...(link === null ? [] : [`link ${link}`])];
}

function nearest(note: SightedNote, calls: CandidateCall[]): CandidateCall | undefined {
  const distance = ({ startedAt }: CandidateCall) => Math.abs(startedAt.getTime() - note.startedAt.getTime());
  return calls
    .filter((call) => distance(call) <= WINDOW_MS)
    .toSorted((one, other) => distance(one) - distance(other) || one.callId - other.callId)[0];
}

function push(map: Map<string, CandidateCall[]>, key: string, call: CandidateCall): void {
  const calls = map.get(key);
  if (calls) calls.push(call);
  else map.set(key, [call]);
}
