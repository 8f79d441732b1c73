import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { readCustomFields, readLossReasons, readPipelines } from '../../amocrm/cards/catalogue.ts';
import type { AmocrmHttp } from '../../amocrm/http/http.ts';
import {
  FIRST_PAGE,
  readEntitiesByFilter,
  readEntitiesPage,
  readEntityById,
} from '../../amocrm/cards/read-entities.ts';
import { openAccount, type TestAccount } from '../sandbox/amocrm-sandbox.ts';
import { ownServer, readerOf } from './account-reader.ts';

let account: TestAccount;
let http: AmocrmHttp;
beforeAll(async () => {
  account = await openAccount({ calls: 3_000, customers: true });
  http = readerOf(account.amocrm.url, { accessToken: () => Promise.resolve(account.token) });
});
afterEach(() => {
  account.amocrm.account.switches = { ...account.amocrm.account.switches, apiFilter: true };
  account.amocrm.faults.set([]);
});
afterAll(() => account.close());

const KINDS = [
  ['contact', 'contacts'],
  ['lead', 'leads'],
  ['company', 'companies'],
  ['customer', 'customers'],
] as const;
const GONE = 999_999_999;
const someIds = (route: (typeof KINDS)[number][1], count: number) =>
  [...account.world.entities[route].keys()].slice(-count);

describe('entities by filter', () => {
  test.each(KINDS)('of kind %s are those that were asked for', async (entityType, route) => {
    const ids = someIds(route, 20);
    const { entities, isUnfiltered } = await readEntitiesByFilter(http, entityType, [GONE, ...ids]);
    expect(isUnfiltered).toBe(false);
    expect(entities.map(({ entityId, name }) => [entityId, name])).toEqual(
      ids.map((id) => [id, account.world.entities[route].get(id)?.name.trim()]),
    );
  });

  test('of which none is there are none', async () => {
    expect(await readEntitiesByFilter(http, 'lead', [GONE])).toEqual({ entities: [], isUnfiltered: false });
  });

  test('are known for any page when the filter was ignored in silence', async () => {
    account.amocrm.account.switches.apiFilter = false;
    expect((await readEntitiesByFilter(http, 'contact', someIds('contacts', 3))).isUnfiltered).toBe(true);
  });

  test('bring their relations along', async () => {
    const { contacts, leads } = account.world.entities;
    const lead = [...leads.values()].find(({ companyId }) => companyId !== null);
    const contact = [...contacts.values()].find(({ leadIds }) => leadIds.length > 1);
    if (!lead || !contact) throw new Error('the sandbox has such');
    const read = async (entityType: 'lead' | 'contact', id: number) =>
      (await readEntitiesByFilter(http, entityType, [id])).entities[0];
    expect(await read('lead', lead.id)).toMatchObject({ mainContactId: lead.contactIds[0], companyId: lead.companyId });
    expect(await read('contact', contact.id)).toMatchObject({ leadIds: contact.leadIds, companyId: contact.companyId });
    expect(await readEntityById(http, 'lead', lead.id)).toEqual(await read('lead', lead.id));
  });
});

describe('an entity by id', () => {
  test.each(KINDS)('of kind %s needs no filter', async (entityType, route) => {
    account.amocrm.account.switches.apiFilter = false;
    const [id = 0] = someIds(route, 1);
    expect((await readEntityById(http, entityType, id))?.entityId).toBe(id);
  });

  test('that is gone is answered with 204, or 404; other refusals are refusals', async () => {
    expect(await readEntityById(http, 'contact', GONE)).toBeUndefined();
    account.amocrm.faults.set([{ match: '/contacts/', answer: { status: 404, html: false } }]);
    expect(await readEntityById(http, 'contact', 5)).toBeUndefined();
    account.amocrm.faults.set([{ match: '/contacts/', answer: { status: 401 } }]);
    await expect(readEntityById(http, 'contact', 5)).rejects.toMatchObject({ code: 'amocrm_unauthorized' });
    account.amocrm.faults.set([{ match: '/contacts/', answer: { status: 404, html: true } }]);
    await expect(readEntityById(http, 'contact', 5)).rejects.toMatchObject({ code: 'amocrm_account_moved' });
  });

  test('that makes no sense is as good as gone', async () => {
    const server = await ownServer((_, response) =>
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"name":"nobody"}'),
    );
    expect(await readEntityById(readerOf(server.url), 'contact', 5)).toBeUndefined();
    server.close();
  });

  test.each([422, 425, 426, 402, 404])('of customers that are off (%i) is not there', async (status) => {
    account.amocrm.faults.set([{ match: '/customers', answer: { status, html: false } }]);
    expect(await readEntityById(http, 'customer', 5)).toBeUndefined();
    expect((await readEntitiesByFilter(http, 'customer', [5])).entities).toEqual([]);
    account.amocrm.faults.set([{ match: '/leads', answer: { status, html: false } }]);
    await expect(readEntitiesByFilter(http, 'lead', [5])).rejects.toMatchObject({
      code: status === 402 ? 'amocrm_unpaid' : 'amocrm_rejected',
    });
  });
});

