import type { CallNote } from './call-note.ts';

interface KnownUser {
  id: number;
  name: string;
  active: boolean;
}

export interface Operator {
  userId: number;
  /** Which fact of the note told it: 1 `call_responsible` as an id, 2 as a name, 3 the responsible user, 4 the author. */
  rank: 1 | 2 | 3 | 4;
}

/**
 * Who talked. Three facts of a note may name the operator, and telephonies fill them differently, so the first that
 * can be believed counts: `call_responsible` as the id of a known user, then as exactly one user's name, then the
 * note's responsible user, then its author, unless that is the robot (0). Who was deleted and entered anew has the name
 * twice: then it is that of the active one.
 *
 * @param users all users ever seen of the account, deleted ones included.
 * @returns null when nothing names one.
 */
export function resolveOperator(
  note: Pick<CallNote, 'callResponsible' | 'responsibleUserId' | 'createdBy'>,
  users: ReadonlyMap<number, KnownUser>,
): Operator | null {
  const named = note.callResponsible;
  if (named !== null) {
    if (/^\d+$/.test(named) && users.has(Number(named))) return { userId: Number(named), rank: 1 };
    const sameName = [...users.values()].filter(({ name }) => name.trim() === named);
    const active = sameName.filter((user) => user.active);
    const [only, ...others] = active.length > 0 ? active : sameName;
    if (only && others.length === 0) return { userId: only.id, rank: 2 };
  }
  if (note.responsibleUserId > 0) return { userId: note.responsibleUserId, rank: 3 };
  return note.createdBy > 0 ? { userId: note.createdBy, rank: 4 } : null;
}
