import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { readAccount } from '../../amocrm/account/account.ts';
import type { AmocrmHttp } from '../../amocrm/http/http.ts';
import { readUsers } from '../../amocrm/account/users.ts';
import { openAccount, type TestAccount } from '../sandbox/amocrm-sandbox.ts';
import { ownServer, readerOf } from './account-reader.ts';

let account: TestAccount;
let http: AmocrmHttp;
beforeAll(async () => {
  account = await openAccount({ calls: 200, customers: true });
  http = readerOf(account.amocrm.url, { accessToken: () => Promise.resolve(account.token) });
});
afterEach(() => {
  account.amocrm.account.switches = { ...account.amocrm.account.switches, apiFilter: true, usersForbidden: false };
  account.amocrm.faults.set([]);
});
afterAll(() => account.close());

const GROUPS = { groups: new Map([[0, 'Отдел продаж']]) };
const readAllUsers = (reader: AmocrmHttp) => readUsers(reader, { groups: new Map() });

/** A reader of an account that answers every request with this. */
async function answering<T>(body: unknown, read: (reader: AmocrmHttp) => Promise<T>): Promise<T> {
  const server = await ownServer((_, response) =>
    response
      .writeHead(body === undefined ? 204 : 200, { 'content-type': 'application/json' })
      .end(body === undefined ? undefined : JSON.stringify(body)),
  );
  try {
    return await read(readerOf(server.url));
  } finally {
    server.close();
  }
}

describe('the account', () => {
  test('says its id, zone and whether filters work', async () => {
    expect(await readAccount(http)).toMatchObject({
      accountId: account.amocrm.account.identity.accountId,
      name: 'Песочница',
      timeZone: 'Europe/Moscow',
      isApiFilterEnabled: true,
      country: 'RU',
      groups: new Map([
        [0, 'Отдел продаж'],
        [267_688, 'Поддержка'],
        [267_690, 'Входящая линия'],
      ]),
    });
  });

  test.each<[string, object, string]>([
    ['in its settings', { _embedded: { datetime_settings: { timezone: 'Asia/Kolkata' } } }, 'Asia/Kolkata'],
    ['at the top', { timezone: 'Asia/Yekaterinburg' }, 'Asia/Yekaterinburg'],
    ['as an offset', { timezone: 'UTC+3' }, 'UTC+3'],
    ['nowhere', {}, 'Europe/Moscow'],
    ['as something unknown', { timezone: 'Middle-earth/Shire' }, 'Europe/Moscow'],
    ['as no text', { timezone: 3 }, 'Europe/Moscow'],
  ])('whose zone stands %s', async (_, said, timeZone) => {
    expect(await answering({ id: '31', ...said }, readAccount)).toEqual({
      accountId: 31,
      name: '',
      timeZone,
      isApiFilterEnabled: false,
      country: null,
      groups: new Map(),
    });
  });

  test('that answers nothing is answered in an unknown form', async () => {
    await expect(answering(undefined, readAccount)).rejects.toMatchObject({ code: 'amocrm_bad_answer' });
  });
});