test('pages of all entities hold 250, the latest changed first, each once', async () => {
  const first = await readEntitiesPage(http, 'contact', FIRST_PAGE);
  const second = await readEntitiesPage(http, 'contact', { offset: 250, limit: 250 });
  expect([first.entities.length, first.next, second.next]).toEqual([250, { offset: 250, limit: 250 }, null]);
  const all = [...first.entities, ...second.entities];
  expect(new Set(all.map(({ entityId }) => entityId)).size).toBe(account.world.entities.contacts.size);
  const times = all.map(({ updatedAt }) => updatedAt?.getTime() ?? 0);
  expect(times).toEqual(times.toSorted((one, other) => other - one));
});

test('an odd card in a page costs the others nothing', async () => {
  const contacts = [{ id: 1, name: 'Анна' }, null, 'x', { id: 'x' }, { id: 2, custom_fields_values: 7 }];
  const server = await ownServer((_, response) =>
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ _embedded: { contacts } })),
  );
  const { entities } = await readEntitiesPage(readerOf(server.url), 'contact', FIRST_PAGE);
  expect(entities.map(({ entityId }) => entityId)).toEqual([1, 2]);
  server.close();
});

describe('the catalogue', () => {
  test('has the pipelines, each with its statuses', async () => {
    const pipelines = await readPipelines(http);
    expect(pipelines.map(({ name }) => name)).toEqual(['Продажи', 'Сервис']);
    for (const { statuses } of pipelines) {
      expect(statuses.filter(({ id }) => id === 142)).toEqual([{ id: 142, name: 'Успешно реализовано' }]);
    }
  });

  test('has the loss reasons', async () => {
    expect(await readLossReasons(http)).toContainEqual({ id: 4203751, name: 'Слишком дорого' });
  });

  test('has no loss reasons where the account refuses them, but a right that is lacking is said', async () => {
    for (const status of [404, 422]) {
      account.amocrm.faults.set([{ match: '/loss_reasons', answer: { status, html: false } }]);
      expect(await readLossReasons(http)).toEqual([]);
    }
    account.amocrm.faults.set([{ match: '/loss_reasons', answer: { status: 403, html: false } }]);
    await expect(readLossReasons(http)).rejects.toMatchObject({ code: 'amocrm_forbidden' });
  });

  test('has the custom fields of a kind of card, lists with their options', async () => {
    const fields = await readCustomFields(http, 'contact');
    expect(fields.find(({ id }) => id === 3)).toMatchObject({ name: 'Телефон', type: 'multitext', code: 'PHONE' });
    expect(fields.find(({ name }) => name === 'Город')?.options).toContainEqual({ id: 2303, name: 'Казань' });
  });

  test('comes page by page, each field once, and one that does not end is an error', async () => {
    let last = 3;
    const server = await ownServer((request, response) => {
      const page = Number(new URL(request.url ?? '', 'http://x').searchParams.get('page'));
      const custom_fields = [{ id: Math.min(page, 3) }, { id: 4, name: 'x', type: 'text', enums: null }, null];
      const _links = page < last ? { next: { href: 'x' } } : {};
      response
        .writeHead(200, { 'content-type': 'application/json' })
        .end(JSON.stringify({ _links, _embedded: { custom_fields } }));
    });
    const fields = await readCustomFields(readerOf(server.url), 'lead');
    expect(fields.map(({ id }) => id).toSorted()).toEqual([1, 2, 3, 4]);
    last = Infinity;
    await expect(readCustomFields(readerOf(server.url), 'lead')).rejects.toMatchObject({ code: 'amocrm_bad_answer' });
    server.close();
  });
});

describe('more than amoCRM can give at once', () => {
  test('is asked for by half of the ids, and none is lost', async () => {
    const ids = someIds('leads', 8);
    account.amocrm.faults.set([{ match: '/leads', times: 2, answer: { status: 504 } }]);
    const { entities } = await readEntitiesByFilter(http, 'lead', ids);
    expect(entities.map(({ entityId }) => entityId).toSorted()).toEqual(ids.toSorted());
  });

  test('is a smaller page, from which the next one counts', async () => {
    account.amocrm.faults.set([{ match: '/contacts', times: 1, answer: { status: 504 } }]);
    const { entities, next } = await readEntitiesPage(http, 'contact', FIRST_PAGE);
    expect([entities.length, next]).toEqual([125, { offset: 125, limit: 125 }]);
  });
});
