import { randomBytes } from 'node:crypto';
import type { SandboxClock } from '../clock.ts';
import type { RecordingFormat } from '../recording-formats.ts';
import { isCallType, noteTypeName } from './call-types.ts';
import { linkOf, seedCalls } from './calls.ts';
import { type Entities, seedEntities } from './entities.ts';
import { callEvent, EventFeed, leadEvent } from './event-feed.ts';
import type { EntityType, Note, Operator, Recording, WorldCall } from './model.ts';
import { NoteIndex } from './note-index.ts';
import { seedOperators } from './operators.ts';
import { PIPELINES } from './pipelines.ts';
import { Random } from './random.ts';
import { addCards, seedUnsorted, type Unsorted } from './unsorted.ts';

export interface WorldOptions {
  /** Default 1. */
  seed?: number | undefined;
  /** Default 300. */
  calls?: number | undefined;
  /** How far back calls reach; default 21 days. */
  days?: number | undefined;
  /** IANA name; default Europe/Moscow. */
  timeZone?: string | undefined;
  /** Whether the account uses customers; default false. */
  customers?: boolean | undefined;
  /** How many requests wait unsorted, calls but for one; they are no calls of the account until accepted. Default 0. */
  unsorted?: number | undefined;
  /** Multiplies every talk; default 1. */
  talkScale?: number | undefined;
  /** Weights of the recordings' formats. */
  formats?: Partial<Record<RecordingFormat, number>> | undefined;
}

export interface WorldSurroundings {
  clock: SandboxClock;
  recordingUrl(recording: Recording): string;
}

export interface NoteToInsert {
  /** Default: the first contact. */
  entityType?: EntityType | undefined;
  entityId?: number | undefined;
  noteType: string;
  params?: unknown;
  createdAt?: number | undefined;
  updatedAt?: number | undefined;
  postedAt?: number | undefined;
  createdBy?: number | undefined;
  responsibleUserId?: number | undefined;
  /** Gives the note a link to a recording of this kind. */
  recording?: { format: RecordingFormat; talkSeconds: number } | undefined;
}

export interface UnsortedToAdd extends Pick<Unsorted, 'sourceUid' | 'sourceName' | 'metadata' | 'callWanted'> {
  pipelineId?: number | undefined;
  createdAt?: number | undefined;
  phone: string;
}

export interface NotePatch {
  /** Merged into an object's keys, else put in its place. */
  params?: unknown;
  createdAt?: number | undefined;
  /** Default: now on the sandbox's clock. */
  updatedAt?: number | undefined;
}

const FORMATS: Partial<Record<RecordingFormat, number>> = { mp3: 80, wav: 13, ogg: 7 };

/** What is true in the sandbox's account. Its parts change place on `reseed`: always read them off the world. */
export class World {
  readonly #surroundings: WorldSurroundings;
  timeZone = 'Europe/Moscow';
  seed = 1;
  customersOn = false;
  operators: [Operator, ...Operator[]] = seedOperators(new Random(1));
  entities: Entities = { contacts: new Map(), leads: new Map(), companies: new Map(), customers: new Map() };
  notes = new NoteIndex([]);
  events = new EventFeed([]);
  calls: WorldCall[] = [];
  unsorted = new Map<string, Unsorted>();
  unsortedAccepted = 0;
  #callOfNote = new Map<number, WorldCall>();
  #waiting: WorldCall[] = [];
  #lastNoteId = 0;

  constructor(surroundings: WorldSurroundings, options: WorldOptions) {
    this.#surroundings = surroundings;
    this.reseed(options);
  }

