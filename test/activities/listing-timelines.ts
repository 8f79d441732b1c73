import fc from 'fast-check';
import type { EntityType, Note } from '../../sandbox/world/model.ts';
import type { World } from '../../sandbox/world/world.ts';
import type { MovableClock } from '../../sandbox/clock.ts';
import { accepted, unsortedCall } from './unsorted-lead.ts';

/** How a telephony may write the same parameters. */
const STYLES = ['object', 'json', 'capitals', 'strings', 'more', 'src'] as const;

interface NewNote {
  place: EntityType;
  noteType: 'call_in' | 'call_out' | '10' | '11' | 'common';
  style: (typeof STYLES)[number];
  /** Notes of one number are copies of one call; null: the telephony gives no id. */
  uniq: number | null;
  link: boolean;
  /** Copies of one recorded call, which have its link in common; some have the telephony's id as well. */
  recording?: { of: number; named: boolean } | null;
}

export type Change =
  | { kind: 'insert'; note: NewNote; startedAgo: number; updatedAgo: number | null }
  | { kind: 'edit'; target: number; updatedAgo: number | null }
  | { kind: 'link'; target: number }
  | { kind: 'tell'; target: number; uniq: number }
  | { kind: 'name'; target: number }
  | { kind: 'move'; target: number; startedAgo: number }
  | { kind: 'mass edit'; from: number; count: number }
  | { kind: 'delete'; target: number }
  | { kind: 'unsorted'; uniq: number }
  | { kind: 'accept'; target: number }
  | { kind: 'clock'; seconds: number };

export interface Timeline {
  limits: { notes: number; events: number };
  /** This page is always too much for amoCRM at once, where halves can be asked for. */
  heavyPage?: number | null;
  eventDelaySeconds: number;
  /** The period ends this long ago. */
  endedAgo: number;
  unsorted: boolean;
  /** Seconds ago at which notes were edited last: few, so that many share one. */
  atStart: { note: NewNote; startedAgo: number; updatedAgo: number }[];
  unsortedAtStart: number[];
  /** What happens between an answer and the next, answer by answer. */
  changes: Change[][];
}

const PERIOD_SECONDS = 2 * 86_400;

const DAY = 86_400;
const pageSize = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: 2, max: 12 }) },
  { weight: 1, arbitrary: fc.constant(1) },
  { weight: 2, arbitrary: fc.integer({ min: 13, max: 250 }) },
  // Above the maximum amoCRM gives 50 without a word.
  { weight: 1, arbitrary: fc.integer({ min: 251, max: 1_000 }) },
);

const newNote: fc.Arbitrary<NewNote> = fc.record({
  place: fc.constantFrom('contacts', 'contacts', 'contacts', 'leads', 'companies', 'customers'),
  noteType: fc.constantFrom('call_in', 'call_in', 'call_out', '10', '11', 'common'),
  style: fc.constantFrom(...STYLES),
  uniq: fc.oneof({ weight: 3, arbitrary: fc.constant(null) }, { weight: 2, arbitrary: fc.nat(5) }),
  link: fc.boolean(),
  recording: fc.oneof(
    { weight: 4, arbitrary: fc.constant(null) },
    { weight: 1, arbitrary: fc.record({ of: fc.nat(1), named: fc.boolean() }) },
  ),
});

/** When a call was, before the listing: mostly within the period, sometimes days before it. */
const startedAgo = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 0, max: PERIOD_SECONDS }) },
  { weight: 1, arbitrary: fc.integer({ min: PERIOD_SECONDS, max: PERIOD_SECONDS + 3 * DAY }) },
);
const moment = fc.constantFrom(0, 0, 1, 2, 60, 61, 3_600, 3_601, DAY);
const target = fc.nat(60);

const change: fc.Arbitrary<Change> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('insert' as const),
      note: newNote,
      startedAgo,
      updatedAgo: fc.oneof({ weight: 4, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: moment }),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('edit' as const),
      target,
      updatedAgo: fc.oneof({ weight: 8, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: moment }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('link' as const), target }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('tell' as const), target, uniq: fc.nat(5) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('name' as const), target }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('move' as const), target, startedAgo }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('mass edit' as const),
      from: target,
      count: fc.integer({ min: 2, max: 9 }),
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('delete' as const), target }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('unsorted' as const), uniq: fc.nat(5) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('accept' as const), target }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('clock' as const), seconds: fc.integer({ min: 1, max: 4 }) }) },
);