describe('users', () => {
  test('are all that amoCRM lists, with group and whether they are active', async () => {
    const users = await readUsers(http, GROUPS);
    const listed = account.world.operators.filter(({ isDeleted }) => !isDeleted);
    expect(users.map(({ id, name, active }) => ({ id, name, active }))).toEqual(
      listed.map(({ id, name, isActive }) => ({ id, name, active: isActive })),
    );
    expect(new Set(users.map(({ group }) => group))).toEqual(new Set(['Отдел продаж', 'Поддержка', 'Входящая линия']));
  });

  test('of the default department, which no card names, have the name that the account gives it', async () => {
    const groups = new Map([
      [0, 'Отдел продаж'],
      [267_688, 'Поддержка'],
    ]);
    const users = [
      { id: 1, name: 'а', rights: { group_id: null }, _embedded: { groups: [] } },
      { id: 2, name: 'б', rights: { group_id: 0 } },
      { id: 3, name: 'в', rights: { group_id: 267_688 }, _embedded: { groups: [{ id: 267_688, name: 'Поддержка' }] } },
      { id: 4, name: 'г', rights: { group_id: 267_688 }, _embedded: { groups: [] } },
      { id: 5, name: 'д', rights: { group_id: 9 }, _embedded: { groups: [] } },
    ];
    const read = await answering({ _embedded: { users } }, (reader) => readUsers(reader, { groups }));
    expect(read.map(({ group }) => group)).toEqual(['Отдел продаж', 'Отдел продаж', 'Поддержка', 'Поддержка', null]);
  });

  test('come with the phone and address that telephonies know them by', async () => {
    const listed = account.world.operators.filter(({ isDeleted }) => !isDeleted);
    expect((await readUsers(http, GROUPS)).map(({ phone, email }) => ({ phone, email }))).toEqual(
      listed.map(({ phone, email }) => ({ phone, email })),
    );
  });

  test('come page by page, each once, also when one moves to another page meanwhile', async () => {
    const pages = [[1, 2, 3], [3, 4], [5]];
    const server = await ownServer((request, response) => {
      const page = Number(new URL(request.url ?? '', 'http://x').searchParams.get('page'));
      const users = (pages[page - 1] ?? []).map((id) => ({ id, name: `user ${id}` }));
      const _links = page < pages.length ? { next: { href: 'x' } } : {};
      response
        .writeHead(200, { 'content-type': 'application/json' })
        .end(JSON.stringify({ _links, _embedded: { users } }));
    });
    const users = await readUsers(readerOf(server.url), GROUPS);
    expect(users.map(({ id }) => id)).toEqual([1, 2, 3, 4, 5]);
    expect(users[0]).toEqual({ id: 1, name: 'user 1', group: 'Отдел продаж', active: true, phone: null, email: null });
    expect(server.requests).toHaveLength(3);
    server.close();
  });

  test('of whom one is odd, or whose list ends oddly, are there all the same', async () => {
    const users = [null, { id: null }, { id: 'x' }, { id: '7', name: null, rights: 3, _embedded: { groups: {} } }];
    const answer = { _links: { next: null }, _embedded: { users: [...users, { id: 8, name: 'Анна' }] } };
    expect(await answering(answer, readAllUsers)).toEqual([
      { id: 7, name: '', group: null, active: true, phone: null, email: null },
      { id: 8, name: 'Анна', group: null, active: true, phone: null, email: null },
    ]);
    expect(await answering({ ...answer, _links: null }, readAllUsers)).toHaveLength(2);
  });

  test('have names that Postgres can keep, and so have their groups', async () => {
    const groups = [{ name: 'От\u0000дел' }];
    const answer = { _embedded: { users: [{ id: 8, name: 'Ан\u0000на \ud83d', _embedded: { groups } }] } };
    expect(await answering(answer, readAllUsers)).toEqual([
      { id: 8, name: 'Анна \ufffd', group: 'Отдел', active: true, phone: null, email: null },
    ]);
  });

  test('of a server whose pages never end are an error', async () => {
    const server = await ownServer((_, response) =>
      response
        .writeHead(200, { 'content-type': 'application/json' })
        .end('{"_links":{"next":{}},"_embedded":{"users":[{"id":1}]}}'),
    );
    await expect(readUsers(readerOf(server.url), GROUPS)).rejects.toMatchObject({ code: 'amocrm_bad_answer' });
    expect(server.requests).toHaveLength(2);
    server.close();
  });

  test('need an administrator’s token', async () => {
    account.amocrm.account.switches.usersForbidden = true;
    await expect(readUsers(http, GROUPS)).rejects.toMatchObject({ code: 'amocrm_forbidden', kind: 'auth' });
  });
});
