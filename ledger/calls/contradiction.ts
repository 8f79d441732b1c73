import type { SightedNote } from './calls.ts';

/** What tells calls apart, of a note or of a call. */
type Traits = Pick<SightedNote, 'noteId' | 'uniq' | 'source' | 'link' | 'phone'>;

/**
 * Whether a note is of another call than the one that has its identity. A link may stand for every call that was not
 * recorded, and two telephonies that give no name may count their calls alike; of one that is named, a link may be
 * signed anew, and one call may have rung two phones.
 */
export function contradictsIdentity(note: Traits, call: Traits): boolean {
  const otherPhones = differ(endOf(note.phone), endOf(call.phone));
  if (note.uniq === null) return note.link !== null && otherPhones;
  return note.source === null && call.source === null && otherPhones && differ(note.link, call.link);
}

/** Whether a note and a call that have an id or a link in common, and no identity, are two calls all the same. */
export function contradictsTraits(note: Traits, call: Traits): boolean {
  if (differ(note.uniq, call.uniq)) return true;
  const otherPhones = differ(endOf(note.phone), endOf(call.phone));
  // Nothing but the link in common.
  if (note.uniq === null || call.uniq === null) return otherPhones;
  // A note may name its telephony otherwise than the unsorted lead that it was: two leads of two names are two calls.
  const areUnsorted = note.noteId < 0 && call.noteId < 0;
  return (areUnsorted && differ(note.source, call.source)) || (otherPhones && differ(note.link, call.link));
}

function differ(one: string | null, other: string | null): boolean {
  return one !== null && other !== null && one !== other;
}

/** The part of a phone that `8`, `+7` and a country code in front leave alone. */
function endOf(phone: string | null): string | null {
  const digits = phone?.replace(/\D/g, '') ?? '';
  return digits === '' ? null : digits.slice(-10);
}
