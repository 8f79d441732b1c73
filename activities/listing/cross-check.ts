import type { EntityType } from '../../amocrm/calls/call-note.ts';
import type { CallEvent } from '../../amocrm/listing/events.ts';
import type { AmocrmHttp } from '../../amocrm/http/http.ts';
import { ENTITY_TYPE } from '../../amocrm/listing/listing.ts';
import { NOTES_BY_ID_LIMIT, type NotesById, readNotesById } from '../../amocrm/listing/notes-by-id.ts';

/** Reads the notes that events tell of; `gone` are those that amoCRM does not have any more. */
export async function readNotesOfEvents(
  http: AmocrmHttp,
  events: CallEvent[],
): Promise<NotesById & { gone: number[] }> {
  const read: NotesById = { notes: [], unreadable: [], present: [] };
  for (const entityType of Object.values(ENTITY_TYPE)) {
    const noteIds = idsOn(entityType, events);
    for (let from = 0; from < noteIds.length; from += NOTES_BY_ID_LIMIT) {
      const some = await readNotesById(http, entityType, noteIds.slice(from, from + NOTES_BY_ID_LIMIT));
      read.notes.push(...some.notes);
      read.unreadable.push(...some.unreadable);
      read.present.push(...some.present);
    }
  }
  const present = new Set(read.present);
  return { ...read, gone: events.map(({ noteId }) => noteId).filter((noteId) => !present.has(noteId)) };
}

/** An event that names no known kind of card may mean a note on any. */
function idsOn(entityType: EntityType, events: CallEvent[]): number[] {
  return events
    .filter((event) => event.entityType === entityType || event.entityType === null)
    .map(({ noteId }) => noteId);
}
