import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { readAccount } from '../../amocrm/account.ts';
import type { AmocrmHttp } from '../../amocrm/http.ts';
import { readUsers } from '../../amocrm/users.ts';
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
    expect(await readAccount(http)).toEqual({
      accountId: account.amocrm.account.identity.accountId,
      name: 'Песочница',
      timeZone: 'Europe/Moscow',
      isApiFilterEnabled: true,
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
    });
  });

  test('that answers nothing is answered in an unknown form', async () => {
    await expect(answering(undefined, readAccount)).rejects.toMatchObject({ code: 'amocrm_bad_answer' });
  });
});

describe('users', () => {
  test('are all that amoCRM lists, with group and whether they are active', async () => {
    const users = await readUsers(http);
    const listed = account.world.operators.filter(({ isDeleted }) => !isDeleted);
    expect(users.map(({ id, name, active }) => ({ id, name, active }))).toEqual(
      listed.map(({ id, name, isActive }) => ({ id, name, active: isActive })),
    );
    expect(users.filter(({ group }) => group !== null).length).toBeGreaterThan(0);
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
    const users = await readUsers(readerOf(server.url));
    expect(users.map(({ id }) => id)).toEqual([1, 2, 3, 4, 5]);
    expect(users[0]).toEqual({ id: 1, name: 'user 1', group: null, active: true });
    expect(server.requests).toHaveLength(3);
    server.close();
  });

  test('of whom one is odd, or whose list ends oddly, are there all the same', async () => {
    const users = [null, { id: null }, { id: 'x' }, { id: '7', name: null, rights: 3, _embedded: { groups: {} } }];
    const answer = { _links: { next: null }, _embedded: { users: [...users, { id: 8, name: 'Анна' }] } };
    expect(await answering(answer, readUsers)).toEqual([
      { id: 7, name: '', group: null, active: true },
      { id: 8, name: 'Анна', group: null, active: true },
    ]);
    expect(await answering({ ...answer, _links: null }, readUsers)).toHaveLength(2);
  });

  test('have names that Postgres can keep, and so have their groups', async () => {
    const groups = [{ name: 'От\u0000дел' }];
    const answer = { _embedded: { users: [{ id: 8, name: 'Ан\u0000на \ud83d', _embedded: { groups } }] } };
    expect(await answering(answer, readUsers)).toEqual([{ id: 8, name: 'Анна \ufffd', group: 'Отдел', active: true }]);
  });

  test('of a server whose pages never end are an error', async () => {
    const server = await ownServer((_, response) =>
      response
        .writeHead(200, { 'content-type': 'application/json' })
        .end('{"_links":{"next":{}},"_embedded":{"users":[{"id":1}]}}'),
    );
    await expect(readUsers(readerOf(server.url))).rejects.toMatchObject({ code: 'amocrm_bad_answer' });
    expect(server.requests).toHaveLength(2);
    server.close();
  });

  test('need an administrator’s token', async () => {
    account.amocrm.account.switches.usersForbidden = true;
    await expect(readUsers(http)).rejects.toMatchObject({ code: 'amocrm_forbidden', kind: 'auth' });
  });
});
