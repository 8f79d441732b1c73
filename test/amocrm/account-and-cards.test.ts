import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { readAccount } from '../../amocrm/account.ts';
import { readEntities } from '../../amocrm/entities.ts';
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
async function requestsDuring(read: () => Promise<unknown>): Promise<string[]> {
  const paths: string[] = [];
  const unsubscribe = account.amocrm.onAnswer(({ path }) => paths.push(path));
  await read().finally(unsubscribe);
  return paths;
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

describe('cards', () => {
  const ids = (type: 'contacts' | 'leads' | 'companies' | 'customers', count: number) =>
    [...account.world.entities[type].keys()].slice(-count);

  test.each([
    ['contact', 'contacts'],
    ['lead', 'leads'],
    ['company', 'companies'],
    ['customer', 'customers'],
  ] as const)('of kind %s come in one request where filters work', async (entityType, route) => {
    const wanted = ids(route, 5);
    const paths = await requestsDuring(async () => {
      const cards = await readEntities(http, entityType, wanted, true);
      expect(cards.map(({ entityId, name }) => [entityId, name])).toEqual(
        wanted.map((id) => [id, account.world.entities[route].get(id)?.name.trim()]),
      );
      expect(cards.every((card) => card.entityType === entityType)).toBe(true);
    });
    expect(paths).toEqual([`/api/v4/${route}`]);
  });

  test('come one by one where they do not', async () => {
    const wanted = ids('contacts', 3);
    const paths = await requestsDuring(() => readEntities(http, 'contact', wanted, false));
    expect(paths).toEqual(wanted.map((id) => `/api/v4/contacts/${id}`));
  });

  test('come one by one when the filter was ignored in silence', async () => {
    account.amocrm.account.switches.apiFilter = false;
    const wanted = ids('contacts', 3);
    const paths = await requestsDuring(async () => {
      const cards = await readEntities(http, 'contact', wanted, true);
      expect(cards.map(({ name }) => name)).toEqual(
        wanted.map((id) => account.world.entities.contacts.get(id)?.name.trim()),
      );
    });
    expect(paths).toEqual(['/api/v4/contacts', ...wanted.map((id) => `/api/v4/contacts/${id}`)]);
  });

  test('of leads name their main contact and company; those of others name no main contact', async () => {
    const [lead] = [...account.world.entities.leads.values()].filter(({ companyId }) => companyId !== null);
    if (!lead) throw new Error('the sandbox has a lead of a company');
    for (const filters of [true, false]) {
      const [card] = await readEntities(http, 'lead', [lead.id, ...ids('leads', 1)], filters);
      expect(card).toMatchObject({ mainContactId: lead.contactIds[0], companyId: lead.companyId });
    }
    const [contact] = await readEntities(http, 'contact', ids('contacts', 1), false);
    expect(contact?.mainContactId).toBeNull();
  });

  test('of a lead with several contacts take the main one, else the first', async () => {
    const lead = (contacts: object[]) => ({ id: 1, name: 'deal', _embedded: { contacts } });
    const mainOf = (contacts: object[]) =>
      answering(lead(contacts), async (reader) => (await readEntities(reader, 'lead', [1], false))[0]?.mainContactId);
    expect(
      await mainOf([
        { id: 5, is_main: false },
        { id: 6, is_main: true },
      ]),
    ).toBe(6);
    expect(await mainOf([{ id: '5' }, { id: 6 }])).toBe(5);
    expect(await mainOf([])).toBeNull();
  });

  test.each([
    ['where filters work', true],
    ['one by one, with 204', false],
  ])('that are gone have no name, %s', async (_, filters) => {
    const [known = 0] = ids('contacts', 1);
    const GONE = { name: null, mainContactId: null, companyId: null };
    const cards = await readEntities(http, 'contact', [999_999_999, known], filters);
    expect(cards[0]).toEqual({ entityType: 'contact', entityId: 999_999_999, ...GONE });
    expect(cards[1]?.name).not.toBeNull();
  });

  test('that are gone may be answered with 404 too; other refusals are refusals', async () => {
    account.amocrm.faults.set([{ match: '/contacts/', answer: { status: 404 } }]);
    expect((await readEntities(http, 'contact', [5], false))[0]?.name).toBeNull();
    account.amocrm.faults.set([{ match: '/contacts/', answer: { status: 401 } }]);
    await expect(readEntities(http, 'contact', [5], false)).rejects.toMatchObject({ code: 'amocrm_unauthorized' });
  });

  test('of all that are gone come with nothing', async () => {
    const cards = await readEntities(http, 'company', [999_999_998, 999_999_999], true);
    expect(cards.map(({ name }) => name)).toEqual([null, null]);
  });

  test('without a name, or with a blank one, have none', async () => {
    for (const name of [null, '', '  ', undefined, 5]) {
      const [card] = await answering({ id: 1, name }, (reader) => readEntities(reader, 'contact', [1], false));
      expect(card?.name).toBeNull();
    }
  });
});
