import { z } from 'zod';
import type { AmocrmHttp } from './http.ts';

const userSchema = z.looseObject({
  id: z.coerce.number().int(),
  name: z.string().catch(''),
  rights: z
    .looseObject({ is_active: z.boolean().catch(true) })
    .optional()
    .catch(undefined),
  _embedded: z
    .looseObject({
      groups: z
        .array(z.looseObject({ name: z.string().catch('') }))
        .optional()
        .catch(undefined),
    })
    .optional()
    .catch(undefined),
});

const pageSchema = z.looseObject({
  _links: z.looseObject({ next: z.looseObject({}).optional() }).optional(),
  _embedded: z.looseObject({ users: z.array(userSchema) }),
});

export interface AmocrmUser {
  id: number;
  name: string;
  group: string | null;
  active: boolean;
}

const LIMIT = 250;
/** 50,000 users: an endless "next" is an error of the other side, not a list. */
const MAX_PAGES = 200;

/** All users that amoCRM lists; it does not list deleted ones. Needs an administrator's token. */
export async function readUsers(http: AmocrmHttp): Promise<AmocrmUser[]> {
  const users = new Map<number, AmocrmUser>();
  for (let page = 1; page <= MAX_PAGES; page++) {
    const answer = await http.get('/users', { with: 'group', limit: LIMIT, page }, pageSchema);
    if (!answer) break;
    for (const { id, name, rights, _embedded } of answer._embedded.users) {
      users.set(id, { id, name, group: _embedded?.groups?.[0]?.name ?? null, active: rights?.is_active ?? true });
    }
    if (!answer._links?.next) break;
  }
  return [...users.values()];
}
