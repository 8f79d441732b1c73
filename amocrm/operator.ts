import type { CallNote } from './call-note.ts';

interface KnownUser {
  id: number;
  name: string;
}

/**
 * Who talked. Three facts of a note may name the operator, and telephonies fill them differently, so the first that
 * can be believed counts: `call_responsible` as the id of a known user, then as exactly one user's name, then the
 * note's responsible user, then its author, unless that is the robot (0).
 *
 * @param users all users ever seen of the account, deleted ones included.
 * @returns the user's id, or null when nothing names one.
 */
export function resolveOperator(
  note: Pick<CallNote, 'callResponsible' | 'responsibleUserId' | 'createdBy'>,
  users: ReadonlyMap<number, KnownUser>,
): number | null {
  const named = note.callResponsible;
  if (named !== null) {
    if (/^\d+$/.test(named) && users.has(Number(named))) return Number(named);
    const sameName = [...users.values()].filter(({ name }) => name.trim() === named);
    if (sameName.length === 1 && sameName[0]) return sameName[0].id;
  }
  if (note.responsibleUserId > 0) return note.responsibleUserId;
  return note.createdBy > 0 ? note.createdBy : null;
}