export const timelines: fc.Arbitrary<Timeline> = fc.record({
  limits: fc.record({ notes: pageSize, events: pageSize }),
  heavyPage: fc.constantFrom(null, null, null, 2, 3),
  // Late ones as often as not: events in time make up for whatever the listing itself loses.
  eventDelaySeconds: fc.constantFrom(0, 960),
  endedAgo: fc.constantFrom(-3_600, -3_600, 3_600),
  unsorted: fc.constantFrom(false, false, true),
  atStart: fc.array(fc.record({ note: newNote, startedAgo, updatedAgo: moment }), { maxLength: 12 }),
  unsortedAtStart: fc.array(fc.nat(5), { maxLength: 3 }),
  changes: fc.array(fc.array(change, { maxLength: 3 }), { maxLength: 10 }),
});

/** A call note as the account has ever had it. */
interface Known {
  id: number;
  place: EntityType | 'unsorted';
  /** What makes it one call with other notes. */
  call: string;
  /** Nothing tells yet what it is of. */
  bare: boolean;
  /** The recorded call that it is a copy of. */
  recording: number | null;
  /** The telephony told that later: the note stays until it has been read again. */
  told: boolean;
  /** Every `created_at` that it has had. */
  startedAt: number[];
  deleted: boolean;
  /** Its `updated_at` was set back while the listing went on: only an event can tell of it for certain. */
  setBack: boolean;
  /** It came when the events were being read: none of this listing's. */
  late: boolean;
}

/** Plays a timeline against the sandbox's account, and knows which calls a listing must have met, and which it may. */
export class Player {
  readonly #world: World;
  readonly #clock: MovableClock;
  readonly #timeline: Timeline;
  readonly #start: number;
  readonly #notes: Known[] = [];
  readonly #unsorted: { uid: string; call: string; startedAt: number; accepted: boolean; late: boolean }[] = [];
  readonly #drained = new Set<string>();
  #listing = false;
  #source = 'contacts';
  #ending = false;
  #steps = 0;

  constructor(world: World, clock: MovableClock, timeline: Timeline) {
    this.#world = world;
    this.#clock = clock;
    this.#timeline = timeline;
    this.#start = world.now();
    for (const { note, startedAgo: ago, updatedAgo } of timeline.atStart) {
      this.#insert(note, this.#start - ago, this.#start - updatedAgo);
    }
    for (const uniq of timeline.unsortedAtStart) this.#insertUnsorted(uniq);
    this.#listing = true;
  }

