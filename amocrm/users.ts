import { z } from 'zod';
import type { AmocrmHttp } from './http.ts';
import { lenientId, lenientList, lenientText } from './lenient.ts';
import { listPage } from './list-page.ts';
import { readWholeList } from './whole-list.ts';

const userSchema = z.looseObject({
  id: lenientId.pipe(z.number()),
  name: lenientText,
  rights: z
    .looseObject({ is_active: z.boolean().catch(true), is_admin: z.boolean().catch(false) })
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
}

const LIMIT = 250;

/** All users that amoCRM lists; it does not list deleted ones. Needs an administrator's token. */
export async function readUsers(http: AmocrmHttp): Promise<AmocrmUser[]> {
  const users = await readWholeList('/users', LIMIT, (at) => http.get('/users', { with: 'group', ...at }, usersPage));
  return users.map(toUser);
}

/** Whether the user is an active administrator; someone whom amoCRM does not know (any more) is none. */
export async function readIsAdmin(http: AmocrmHttp, userId: number): Promise<boolean> {
  const user = await http.get(`/users/${userId}`, {}, userSchema);
  return user?.rights?.is_active === true && user.rights.is_admin;
}

function toUser({ id, name, rights, _embedded }: z.output<typeof userSchema>): AmocrmUser {
  return { id, name: name ?? '', group: _embedded?.groups?.[0]?.name ?? null, active: rights?.is_active ?? true };
}
