import type { EntityType } from '../amocrm/call-note.ts';
import { readAccount } from '../amocrm/account.ts';
import type { CallEvent } from '../amocrm/events.ts';
import type { AmocrmHttp } from '../amocrm/http.ts';
import { ENTITY_TYPE } from '../amocrm/listing.ts';
import { NOTES_BY_ID_LIMIT, type NotesById, readNotesById } from '../amocrm/notes-by-id.ts';
import { findExportError } from '../errors/export-error.ts';

/**
 * So often, in a quarter of an hour, no event came that can be read: the account has more than amoCRM can sort (504), or
 * they are broken. A hiccup of a gateway, or an outage with its odd answers, is over sooner.
 */
const VAIN_ATTEMPTS = 20;

/**
 * Whether the cross-check ends with this error, at this attempt. It is a second look: an account whose events are not to
 * be had, or not to be read, is exported all the same, and told so.
 */
export async function endsCrossCheck(http: AmocrmHttp, error: unknown, attempt: number): Promise<boolean> {
  switch (findExportError(error)?.code) {
    case 'amocrm_forbidden':
    case 'amocrm_rejected':
      return true;
    case 'amocrm_bad_answer':
    case 'amocrm_answer_too_large':
    case 'amocrm_unavailable':
      return attempt >= VAIN_ATTEMPTS && (await answersOtherwise(http));
    default:
      return false;
  }
}

/** Whether amoCRM is there: then it is the events alone that are not. */
function answersOtherwise(http: AmocrmHttp): Promise<boolean> {
  return readAccount(http).then(
    () => true,
    () => false,
  );
}

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
