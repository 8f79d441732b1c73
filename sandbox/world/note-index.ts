import { noteTypeName } from './call-types.ts';
import { ENTITY_TYPES, type EntityType, type Note } from './model.ts';

export interface NoteQuery {
  entityType: EntityType;
  ids?: ReadonlySet<number> | undefined;
  entityIds?: ReadonlySet<number> | undefined;
  noteTypes?: ReadonlySet<string> | undefined;
  /** Both ends included; whether the original includes them is not documented. */
  updatedFrom?: number | undefined;
  updatedTo?: number | undefined;
  by: 'id' | 'updatedAt';
  descending: boolean;
  offset: number;
  limit: number;
}

interface Shelf {
  byId: Note[];
  byUpdated: Note[];
  byEntity: Map<number, Note[]>;
}

type Order = (a: Note, b: Note) => number;

const byIdOrder: Order = (a, b) => a.id - b.id;
const byUpdatedOrder: Order = (a, b) => a.updatedAt - b.updatedAt || a.id - b.id;

/** All notes, kept sorted both ways they are asked for: a page of 100,000 notes costs a search, not a sort. */
export class NoteIndex {
  readonly #notes = new Map<number, Note>();
  readonly #shelves: Record<EntityType, Shelf> = {
    leads: emptyShelf(),
    contacts: emptyShelf(),
    companies: emptyShelf(),
    customers: emptyShelf(),
  };

  constructor(notes: Note[]) {
    for (const note of notes) {
      const shelf = this.#shelves[note.entityType];
      this.#notes.set(note.id, note);
      shelf.byId.push(note);
      shelf.byUpdated.push(note);
      ofEntity(shelf, note.entityId).push(note);
    }
    for (const entityType of ENTITY_TYPES) {
      this.#shelves[entityType].byId.sort(byIdOrder);
      this.#shelves[entityType].byUpdated.sort(byUpdatedOrder);
    }
  }

  get size(): number {
    return this.#notes.size;
  }

  get(id: number): Note | undefined {
    return this.#notes.get(id);
  }

  insert(note: Note): void {
    const shelf = this.#shelves[note.entityType];
    this.#notes.set(note.id, note);
    insertSorted(shelf.byId, note, byIdOrder);
    insertSorted(shelf.byUpdated, note, byUpdatedOrder);
    insertSorted(ofEntity(shelf, note.entityId), note, byIdOrder);
  }

  /** Puts a changed note, with the same id and place, where the old one was. */
  replace(note: Note): void {
    this.remove(note.id);
    this.insert(note);
  }

  remove(id: number): Note | undefined {
    const note = this.#notes.get(id);
    if (note === undefined) return undefined;
    const shelf = this.#shelves[note.entityType];
    this.#notes.delete(id);
    removeSorted(shelf.byId, note, byIdOrder);
    removeSorted(shelf.byUpdated, note, byUpdatedOrder);
    removeSorted(ofEntity(shelf, note.entityId), note, byIdOrder);
    return note;
  }

  /** One page, and whether more would follow it. */
  page(query: NoteQuery): { notes: Note[]; more: boolean } {
    const { candidates, from, to } = this.#range(query);
    const notes: Note[] = [];
    let skipped = 0;
    for (let step = 0; step < to - from; step += 1) {
      const note = candidates[query.descending ? to - 1 - step : from + step];
      if (note === undefined || !matches(note, query)) continue;
      if (skipped < query.offset) skipped += 1;
      else if (notes.length < query.limit) notes.push(note);
      else return { notes, more: true };
    }
    return { notes, more: false };
  }

  #range(query: NoteQuery): { candidates: Note[]; from: number; to: number } {
    const shelf = this.#shelves[query.entityType];
    const order = query.by === 'id' ? byIdOrder : byUpdatedOrder;
    if (query.ids !== undefined) {
      const candidates = [...query.ids].flatMap((id) => this.#notes.get(id) ?? []).sort(order);
      return { candidates, from: 0, to: candidates.length };
    }
    if (query.entityIds !== undefined) {
      const candidates = [...query.entityIds].flatMap((id) => shelf.byEntity.get(id) ?? []).sort(order);
      return { candidates, from: 0, to: candidates.length };
    }
    if (query.by === 'id') return { candidates: shelf.byId, from: 0, to: shelf.byId.length };
    const from = query.updatedFrom;
    const to = query.updatedTo;
    return {
      candidates: shelf.byUpdated,
      from: from === undefined ? 0 : firstAt(shelf.byUpdated, (note) => note.updatedAt >= from),
      to: to === undefined ? shelf.byUpdated.length : firstAt(shelf.byUpdated, (note) => note.updatedAt > to),
    };
  }
}

function matches(note: Note, query: NoteQuery): boolean {
  return (
    note.entityType === query.entityType &&
    (query.noteTypes === undefined || query.noteTypes.has(noteTypeName(note.noteType))) &&
    (query.updatedFrom === undefined || note.updatedAt >= query.updatedFrom) &&
    (query.updatedTo === undefined || note.updatedAt <= query.updatedTo) &&
    (query.entityIds === undefined || query.entityIds.has(note.entityId))
  );
}

function emptyShelf(): Shelf {
  return { byId: [], byUpdated: [], byEntity: new Map() };
}

function ofEntity(shelf: Shelf, entityId: number): Note[] {
  const known = shelf.byEntity.get(entityId);
  if (known !== undefined) return known;
  const fresh: Note[] = [];
  shelf.byEntity.set(entityId, fresh);
  return fresh;
}

/** The first place where `holds` is true, in a list where it is false and then true. */
function firstAt<T>(list: readonly T[], holds: (item: T) => boolean): number {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const item = list[middle];
    if (item !== undefined && holds(item)) high = middle;
    else low = middle + 1;
  }
  return low;
}

function insertSorted(list: Note[], note: Note, order: Order): void {
  list.splice(
    firstAt(list, (other) => order(other, note) > 0),
    0,
    note,
  );
}

function removeSorted(list: Note[], note: Note, order: Order): void {
  const at = firstAt(list, (other) => order(other, note) >= 0);
  if (list[at]?.id === note.id) list.splice(at, 1);
}
