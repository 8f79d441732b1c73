import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { CUSTOM_FIELDS } from '../../sandbox/world/custom-fields.ts';
import { openAccount, type TestAccount } from './amocrm-sandbox.ts';

let account: TestAccount;

beforeAll(async () => {
  account = await openAccount({ calls: 3000 });
});

afterAll(async () => {
  await account.close();
});

const linksSchema = z.object({ _embedded: z.object({ links: z.array(z.record(z.string(), z.unknown())) }) });

describe('the account', () => {
  test('shows only what `with` asks for', async () => {
    expect(await json('/account')).not.toHaveProperty('_embedded');
    expect(await json('/account?with=datetime_settings,is_api_filter_enabled,users_groups')).toMatchObject({
      id: 31415926,
      is_api_filter_enabled: true,
      _embedded: {
        users_groups: expect.arrayContaining([{ id: 0, name: 'Отдел продаж', uuid: null }]),
        datetime_settings: { timezone: 'Europe/Moscow', timezone_offset: '+03:00' },
      },
    });
  });
});

describe('users', () => {
  test('list the inactive one but not the deleted one, whose calls are there', async () => {
    const { items } = (await account.get('/users?with=group,role&limit=250')).list();
    const deleted = account.world.operators.find((one) => one.isDeleted);
    expect(items.map((item) => item['id'])).not.toContain(deleted?.id);
    expect(items.filter((item) => !active(item))).toHaveLength(1);
    expect(account.world.calls.some((call) => call.operatorId === deleted?.id)).toBe(true);
    expect((await account.get(`/users/${deleted?.id}`)).status).toBe(204);
  });

  test('are forbidden to a token without the rights, in JSON', async () => {
    await account.amocrm.control('PUT', '/switches', { usersForbidden: true });
    const reply = await account.get('/users');
    await account.amocrm.control('PUT', '/switches', { usersForbidden: false });
    expect([reply.status, reply.headers.get('content-type')]).toEqual([403, 'application/problem+json']);
  });

  function active(item: Record<string, unknown>): boolean {
    return z.object({ rights: z.object({ is_active: z.boolean() }) }).parse(item).rights.is_active;
  }
});

describe('cards', () => {
  test('filter[id] works with the paid option and is silently ignored without it', async () => {
    const [first, second] = [...account.world.entities.contacts.keys()].slice(-2);
    const path = `/contacts?filter[id][]=${first}&filter[id][]=${second}&with=leads`;
    expect((await account.get(path)).list().ids).toEqual([first, second]);
    await account.amocrm.control('PUT', '/switches', { apiFilter: false });
    const unfiltered = (await account.get(path)).list();
    const told = await json('/account?with=is_api_filter_enabled');
    await account.amocrm.control('PUT', '/switches', { apiFilter: true });
    expect(unfiltered.ids).toHaveLength(50);
    expect(unfiltered.ids).not.toContain(second);
    expect(told).toMatchObject({ is_api_filter_enabled: false });
  });

  test('a lead names its contacts, the main one marked, and its company', async () => {
    const lead = [...account.world.entities.leads.values()].find((one) => one.contactIds.length === 2 && one.companyId);
    const shown = await json(`/leads/${lead?.id}?with=contacts,loss_reason`);
    expect(shown).toMatchObject({
      id: lead?.id,
      pipeline_id: lead?.pipelineId,
      _embedded: {
        contacts: [{ id: lead?.contactIds[0], is_main: true }, { id: lead?.contactIds[1], is_main: false }], // prettier-ignore
        companies: [{ id: lead?.companyId }],
      },
    });
  });

  test('a contact shows leads only when asked', async () => {
    const contact = [...account.world.entities.contacts.values()].find((one) => one.leadIds.length > 1);
    expect(await json(`/contacts/${contact?.id}`)).not.toHaveProperty('_embedded.leads');
    expect(await json(`/contacts/${contact?.id}?with=leads`)).toMatchObject({
      _embedded: { leads: contact?.leadIds.map((id) => ({ id })) },
    });
  });

  test('a missing one is 204, an unknown path 404, a write 405', async () => {
    expect((await account.get('/leads/1')).status).toBe(204);
    expect((await account.get('/lead')).status).toBe(404);
    expect((await account.post('/api/v4/leads/notes', [])).status).toBe(401);
  });

  test('customers are off unless the world has them', async () => {
    expect((await account.get('/customers/notes')).status).toBe(422);
    await account.amocrm.control('PUT', '/switches', { customersOffStatus: 426 });
    expect((await account.get('/customers')).status).toBe(426);
    const other = await openAccount({ calls: 500, customers: true });
    expect((await other.get('/customers/notes')).status).toBe(200);
    expect((await other.get('/customers?with=contacts')).status).toBe(200);
    await other.close();
  });
});