  /** A fresh account, the same for the same options; only the times depend on the clock. */
  reseed(options: WorldOptions): void {
    const now = this.now();
    const count = options.calls ?? 300;
    const random = new Random(options.seed ?? 1);
    this.seed = options.seed ?? 1;
    this.timeZone = options.timeZone ?? 'Europe/Moscow';
    this.customersOn = options.customers ?? false;
    this.operators = seedOperators(random.fork('operators'));
    this.entities = seedEntities(random.fork('entities'), {
      contacts: Math.max(20, Math.ceil(count / 10)),
      customers: this.customersOn,
      operators: this.operators,
      now,
      timeZone: this.timeZone,
    });
    const seeded = seedCalls(random.fork('calls'), {
      count,
      now,
      days: options.days ?? 21,
      timeZone: this.timeZone,
      talkScale: options.talkScale ?? 1,
      formats: { ...FORMATS, ...options.formats },
      operators: this.operators,
      entities: this.entities,
      recordingUrl: (recording) => this.#surroundings.recordingUrl(recording),
    });
    const unsorted = seedUnsorted(random.fork('unsorted'), {
      count: options.unsorted ?? 0,
      now,
      entities: this.entities,
      operators: this.operators,
      recordingUrl: (recording) => this.#surroundings.recordingUrl(recording),
    });
    this.unsorted = new Map(unsorted.map((one) => [one.uid, one]));
    this.unsortedAccepted = 0;
    this.calls = seeded.calls;
    this.notes = new NoteIndex(seeded.notes);
    this.events = new EventFeed([
      ...[...this.entities.leads.values()].map(leadEvent),
      ...seeded.notes.flatMap((note) => callEvent(note) ?? []),
    ]);
    this.#callOfNote = new Map(seeded.calls.flatMap((call) => call.noteIds.map((id) => [id, call] as const)));
    this.#waiting = seeded.calls.filter((call) => call.linkDueAt !== null);
    this.#lastNoteId = seeded.notes.at(-1)?.id ?? 42_743_871;
  }

