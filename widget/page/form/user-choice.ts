import type { User } from '../api/types.ts';
import type { Form } from './form.ts';

export interface UserGroup {
  /** Null: users without a group. */
  name: string | null;
  /** Those that the search finds; deleted ones last. */
  users: User[];
  /** All its users, by their ids. */
  members: number[];
}

/** The account's groups with the users that the search finds in them, by name or group. */
export function findUsers(users: User[], query: string): UserGroup[] {
  const wanted = query.trim().toLocaleLowerCase();
  const groups = new Map<string | null, UserGroup>();
  for (const user of users.toSorted(byGroupAndName)) {
    const group = groups.get(user.group) ?? { name: user.group, users: [], members: [] };
    groups.set(user.group, group);
    group.members.push(user.id);
    const isFound = [user.name, user.group ?? ''].some((text) => text.toLocaleLowerCase().includes(wanted));
    if (isFound) group.users.push(user);
  }
  return [...groups.values()].filter((group) => group.users.length > 0);
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

type Choice = Pick<Form, 'users' | 'groups'>;

/** Chosen as a group, or by some of its users, or not at all. */
export function groupChoice({ users, groups }: Choice, { name, members }: UserGroup): 'all' | 'some' | 'none' {
  if (name !== null && groups.includes(name)) return 'all';
  return members.some((id) => users.includes(id)) ? 'some' : 'none';
}

/** The group as a whole: it stands for its users, who need no mark of their own. */
export function chooseGroup({ users, groups }: Choice, { name, members }: UserGroup, isChosen: boolean): Choice {
  const others = groups.filter((other) => other !== name);
  return {
    users: users.filter((id) => !members.includes(id)),
    groups: isChosen && name !== null ? [...others, name] : others,
  };
}

/** One user. Taken out of a group that is chosen as a whole, the others of it stay chosen, each by itself. */
export function chooseUser(choice: Choice, group: UserGroup, id: number, isChosen: boolean): Choice {
  const isWhole = groupChoice(choice, group) === 'all';
  const { users, groups } = isWhole ? chooseGroup(choice, group, false) : choice;
  const others = [...users, ...(isWhole ? group.members : [])].filter((other) => other !== id);
  return { users: isChosen ? [...others, id] : others, groups };
}
