import { z } from 'zod';
import { type CallNote, type EntityType, noteSchema, toCallNote } from './call-note.ts';
import type { AmocrmHttp } from './http.ts';
import { ENTITY_TYPE, SOURCES } from './listing.ts';

const pageSchema = z.looseObject({ _embedded: z.looseObject({ notes: z.array(noteSchema) }) });

/** More ids than this make a query that is too long for some servers on the way. */
export const NOTES_BY_ID_LIMIT = 50;

/** Reads notes of one entity type again by their ids; deleted ones are missing from the answer. */
export async function readNotesById(http: AmocrmHttp, entityType: EntityType, noteIds: number[]): Promise<CallNote[]> {
  const source = SOURCES.find((candidate) => ENTITY_TYPE[candidate] === entityType) ?? 'contacts';
  const answer = await http.get(`/${source}/notes`, { 'filter[id][]': noteIds, limit: 250 }, pageSchema);
  return (answer?._embedded.notes ?? [])
    .map((note) => toCallNote(note, entityType))
    .filter((note) => note !== undefined)
    .filter(({ noteId }) => noteIds.includes(noteId));
}
