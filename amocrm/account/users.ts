import { z } from 'zod';
import type { AmocrmAccount } from './account.ts';
import type { AmocrmHttp } from '../http/http.ts';
import { lenientGroupId, lenientId, lenientList, lenientText } from '../http/lenient.ts';
import { listPage } from '../listing/list-page.ts';
import { readWholeList } from '../listing/whole-list.ts';

const userSchema = z.looseObject({
  id: lenientId.pipe(z.number()),
  name: lenientText,
  email: lenientText,
  phone_number: lenientText,
  rights: z
    .looseObject({
      is_active: z.boolean().catch(true),
      is_admin: z.boolean().catch(false),
      group_id: lenientGroupId,
    })
    .optional()
    .catch(undefined),
  _embedded: z
    .looseObject({
      groups: z
        .array(z.looseObject({ name: lenientText }))
        .optional()
        .catch(undefined),
    })
    .optional()
    .catch(undefined),
});

const usersPage = listPage('users', lenientList(userSchema));

export interface AmocrmUser {
  id: number;
  name: string;
  group: string | null;
  active: boolean;
  /** As the user's card has it; telephonies name users by it. */
  phone: string | null;
  email: string | null;
}

const LIMIT = 250;

/**
 * All users that amoCRM lists; it does not list deleted ones. Needs an administrator's token.
 *
 * @param groups the account's departments: who is in the default one (0) has none on the card.
 */
export async function readUsers(http: AmocrmHttp, { groups }: Pick<AmocrmAccount, 'groups'>): Promise<AmocrmUser[]> {
  const users = await readWholeList('/users', LIMIT, (at) =>
    http.get('/users', { with: 'group,phone_number', ...at }, usersPage),
  );
  return users.map((user) => toUser(user, groups));
}

/** Whether the user is an active administrator; someone whom amoCRM does not know (any more) is none. */
export async function readIsAdmin(http: AmocrmHttp, userId: number): Promise<boolean> {
  const user = await http.get(`/users/${userId}`, {}, userSchema);
  return user?.rights?.is_active === true && user.rights.is_admin;
}

function toUser(user: z.output<typeof userSchema>, groups: ReadonlyMap<number, string>): AmocrmUser {
  const { id, name, email, rights, _embedded } = user;
  return {
    id,
    name: name ?? '',
    group: _embedded?.groups?.[0]?.name ?? groups.get(rights?.group_id ?? 0) ?? null,
    active: rights?.is_active ?? true,
    phone: user.phone_number,
    email,
  };
}
