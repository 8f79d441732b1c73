import { describe, expect, test } from '@jest/globals';
import type { CallEntities } from '../../activities/cards/call-entities.ts';
import { clientOf, mappedFields } from '../../activities/cards/call-fields.ts';
import type { CallToSend } from '../../ledger/exports/transfers.ts';
import { CALL_FIELDS } from '../../settings/call-fields.ts';
import { parseExportSettings } from '../../settings/export-settings.ts';
import { entity } from '../support/entity.ts';

const NOBODY: CallEntities = { contacts: [], deals: [], companies: [], customers: [] };

const CALL: CallToSend = {
  settings: parseExportSettings({
    mapping: { call: CALL_FIELDS.map(({ key }) => ({ amocrm: key, speechsense: `key_${key}` })) },
  }),
  accountId: 31_415,
  callId: 1,
  noteId: 42_743_871,
  connectionId: 'connection-1',
  language: 'ru-RU',
  host: 'example.amocrm.ru',
  timeZone: 'Europe/Moscow',
  country: 'RU',
  entityType: 'lead',
  entityId: 12,
  direction: 'incoming',
  startedAt: new Date('2026-11-02T09:00:00Z'),
  talkSeconds: 0,
  operatorId: 7,
  operatorName: 'Ольга',
  operatorGroup: 'Отдел продаж',
  link: 'https://pbx.example/1.mp3',
  phone: '8 (999) 000-00-00',
  uniq: 'u1',
  source: 'pbx',
  result: 'Перезвонить',
  status: 4,
  unreadable: false,
  recordingFailingMs: null,
  ageMs: 0,
  postponed: false,
  recordingAnswer: null,
  defects: 0,
  deaths: 0,
};

describe('mapped fields of a call', () => {
  test('are the values of all the fields that there are, as text', () => {
    expect(mappedFields(CALL, NOBODY)).toEqual({
      key_id: '42743871',
      key_uniq: 'u1',
      key_source: 'pbx',
      key_duration: '0',
      key_created_at: '2026-11-02T12:00:00+03:00',
      key_direction: 'incoming',
      key_phone: '8 (999) 000-00-00',
      key_phone_e164: '+79990000000',
      key_result: 'Перезвонить',
      key_status: '4',
      key_status_name: 'Разговор состоялся',
      key_operator: 'Ольга',
      key_operator_id: '7',
      key_operator_group: 'Отдел продаж',
      key_entity_type: 'lead',
      key_entity_id: '12',
      key_card_link: 'https://example.amocrm.ru/leads/detail/12',
    });
  });

  test('without a value are left out, not sent empty', () => {
    const bare = { ...CALL, uniq: null, source: null, talkSeconds: null, phone: null, result: null, status: null };
    const empty = Object.entries(mappedFields(bare, NOBODY)).filter(([, value]) => value === undefined);
    expect(empty.map(([key]) => key)).toEqual(
      ['uniq', 'source', 'duration', 'phone', 'phone_e164', 'result', 'status', 'status_name'].map(
        (key) => `key_${key}`,
      ),
    );
  });

  test.each([
    ['contact', 'contacts'],
    ['lead', 'leads'],
    ['company', 'companies'],
    ['customer', 'customers'],
  ] as const)('link to the card of a %s', (entityType, route) => {
    expect(mappedFields({ ...CALL, entityType }, NOBODY)['key_card_link']).toBe(
      `https://example.amocrm.ru/${route}/detail/12`,
    );
  });

  test('of older settings that name a field no longer known are empty', () => {
    const { settings } = CALL;
    const call = [{ amocrm: 'toString', speechsense: 'a' }];
    const deal = [{ amocrm: 'toString', speechsense: 'b' }];
    const old = { ...CALL, settings: { ...settings, mapping: { ...settings.mapping, call, deal } } };
    expect(mappedFields(old, { ...NOBODY, deals: [entity('lead', 1)] })).toEqual({ a: undefined, b: undefined });
  });
});

describe('mapped fields of cards', () => {
  const mapping = {
    deal: [
      { amocrm: 'name', speechsense: 'deal_name' },
      { amocrm: 'price', speechsense: 'deal_price' },
    ],
    contact: [{ amocrm: 'cf_5', speechsense: 'city' }],
    company: [{ amocrm: 'name', speechsense: 'company_name' }],
  };
  const call = { ...CALL, settings: parseExportSettings({ mapping }) };

  test('are what the cards say, each block of its own kind of card', () => {
    const entities = {
      contacts: [entity('contact', 1, { fields: { cf_5: 'Казань', name: 'not mapped' } })],
      deals: [entity('lead', 2, { fields: { name: 'Окна', price: null } })],
      companies: [entity('company', 3, { fields: { name: 'ООО' } })],
      customers: [],
    };
    expect(mappedFields(call, entities)).toEqual({
      deal_name: 'Окна',
      deal_price: undefined,
      city: 'Казань',
      company_name: 'ООО',
    });
  });

  test('of several cards of a kind stand one after another, the same once', () => {
    const deals = ['Окна', 'Двери', 'Окна'].map((name, id) => entity('lead', id, { fields: { name, price: '5' } }));
    expect(mappedFields(call, { ...NOBODY, deals })).toMatchObject({ deal_name: 'Окна, Двери', deal_price: '5' });
  });
});

describe('the client of a call', () => {
  const ALL: CallEntities = {
    contacts: [entity('contact', 1)],
    companies: [entity('company', 2)],
    customers: [entity('customer', 3)],
    deals: [entity('lead', 4)],
  };

  test('is its contact, else its company, its customer, its lead', () => {
    const kinds = ['contacts', 'companies', 'customers'] as const;
    const clients = [0, 1, 2, 3].map((gone) =>
      clientOf(CALL, { ...ALL, ...Object.fromEntries(kinds.slice(0, gone).map((kind) => [kind, []])) }),
    );
    expect(clients).toEqual([
      { id: '1', name: 'contact 1' },
      { id: '2', name: 'company 2' },
      { id: '3', name: 'customer 3' },
      { id: '4', name: 'lead 4' },
    ]);
  });

  test('without a name is called by the call’s phone', () => {
    const nameless = { ...ALL, contacts: [entity('contact', 1, { name: null })] };
    expect(clientOf(CALL, nameless)).toEqual({ id: '1', name: '8 (999) 000-00-00' });
    expect(clientOf({ ...CALL, phone: null }, nameless)).toEqual({ id: '1', name: '' });
  });

  test('of whom nothing is known is the card that the call hangs on', () => {
    expect(clientOf(CALL, NOBODY)).toEqual({ id: '12', name: '8 (999) 000-00-00' });
  });
});
