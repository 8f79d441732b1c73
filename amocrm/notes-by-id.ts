import { z } from 'zod';
import { type CallNote, type EntityType, noteSchema, toCallNote } from './call-note.ts';
import type { AmocrmHttp } from './http.ts';
import { ENTITY_TYPE, SOURCES } from './listing.ts';
import { readWholeList } from './whole-list.ts';

const pageSchema = z.looseObject({
  _links: z.looseObject({ next: z.looseObject({}).optional() }).optional(),
  _embedded: z.looseObject({ notes: z.array(noteSchema) }),
});

/** More ids than this make a query that is too long for some servers on the way. */
export const NOTES_BY_ID_LIMIT = 50;

/** Reads notes of one entity type again by their ids; deleted ones are missing from the answer. */
export async function readNotesById(http: AmocrmHttp, entityType: EntityType, noteIds: number[]): Promise<CallNote[]> {
  const source = SOURCES.find((candidate) => ENTITY_TYPE[candidate] === entityType) ?? 'contacts';
  const path = `/${source}/notes`;
  const notes = await readWholeList(path, 250, async (at) => {
    const answer = await http.get(path, { 'filter[id][]': noteIds, ...at }, pageSchema);
    return answer && { items: answer._embedded.notes, next: answer._links?.next !== undefined };
  });
  return notes
    .map((note) => toCallNote(note, entityType))
    .filter((note) => note !== undefined)
    .filter(({ noteId }) => noteIds.includes(noteId));
}