  get period(): { from: number; until: number } {
    return { from: this.#start - PERIOD_SECONDS, until: this.#start - this.#timeline.endedAgo };
  }

  /**
   * A page of this source is about to be read: those before it are drained, and this one too where it is `ending`, on its
   * way back over its end.
   */
  before({ source, ending }: { source: string; ending: boolean }): void {
    if (source !== this.#source) this.#drained.add(this.#source);
    this.#source = source;
    this.#ending = ending;
    this.#next();
  }

  answered(): void {
    if (this.#source === 'events') this.#next();
  }

  /** What has not happened yet happens now: the listing is over, its waiting calls are not read again yet. */
  rest(): void {
    while (this.#steps < this.#timeline.changes.length) this.#next();
  }

  #next(): void {
    for (const one of this.#timeline.changes[this.#steps++] ?? []) this.#change(one);
  }

  /** Calls of the period that the listing must have: their notes were there, and stayed. */
  mustBeFound(): string[] {
    const eventsTell = this.#timeline.eventDelaySeconds === 0;
    const sure = this.#notes.filter(({ deleted, setBack, late }) => !deleted && !late && (!setBack || eventsTell));
    const calls = [
      ...sure.map(({ call }) => call),
      ...(this.#timeline.unsorted
        ? this.#unsorted.filter(({ late, accepted }) => !late && !accepted).map(({ call }) => call)
        : []),
    ];
    return [...new Set(calls)].filter((call) => this.#timesOf(call).every((at) => this.#inPeriod(at)));
  }

  /** Calls that were in the period at some moment. */
  mayBeFound(): Set<string> {
    const calls = [
      ...this.#notes.map(({ call }) => call),
      ...(this.#timeline.unsorted ? this.#unsorted.map(({ call }) => call) : []),
    ];
    return new Set(calls.filter((call) => this.#timesOf(call).some((at) => this.#inPeriod(at))));
  }

  /** The calls of the period that the account holds now, when nothing happens any more: none must be missing, or more. */
  holds(): string[] {
    const noted = this.#alive().map(({ call, startedAt }) => ({ call, at: startedAt.at(-1) ?? 0 }));
    const unsorted = this.#unsorted
      .filter(({ accepted }) => this.#timeline.unsorted && !accepted)
      .map(({ call, startedAt }) => ({ call, at: startedAt }));
    const { from, until } = this.period;
    const startOf = new Map<string, number>();
    for (const { call, at } of [...noted, ...unsorted]) {
      // What is days away from the period is not looked at, and so makes no call of the period an older one.
      if (at >= from - DAY && at < until + DAY) startOf.set(call, Math.min(at, startOf.get(call) ?? at));
    }
    return [...startOf].filter(([, at]) => this.#inPeriod(at)).map(([call]) => call);
  }

  /** Of these, the calls whose time an older listing of the account cannot have put outside the period. */
  holdsAllAlong(): string[] {
    return this.holds().filter((call) => this.#timesOf(call).every((at) => this.#inPeriod(at)));
  }

  /** The call of a note, by the telephony's own account. */
  callOfNote(noteId: number): string {
    const known = this.#notes.find(({ id }) => id === noteId);
    if (known) return known.call;
    const lead = this.#unsorted.find(({ uid }) => this.#leadIds.get(uid) === -noteId);
    if (lead) return lead.call;
    throw new Error(`nobody wrote note ${noteId}`);
  }

  readonly #leadIds = new Map<string, number>();

  /** The end of this source has been read: what comes now may be none of this listing's. */
  #isSeen(place: string): boolean {
    return this.#drained.has(place) || (this.#ending && place === this.#source);
  }

  #inPeriod(at: number): boolean {
    return at >= this.period.from && at < this.period.until;
  }

  #timesOf(call: string): number[] {
    return [
      ...this.#notes.filter((note) => note.call === call).flatMap(({ startedAt }) => startedAt),
      ...this.#unsorted.filter((lead) => lead.call === call).map(({ startedAt }) => startedAt),
    ];
  }

  #insert(note: NewNote, createdAt: number, updatedAt: number): void {
    const now = this.#world.now();
    const inserted = this.#world.insertNote({
      entityType: note.place,
      entityId: 1,
      noteType: note.noteType,
      createdAt,
      updatedAt,
      ...(this.#listing ? { postedAt: now } : {}),
      params: {},
    });
    this.#world.patchNote(inserted.id, { params: paramsOf(note, inserted.id), updatedAt });
    if (note.noteType === 'common') return;
    this.#notes.push({
      id: inserted.id,
      place: note.place,
      call: callOf(note, inserted.id),
      bare: !note.recording && note.uniq === null && !note.link,
      recording: note.recording?.of ?? null,
      told: false,
      startedAt: [createdAt],
      deleted: false,
      late: this.#source === 'events',
      // Of what comes in after its source was drained only an event can tell.
      setBack: this.#listing && (updatedAt < now || this.#isSeen(note.place)),
    });
  }

  #insertUnsorted(uniq: number): void {
    const calledAt = this.#world.now() - 7_200;
    const lead = unsortedCall(this.#world, {
      uniq: `lead-${uniq}`,
      calledAt,
      duration: '33',
      link: `https://pbx.example/u${uniq}`,
    });
    this.#leadIds.set(lead.uid, lead.leadId);
    this.#unsorted.push({
      uid: lead.uid,
      call: `lead ${uniq}`,
      startedAt: calledAt,
      accepted: false,
      late: this.#listing,
    });
  }

