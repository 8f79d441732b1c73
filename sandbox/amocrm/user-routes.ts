import type { Operator } from '../world/model.ts';
import { GROUPS } from '../world/operators.ts';
import type { Account } from './account.ts';
import { type Answer, EMPTY, hal, problem } from './answers.ts';
import { stringsAt } from './filters.ts';
import { href, listAnswer, readPage, sliced } from './paging.ts';
import { type ApiRequest, idParam } from './request.ts';
import type { Route } from './route.ts';

/** `GET /users` and `/users/{id}`: administrators only, deleted users in neither. */
export function userRoutes(account: Account): Route[] {
  const listed = (): Operator[] => account.world.operators.filter((operator) => !operator.isDeleted);

  function guarded(handle: (request: ApiRequest) => Answer) {
    return (request: ApiRequest): Answer =>
      account.switches.usersForbidden ? problem(403, 'Недостаточно прав для просмотра пользователей') : handle(request);
  }

  return [
    {
      method: 'GET',
      path: '/api/v4/users',
      handle: guarded((request) => {
        const page = readPage(request, 250);
        const { items, more } = sliced(listed(), page);
        const users = items.map((operator) => userOf(operator, request));
        return listAnswer(request, page, { name: 'users', items: users, more, total: listed().length });
      }),
    },
    {
      method: 'GET',
      path: '/api/v4/users/{id}',
      handle: guarded((request) => {
        const found = listed().find((operator) => operator.id === idParam(request, 'id'));
        return found === undefined ? EMPTY : hal(userOf(found, request));
      }),
    },
  ];
}

function userOf(operator: Operator, request: ApiRequest): unknown {
  const asked = stringsAt(request.query, 'with') ?? new Set<string>();
  const all = { view: 'A', edit: 'A', add: 'A', delete: 'A', export: 'A' };
  // The default department (0) is on no card: as in the documentation, only the account names it.
  const group = GROUPS.find((one) => one.id !== 0 && one.id === operator.groupId);
  const role = { id: 3141, name: 'Менеджер', _links: { self: href(`${request.origin}/api/v4/roles/3141`) } };
  return {
    id: operator.id,
    name: operator.name,
    email: operator.email,
    lang: 'ru',
    rights: {
      leads: all,
      contacts: all,
      companies: all,
      tasks: { edit: 'A', delete: 'A' },
      mail_access: false,
      catalog_access: operator.isAdmin,
      status_rights: null,
      is_admin: operator.isAdmin,
      is_free: false,
      is_active: operator.isActive,
      group_id: operator.groupId === 0 ? null : operator.groupId,
      role_id: operator.isAdmin ? null : role.id,
    },
    ...(asked.has('phone_number') ? { phone_number: operator.phone } : {}),
    _links: { self: href(`${request.origin}/api/v4/users/${operator.id}`) },
    _embedded: {
      roles: asked.has('role') && !operator.isAdmin ? [role] : [],
      groups: asked.has('group') && group !== undefined ? [group] : [],
    },
  };
}