test('links answer for many entities at once and for one', async () => {
  const lead = [...account.world.entities.leads.values()].find((one) => one.companyId !== null);
  const mass = linksSchema.parse(await json(`/leads/links?filter[entity_id][]=${lead?.id}`))._embedded.links;
  const one = linksSchema.parse(await json(`/leads/${lead?.id}/links`))._embedded.links;
  expect(mass).toContainEqual({
    entity_id: lead?.id,
    entity_type: 'leads',
    to_entity_id: lead?.contactIds[0],
    to_entity_type: 'contacts',
    metadata: { main_contact: true },
  });
  expect(one).toContainEqual({ to_entity_id: lead?.companyId, to_entity_type: 'companies', metadata: null });
  expect((await account.get('/leads/links')).status).toBe(400);
});

describe('the catalogue', () => {
  test('custom fields carry their entity type and a page count', async () => {
    const reply = await account.get('/leads/custom_fields?limit=10');
    expect(reply.json()).toMatchObject({ _page: 1, _page_count: 2, _total_items: expect.any(Number) });
    expect(reply.list().items[0]).toMatchObject({ entity_type: 'leads', account_id: 31415926 });
  });

  test('every type of field has a value somewhere', () => {
    const { leads, contacts, companies } = account.world.entities;
    const cards = [...leads.values(), ...contacts.values(), ...companies.values()];
    const filled = new Set(cards.flatMap((card) => card.customFields?.map((value) => value.field_type) ?? []));
    expect(filled).toEqual(new Set(CUSTOM_FIELDS.map((field) => field.type)));
  });

  test('pipelines have the fixed closing statuses', async () => {
    const [pipeline] = (await account.get('/leads/pipelines')).list().items;
    expect(pipeline).toMatchObject({ _embedded: { statuses: expect.arrayContaining([expect.objectContaining({ id: 142 })]) } }); // prettier-ignore
    expect((await account.get('/leads/loss_reasons')).list().ids).toHaveLength(3);
    expect((await account.get('/leads/tags')).list().ids).toHaveLength(4);
  });
});

describe('events', () => {
  test('are filtered by type and time, newest first, and lead to their notes', async () => {
    const { items } = (await account.get('/events?filter[type][]=incoming_call&filter[type][]=outgoing_call&limit=100')).list(); // prettier-ignore
    const times = items.map((item) => Number(item['created_at']));
    expect(times).toEqual([...times].sort((a, b) => b - a));
    const range = `filter[created_at][from]=${times.at(-1)}&filter[created_at][to]=${times[0]}`;
    const again = await account.get(`/events?filter[type]=incoming_call,outgoing_call&limit=100&${range}`);
    expect(again.list().items).toHaveLength(items.length);
    expect(items[0]).toMatchObject({ value_after: [{ note: { id: expect.any(Number) } }] });
  });

  test('surface as late as the account makes them', async () => {
    const newest = (await account.get('/events?limit=1')).list();
    const at = Number(newest.items[0]?.['created_at']);
    const delay = account.world.now() - at + 1;
    await account.amocrm.control('PUT', '/switches', { eventDelaySeconds: delay });
    const hidden = (await account.get('/events?limit=1')).list();
    account.clock.advance(1);
    const shown = (await account.get('/events?limit=1')).list();
    expect(hidden.items[0]?.['id']).not.toBe(newest.items[0]?.['id']);
    expect(shown.items[0]?.['id']).toBe(newest.items[0]?.['id']);
  });
});

async function json(path: string): Promise<unknown> {
  return (await account.get(path)).json();
}
