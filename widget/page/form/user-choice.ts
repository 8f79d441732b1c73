import type { User } from '../api/types.ts';

/** A page that draws more rows than anyone reads grows slow with an account of a thousand users. */
export const SHOWN_USERS = 100;

export interface UserGroup {
  /** Null: users without a group. */
  name: string | null;
  users: User[];
}

/** The users that the search finds, by name or group, in groups; deleted ones last. At most `SHOWN_USERS` of them. */
export function findUsers(users: User[], query: string): { groups: UserGroup[]; total: number } {
  const wanted = query.trim().toLocaleLowerCase();
  const found = users.filter(
    ({ name, group }) =>
      name.toLocaleLowerCase().includes(wanted) || (group ?? '').toLocaleLowerCase().includes(wanted),
  );
  const groups = new Map<string | null, User[]>();
  for (const user of found.toSorted(byGroupAndName).slice(0, SHOWN_USERS)) {
    const members = groups.get(user.group);
    if (members) members.push(user);
    else groups.set(user.group, [user]);
  }
  return { groups: Array.from(groups, ([name, members]) => ({ name, users: members })), total: found.length };
}

const collator = new Intl.Collator('ru');

function byGroupAndName(one: User, other: User): number {
  if (one.group !== other.group) {
    if (one.group === null) return 1;
    if (other.group === null) return -1;
    return collator.compare(one.group, other.group);
  }
  if (one.active !== other.active) return one.active ? -1 : 1;
  return collator.compare(one.name, other.name);
}