  #change(one: Change): void {
    switch (one.kind) {
      case 'clock':
        this.#clock.advance(one.seconds);
        return;
      case 'insert':
        this.#insert(
          one.note,
          this.#start - one.startedAgo,
          this.#start - (one.updatedAgo ?? this.#start - this.#world.now()),
        );
        return;
      case 'unsorted':
        this.#insertUnsorted(one.uniq);
        return;
      case 'accept': {
        const waiting = this.#unsorted.filter(({ accepted }) => !accepted);
        const lead = waiting[one.target % Math.max(1, waiting.length)];
        const note = lead && accepted(this.#world, lead.uid);
        if (!lead || !note) return;
        lead.accepted = true;
        this.#notes.push({
          ...knownOf(note),
          call: lead.call,
          late: this.#source === 'events',
          setBack: this.#isSeen('contacts'),
        });
        return;
      }
      case 'mass edit': {
        const alive = this.#alive();
        for (const { id } of alive.slice(one.from % Math.max(1, alive.length)).slice(0, one.count))
          this.#world.patchNote(id, {});
        return;
      }
      case 'edit':
      case 'link':
      case 'tell':
      case 'name':
      case 'move':
      case 'delete': {
        const alive = this.#alive();
        const note = alive[one.target % Math.max(1, alive.length)];
        if (note) this.#changeNote(one, note);
      }
    }
  }

  #changeNote(one: Extract<Change, { target: number }>, note: Known): void {
    switch (one.kind) {
      case 'edit': {
        const updatedAt = one.updatedAgo === null ? this.#world.now() : this.#start - one.updatedAgo;
        this.#world.patchNote(note.id, { params: { call_result: 'перезвонить' }, updatedAt });
        note.setBack ||= updatedAt < this.#world.now();
        return;
      }
      case 'link':
        if (note.recording !== null) return;
        this.#world.patchNote(note.id, { params: { link: `https://pbx.example/late/${note.id}` } });
        note.bare = false;
        return;
      case 'tell':
        if (!note.bare) return;
        this.#world.patchNote(note.id, { params: toldOf(one.uniq) });
        Object.assign(note, { call: `uniq ${one.uniq}`, bare: false, told: true });
        return;
      case 'name':
        if (note.recording === null) return;
        this.#world.patchNote(note.id, { params: { uniq: `recorded-${note.recording}` } });
        return;
      case 'move':
        this.#world.patchNote(note.id, { createdAt: this.#start - one.startedAgo });
        note.startedAt.push(this.#start - one.startedAgo);
        return;
      case 'delete':
        if (note.told) return;
        this.#world.deleteNote(note.id);
        note.deleted = true;
        return;
      case 'accept':
    }
  }

  #alive(): Known[] {
    return this.#notes.filter(({ deleted }) => !deleted);
  }
}

function knownOf(note: Note): Omit<Known, 'call' | 'late' | 'setBack'> {
  const { id, entityType: place, createdAt } = note;
  return { id, place, startedAt: [createdAt], deleted: false, bare: false, recording: null, told: false };
}

function callOf({ uniq, recording }: NewNote, noteId: number): string {
  if (recording) return `recording ${recording.of}`;
  return uniq === null ? `note ${noteId}` : `uniq ${uniq}`;
}

/** What the telephony tells of a note's call when it knows it. */
function toldOf(uniq: number): object {
  return { uniq: `call-${uniq}`, link: `https://pbx.example/told/${uniq}.mp3` };
}

/** Copies of one call have one `uniq` and one telephony; a note without has a link of its own, if any. */
function paramsOf({ style, uniq, link, recording }: NewNote, noteId: number): unknown {
  const params = {
    uniq: uniq === null ? '' : `call-${uniq}`,
    duration: 33,
    source: 'uis_widget',
    link: link ? `https://pbx.example/${noteId}.mp3` : null,
    phone: '+79990000000',
    ...(recording
      ? {
          uniq: recording.named ? `recorded-${recording.of}` : '',
          link: `https://pbx.example/recording/${recording.of}.mp3`,
        }
      : {}),
  };
  switch (style) {
    case 'object':
      return params;
    case 'json':
      return JSON.stringify(params);
    case 'capitals':
      return Object.fromEntries(Object.entries(params).map(([name, value]) => [name.toUpperCase(), value]));
    case 'strings':
      return { ...params, duration: '33' };
    case 'more':
      return { ...params, unheard_of: { deep: [1, 2] }, text: null };
    case 'src': {
      const { source, ...others } = params;
      return { ...others, src: source };
    }
  }
}