  /** Unix seconds on the sandbox's clock. */
  now(): number {
    return Math.floor(this.#surroundings.clock.nowMs() / 1000);
  }

  /** Lets everything happen that the clock has come to: links that were still to arrive. */
  settle(): void {
    const now = this.now();
    const due = this.#waiting.filter((call) => (call.linkDueAt ?? 0) <= now);
    if (due.length === 0) return;
    this.#waiting = this.#waiting.filter((call) => (call.linkDueAt ?? 0) > now);
    for (const call of due) this.#link(call, call.linkDueAt ?? now);
  }

  callOfNote(noteId: number): WorldCall | undefined {
    return this.#callOfNote.get(noteId);
  }

  callByWorldId(worldId: string): WorldCall | undefined {
    return this.calls.find((call) => call.worldId === worldId);
  }

  /** Adds a note; a call's note joins the call of its `uniq` or becomes a call of its own. */
  insertNote(given: NoteToInsert): Note {
    const now = this.now();
    const id = (this.#lastNoteId += 2);
    const createdAt = given.createdAt ?? now;
    const postedAt = given.postedAt ?? Math.max(createdAt, given.updatedAt ?? createdAt);
    const note: Note = {
      id,
      entityType: given.entityType ?? 'contacts',
      entityId: given.entityId ?? this.entities.contacts.keys().next().value ?? 0,
      noteType: given.noteType,
      createdBy: given.createdBy ?? this.operators[0].id,
      responsibleUserId: given.responsibleUserId ?? given.createdBy ?? this.operators[0].id,
      createdAt,
      updatedAt: given.updatedAt ?? now,
      postedAt,
      params: given.params,
    };
    if (isCallType(note.noteType)) this.#joinCall(note, given);
    this.notes.insert(note);
    const event = callEvent(note);
    if (event !== undefined) this.events.add(event);
    return note;
  }

  patchNote(noteId: number, patch: NotePatch): Note | undefined {
    const note = this.notes.get(noteId);
    if (note === undefined) return undefined;
    const changed: Note = {
      ...note,
      params: 'params' in patch ? merged(note.params, patch.params) : note.params,
      createdAt: patch.createdAt ?? note.createdAt,
      updatedAt: patch.updatedAt ?? this.now(),
    };
    this.notes.replace(changed);
    const call = this.#callOfNote.get(noteId);
    if (call !== undefined) call.hasLink = call.noteIds.some((id) => hasLink(this.notes.get(id)));
    return changed;
  }

  deleteNote(noteId: number): Note | undefined {
    const note = this.notes.remove(noteId);
    const call = this.#callOfNote.get(noteId);
    if (call !== undefined) {
      call.noteIds = call.noteIds.filter((id) => id !== noteId);
      if (call.noteIds.length === 0) this.calls = this.calls.filter((other) => other !== call);
    }
    this.#callOfNote.delete(noteId);
    return note;
  }

  /** An unknown number calls: amoCRM makes a contact and a lead for it and waits for somebody to sort them. */
  addUnsorted(given: UnsortedToAdd): Unsorted {
    const at = given.createdAt ?? this.now();
    const digits = given.phone.replace(/\D/g, '').slice(-10);
    const one: Unsorted = {
      uid: randomBytes(30).toString('hex'),
      category: 'sip',
      sourceUid: given.sourceUid,
      sourceName: given.sourceName,
      pipelineId: given.pipelineId ?? PIPELINES[0].id,
      createdAt: at,
      metadata: given.metadata,
      callWanted: given.callWanted,
      ...addCards(this.entities, { name: given.sourceName, digits, at, owner: this.operators[0] }),
    };
    this.unsorted.set(one.uid, one);
    return one;
  }

  /** Somebody sorts it: the lead enters the pipeline, the call becomes a note on the contact. Undefined if there is none. */
  acceptUnsorted(uid: string, by: { userId?: number | undefined; statusId?: number | undefined }) {
    const one = this.unsorted.get(uid);
    const lead = this.entities.leads.get(one?.leadId ?? 0);
    if (one === undefined || lead === undefined) return undefined;
    this.unsorted.delete(uid);
    this.unsortedAccepted += 1;
    lead.statusId = by.statusId ?? PIPELINES[0].statuses.find((status) => status.isEditable)?.id ?? lead.statusId;
    lead.updatedAt = this.now();
    if (!one.callWanted) return one;
    const { phone, called_at: calledAt, duration, link, uniq } = one.metadata;
    this.insertNote({
      entityType: 'contacts',
      entityId: one.contactId,
      noteType: 'call_in',
      params: { uniq: uniq ?? '', duration: Number(duration), source: one.sourceName, link, phone: String(phone) },
      createdAt: Number(calledAt),
      postedAt: this.now(),
      createdBy: by.userId,
    });
    return one;
  }

  /** The telephony delivers the call's recording now. */
  giveLink(worldId: string): WorldCall | undefined {
    const call = this.callByWorldId(worldId);
    if (call === undefined || call.format === null) return undefined;
    this.#waiting = this.#waiting.filter((other) => other !== call);
    this.#link(call, this.now());
    return call;
  }

  #link(call: WorldCall, at: number): void {
    call.hasLink = true;
    call.linkDueAt = null;
    const link = linkOf(call, this.#surroundings);
    for (const noteId of call.noteIds) this.patchNote(noteId, { params: { link }, updatedAt: at });
  }

  #joinCall(note: Note, given: NoteToInsert): void {
    const params = readParams(note.params);
    const uniq = typeof params['uniq'] === 'string' ? params['uniq'] : '';
    const known = uniq === '' ? undefined : this.calls.find((call) => call.uniq === uniq);
    const said = params['duration'] === undefined ? null : Number(params['duration']);
    const talkSeconds = given.recording?.talkSeconds ?? said ?? 0;
    const call: WorldCall = known ?? {
      worldId: `n${note.id}`,
      uniq,
      noteIds: [],
      entities: [],
      direction: noteTypeName(note.noteType) === 'call_in' ? 'in' : 'out',
      startedAt: note.createdAt,
      talkSeconds,
      noteDuration: said,
      hasLink: hasLink(note),
      linkDueAt: null,
      operatorId: note.responsibleUserId,
      format: given.recording?.format ?? (talkSeconds > 0 ? 'mp3' : null),
    };
    if (known === undefined) this.calls.push(call);
    if (given.recording !== undefined) {
      call.hasLink = true;
      note.params = merged(note.params, { link: linkOf(call, this.#surroundings) });
    }
    call.noteIds.push(note.id);
    call.startedAt = Math.min(call.startedAt, note.createdAt);
    call.entities.push({ entityType: note.entityType, entityId: note.entityId });
    this.#callOfNote.set(note.id, call);
  }
}

function readParams(params: unknown): Record<string, unknown> {
  if (typeof params === 'string') return readParams(parsed(params));
  return typeof params === 'object' && params !== null ? { ...params } : {};
}

/** Tests insert params that no telephony could mean. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function hasLink(note: Note | undefined): boolean {
  const { link } = readParams(note?.params);
  return typeof link === 'string' && link !== '';
}

/** A note whose params were a JSON string keeps them so. */
function merged(before: unknown, patch: unknown): unknown {
  if (typeof patch !== 'object' || patch === null) return patch;
  const both = { ...readParams(before), ...patch };
  return typeof before === 'string' ? JSON.stringify(both) : both;
}
