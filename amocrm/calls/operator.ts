import type { CallNote } from './call-note.ts';
import { nameKeys } from './operator-name.ts';
import { toE164 } from './phone.ts';

export interface KnownUser {
  id: number;
  name: string;
  active: boolean;
  phone: string | null;
  email: string | null;
}

export interface Operator {
  /** Null where `call_responsible` names somebody who is none of the users, or several of them. */
  userId: number | null;
  /**
   * Which fact of the note told it: 1 `call_responsible` as an id, 2 as a name, phone or address, 3 the responsible
   * user, 4 the author.
   */
  rank: 1 | 2 | 3 | 4;
}

/** What integrations write into `call_responsible` where nobody is meant. */
const NOBODY = new Set(['0', '-', 'null', 'undefined', 'none', 'nan', 'false', 'нет']);

/**
 * Who talked. Three facts of a note may name the operator, and telephonies fill them differently. What `call_responsible`
 * names counts: the id of a known user, or exactly one user's name, phone or address. Where it names nobody that can be
 * told, the operator is unknown: the note's responsible user and its author are then often the administrator in whose
 * name the telephony writes. They count where the note has no `call_responsible`, the author unless that is the robot (0).
 *
 * @param users all users ever seen of the account, deleted ones included.
 * @param country the account's, in which phones are dialled.
 * @returns null when the note says nothing of an operator.
 */
export function resolveOperator(
  note: Pick<CallNote, 'callResponsible' | 'responsibleUserId' | 'createdBy'>,
  users: ReadonlyMap<number, KnownUser>,
  country: string | null,
): Operator | null {
  const { callResponsible: named, responsibleUserId, createdBy } = note;
  if (named !== null && !NOBODY.has(named.toLowerCase())) {
    const id = /^\d+$/.test(named) ? Number(named) : 0;
    // One whom no list of users had, as of a user deleted long ago, but whom the note itself knows as a user.
    if (users.has(id) || (id > 0 && (id === responsibleUserId || id === createdBy))) return { userId: id, rank: 1 };
    return { userId: userNamed(named, [...users.values()], country)?.id ?? null, rank: 2 };
  }
  if (responsibleUserId > 0) return { userId: responsibleUserId, rank: 3 };
  return createdBy > 0 ? { userId: createdBy, rank: 4 } : null;
}

/** A phone among other words: ten digits or more. */
const PHONE = /\+?\d(?:[\s().-]*\d){9,}/;
const EMAIL = /[^\s<>()"',;]+@[^\s<>()"',;]+/;

/** The one user that is meant; none where none or several may be. */
function userNamed(named: string, users: readonly KnownUser[], country: string | null): KnownUser | undefined {
  const written = PHONE.exec(named)?.[0];
  // `+7 916 000-00-88 - Сергей Морозов`: either tells, and both have to tell the same.
  const email = EMAIL.exec(named)?.[0];
  const beside = [written, email].reduce<string>((text, part) => (part ? text.replace(part, ' ') : text), named);
  const { whole, withoutExtension } = nameKeys(beside);
  const keys = users.map((user) => ({ user, ...nameKeys(user.name) }));
  const phone = toE164(written ?? named, country);
  const digits = /^\d{2,}$/.test(named) ? named : undefined;
  const byName = [
    keys.filter((user) => user.whole === whole),
    // An extension behind the name, at the telephony or on amoCRM's card; two different ones are two people.
    keys.filter((user) => user.whole !== '' && (user.whole === withoutExtension || user.withoutExtension === whole)),
  ];
  const byReach = [
    keys.filter(({ user }) => email !== undefined && user.email?.toLowerCase() === email.toLowerCase()),
    keys.filter(({ user }) => phone !== null && user.phone !== null && toE164(user.phone, country) === phone),
    keys.filter(({ user }) => digits !== undefined && user.phone?.replace(/\D/g, '') === digits),
  ];
  const first = (readings: (typeof keys)[]) => readings.find((found) => found.length > 0);
  const [nameFits, reachFits] = [whole === '' ? undefined : first(byName), first(byReach)];
  const alike =
    nameFits && reachFits ? nameFits.filter((user) => reachFits.includes(user)) : (nameFits ?? reachFits ?? []);
  // Who was deleted and entered anew is there twice: then the active one is meant.
  const active = alike.filter(({ user }) => user.active);
  const [only, ...others] = active.length > 0 ? active : alike;
  return others.length === 0 ? only?.user : undefined;
}
