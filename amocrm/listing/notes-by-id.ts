import { z } from 'zod';
import { type CallNotes, type EntityType, readCallNotes } from '../calls/call-note.ts';
import type { AmocrmHttp } from '../http/http.ts';
import { areCustomersOff, ENTITY_TYPE, SOURCES } from './listing.ts';
import { listPage } from './list-page.ts';
import { toId } from '../http/loose-values.ts';
import { readWholeList } from './whole-list.ts';

const notesPage = listPage('notes', z.array(z.unknown().transform((note) => ({ id: idOf(note), note }))));

/** More ids than this make a query that is too long for some servers on the way. */
export const NOTES_BY_ID_LIMIT = 50;

/** What there is of the notes asked for: those that could be read, the names of the others, and the ids of all. */
export interface NotesById extends CallNotes {
  present: number[];
}

/**
 * Reads call notes of one entity type by their ids, at most {@link NOTES_BY_ID_LIMIT}; deleted ones are missing from
 * the answer.
 */
export async function readNotesById(http: AmocrmHttp, entityType: EntityType, noteIds: number[]): Promise<NotesById> {
  const source = SOURCES.find((candidate) => ENTITY_TYPE[candidate] === entityType) ?? 'contacts';
  const path = `/${source}/notes`;
  const notes = await readWholeList(path, 250, (at) =>
    http.get(path, { 'filter[id][]': noteIds, ...at }, notesPage),
  ).catch((error: unknown) => {
    if (source === 'customers' && areCustomersOff(error)) return [];
    throw error;
  });
  const asked = notes.filter(({ id }) => noteIds.includes(id));
  return {
    ...readCallNotes(
      asked.map(({ note }) => note),
      entityType,
    ),
    present: asked.map(({ id }) => id),
  };
}

/** 0 for what has none. */
function idOf(item: unknown): number {
  return (typeof item === 'object' && item !== null && 'id' in item ? toId(item.id) : null) ?? 0;
}
