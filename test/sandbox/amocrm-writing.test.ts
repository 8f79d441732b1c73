import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import type { Contact } from '../../sandbox/world/model.ts';
import { openAccount, type TestAccount } from './amocrm-sandbox.ts';

let account: TestAccount;

beforeEach(async () => {
  account = await openAccount({ calls: 300, customers: true, unsorted: 4 });
});

afterEach(async () => {
  await account.close();
});

const createdSchema = z.object({
  _embedded: z.record(z.string(), z.array(z.looseObject({ id: z.number(), entity_id: z.number() }))),
});

async function write(method: 'POST' | 'PATCH', path: string, body: unknown) {
  const response = await fetch(`${account.amocrm.url}/api/v4${path}`, {
    method,
    headers: { Authorization: `Bearer ${account.token}` },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  return { status: response.status, json: text === '' ? undefined : (JSON.parse(text) as unknown) };
}

function idOf(json: unknown): number {
  return Object.values(createdSchema.parse(json)._embedded)[0]?.[0]?.id ?? 0;
}

describe('POST /calls finds the card itself', () => {
  function contactWith(openLeads: number, customers: number): Contact | undefined {
    const { contacts, leads } = account.world.entities;
    const isOpen = (id: number) => ![142, 143].includes(leads.get(id)?.statusId ?? 0);
    return [...contacts.values()].find(
      (one) => one.leadIds.filter(isOpen).length === openLeads && one.customerIds.length === customers,
    );
  }
  const call = (phone: string) => [{ direction: 'inbound', duration: 61, source: 'test', phone, uniq: `u-${phone}` }];

  test.each([
    ['its only open lead, without customers', 1, 0, 'lead'],
    ['its only customer, without open leads', 0, 1, 'customer'],
    ['the contact itself, with neither', 0, 0, 'contact'],
    ['the contact itself, with two open leads', 2, 0, 'contact'],
    ['the contact itself, with a lead and a customer', 1, 1, 'contact'],
  ])('%s', async (_name, leads, customers, entityType) => {
    const contact = contactWith(leads, customers);
    const { status, json } = await write('POST', '/calls', call(`8 (${contact?.phone.slice(0, 3)}) ${contact?.phone.slice(3)}`)); // prettier-ignore
    expect(status).toBe(200);
    expect(json).toMatchObject({ _total_items: 1, errors: [], _embedded: { calls: [{ entity_type: entityType }] } });
    const note = account.world.notes.get(idOf(json));
    expect(note).toMatchObject({ noteType: 'call_in', params: { duration: 61, source: 'test' } });
    expect(account.world.callOfNote(note?.id ?? 0)).toMatchObject({ talkSeconds: 61, hasLink: false });
    const [event] = (await account.get('/events?filter[type]=incoming_call&limit=1')).list().items;
    expect(event).toMatchObject({ entity_type: entityType, value_after: [{ note: { id: note?.id } }] });
  });

  test('an unknown number is told among the errors and added nowhere', async () => {
    const before = account.world.notes.size;
    const { status, json } = await write('POST', '/calls', call('+79990000001'));
    expect([status, account.world.notes.size]).toEqual([200, before]);
    expect(json).toMatchObject({ _total_items: 0, errors: [{ request_id: '0' }], _embedded: { calls: [] } });
  });

  test('both times may be dated back by the telephony', async () => {
    const contact = contactWith(0, 0);
    const times = { created_at: account.world.now() - 9_000, updated_at: account.world.now() - 8_000 };
    const { json } = await write('POST', '/calls', [{ ...call(contact?.phone ?? '')[0], ...times }]);
    const shown = (await account.get(`/contacts/notes/${idOf(json)}`)).json();
    expect(shown).toMatchObject(times);
  });
});

describe('notes written by a telephony', () => {
  test('become calls, and the recording that comes later moves updated_at', async () => {
    const [contactId] = account.world.entities.contacts.keys();
    const params = { uniq: 'posted-1', duration: 40, source: 'MikoPBX', link: '', phone: '+79990000002' };
    const { json } = await write('POST', `/contacts/${contactId}/notes`, [{ note_type: 'call_out', params }]);
    const id = idOf(json);
    expect(account.world.callOfNote(id)).toMatchObject({ uniq: 'posted-1', direction: 'out', hasLink: false });

    account.clock.advance(600);
    const link = 'https://pbx.example/rec.mp3';
    const patched = await write('PATCH', `/contacts/notes`, [{ id, note_type: 'call_out', params: { link } }]);
    expect(patched.json).toMatchObject({ _embedded: { notes: [{ id, updated_at: account.world.now() }] } });
    expect(account.world.callOfNote(id)).toMatchObject({ hasLink: true });
    expect((await account.get(`/contacts/notes/${id}`)).json()).toMatchObject({ params: { ...params, link } });
  });

  test.each([
    ['of a card that is not there', '/contacts/notes', [{ entity_id: 1, note_type: 'common', params: {} }]],
    ['of an unknown type', '/contacts/notes', [{ entity_id: 1, note_type: 'call', params: {} }]],
    ['outside of an array', '/contacts/notes', { note_type: 'common' }],
  ])('%s are refused and nothing is added', async (_name, path, body) => {
    const before = account.world.notes.size;
    const { status, json } = await write('POST', path, body);
    expect([status, account.world.notes.size]).toEqual([400, before]);
    expect(json).toMatchObject({ title: 'Bad Request', status: 400 });
  });

  test('a note is patched only where it is', async () => {
    const note = account.world.notes.get(account.world.calls[0]?.noteIds[0] ?? 0);
    const patch = { params: { text: 'x' } };
    expect((await write('PATCH', `/${note?.entityType}/1/notes/${note?.id}`, patch)).status).toBe(204);
    expect((await write('PATCH', `/${note?.entityType}/${note?.entityId}/notes/${note?.id}`, patch)).status).toBe(200);
  });
});

describe('unsorted calls', () => {
  test('are listed by category and are on no card as notes until somebody accepts them', async () => {
    const { items } = (await account.get('/leads/unsorted?filter[category][]=sip')).list();
    expect(items).toHaveLength(3);
    const calls = account.world.calls.length;
    const [first] = account.world.unsorted.values();
    expect((await account.get(`/contacts/${first?.contactId}/notes`)).status).toBe(204);

    const accepted = await write('POST', `/leads/unsorted/${first?.uid}/accept`, { user_id: 939_801 });
    expect(accepted.json).toMatchObject({ uid: first?.uid, _embedded: { leads: [{ id: first?.leadId }] } });
    expect((await account.get(`/contacts/${first?.contactId}/notes`)).list().items).toMatchObject([
      { note_type: 'call_in', created_by: 939_801, created_at: first?.metadata['called_at'] },
    ]);
    expect(account.world.calls).toHaveLength(calls + 1);
    expect((await account.get(`/leads/unsorted/${first?.uid}`)).status).toBe(204);
    expect((await account.get('/leads/unsorted/summary')).json()).toMatchObject({ total: 4, accepted: 1 });
  });

  test('one that a telephony adds gets a contact and a lead in the first column', async () => {
    const metadata = { phone: '79990000003', called_at: account.world.now(), duration: 12, link: null };
    const item = { source_name: 'UIS', source_uid: 'a1', metadata };
    const { json } = await write('POST', '/leads/unsorted/sip', [item]);
    const [added] = z.object({ _embedded: z.object({ unsorted: z.array(z.object({ uid: z.string() })) }) }).parse(json)._embedded.unsorted; // prettier-ignore
    const known = account.world.unsorted.get(added?.uid ?? '');
    expect(account.world.entities.leads.get(known?.leadId ?? 0)).toMatchObject({ contactIds: [known?.contactId] });
    // Not asked for, the call leaves no note.
    await write('POST', `/leads/unsorted/${added?.uid}/accept`, {});
    expect((await account.get(`/contacts/${known?.contactId}/notes`)).status).toBe(204);
  });
});
