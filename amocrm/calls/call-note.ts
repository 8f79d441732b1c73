import { toUniq } from './call-identity.ts';
import { readCallParams, toLink } from './call-params.ts';
import { printOf, toId, toMoment, toSeconds, toText, toWhole } from '../http/loose-values.ts';

export type EntityType = 'lead' | 'contact' | 'company' | 'customer';

/** A call note with its telephony's variants told apart, but nothing judged yet. */
export interface CallNote {
  noteId: number;
  entityType: EntityType;
  entityId: number;
  direction: 'incoming' | 'outgoing';
  createdAt: Date;
  updatedAt: Date;
  createdBy: number;
  responsibleUserId: number;
  /** Seconds; null when absent, which is not the same as 0 (a missed call). */
  talkSeconds: number | null;
  link: string | null;
  uniq: string | null;
  /** The telephony's name, in `source` or, by older integrations, `src`. */
  source: string | null;
  phone: string | null;
  result: string | null;
  status: number | null;
  /** A user's id, name or phone, as the telephony pleases. */
  callResponsible: string | null;
  /** `params` or `created_at` is there but makes no sense. */
  unreadable: boolean;
}

export interface CallNotes {
  notes: CallNote[];
  /** Call notes without a readable id, or without any readable time: each by its card, its id and what is wrong. */
  unreadable: string[];
}

/** Numeric types are the old API's, which some integrations still write. */
const DIRECTIONS = new Map<string | null, CallNote['direction']>([
  ['call_in', 'incoming'],
  ['call_out', 'outgoing'],
  ['10', 'incoming'],
  ['11', 'outgoing'],
]);

/**
 * The call notes among the notes of an answer. One that cannot be placed keeps no other from being read: it is named.
 *
 * Without `updated_at` a note is as old as the call; without `created_at` it is a call of the time of its last edit,
 * and marked as unreadable, because no talk may carry a date that is a guess.
 */
export function readCallNotes(raw: readonly unknown[], entityType: EntityType): CallNotes {
  const read: CallNotes = { notes: [], unreadable: [] };
  for (const one of raw) {
    const note: Record<string, unknown> = typeof one === 'object' && one !== null ? { ...one } : {};
    const direction = DIRECTIONS.get(toText(note['note_type']));
    if (!direction) continue;
    const [createdAt, updatedAt] = [toMoment(note['created_at']), toMoment(note['updated_at'])];
    const noteId = toId(note['id']);
    const [from, until] = [createdAt ?? updatedAt, updatedAt ?? createdAt];
    if (noteId === null || from === null || until === null) {
      read.unreadable.push(nameOf(note, entityType, noteId === null ? 'id' : 'created_at, updated_at'));
      continue;
    }
    const params = readCallParams(note['params']);
    const get = (name: string) => params?.get(name);
    read.notes.push({
      noteId,
      entityType,
      entityId: toId(note['entity_id']) ?? 0,
      direction,
      createdAt: from,
      updatedAt: until,
      createdBy: toId(note['created_by']) ?? 0,
      responsibleUserId: toId(note['responsible_user_id']) ?? 0,
      talkSeconds: toSeconds(get('duration')),
      link: toLink(get('link')),
      uniq: toUniq(toText(get('uniq'))),
      source: toText(get('source')) ?? toText(get('src')),
      phone: toText(get('phone')),
      result: toText(get('call_result')),
      status: toWhole(get('call_status')),
      callResponsible: toText(get('call_responsible')),
      unreadable: params === undefined || createdAt === null,
    });
  }
  return read;
}

/** Ids only. A note without an id is told from others by a hash of all that it says. */
function nameOf(note: Record<string, unknown>, entityType: EntityType, what: string): string {
  const id = toId(note['id']) ?? `? (${printOf(note)})`;
  return `${entityType} ${toId(note['entity_id']) ?? '?'}, note ${id}: ${what}`;
}
