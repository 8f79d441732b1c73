import { describe, expect, test } from '@jest/globals';
import { clientOf, mappedFields } from '../../activities/call-fields.ts';
import type { Entity } from '../../ledger/entities.ts';
import type { CallToSend } from '../../ledger/transfers.ts';
import { CALL_FIELD_NAMES } from '../../settings/call-fields.ts';
import { parseExportSettings } from '../../settings/export-settings.ts';

const CALL: CallToSend = {
  settings: parseExportSettings({
    mapping: { call: CALL_FIELD_NAMES.map((amocrm) => ({ amocrm, speechsense: `key_${amocrm}` })) },
  }),
  accountId: 31_415,
  callId: 1,
  noteId: 42_743_871,
  connectionId: 'connection-1',
  language: 'ru-RU',
  host: 'example.amocrm.ru',
  timeZone: 'Europe/Moscow',
  entityType: 'lead',
  entityId: 12,
  direction: 'incoming',
  startedAt: new Date('2026-11-02T09:00:00Z'),
  talkSeconds: 0,
  operatorId: 7,
  operatorName: 'Ольга',
  link: 'https://pbx.example/1.mp3',
  phone: '+79990000000',
  uniq: 'u1',
  source: 'pbx',
  result: 'Перезвонить',
  status: 4,
  recordingFailingSince: null,
  postponed: false,
  defects: 0,
};

describe('mapped fields of a call', () => {
  test('are the values of all the fields that there are, as text', () => {
    expect(mappedFields(CALL)).toEqual({
      key_id: '42743871',
      key_uniq: 'u1',
      key_source: 'pbx',
      key_duration: '0',
      key_phone: '+79990000000',
      key_result: 'Перезвонить',
      key_status: '4',
      key_entity_type: 'lead',
      key_entity_id: '12',
      key_card_link: 'https://example.amocrm.ru/leads/detail/12',
    });
  });

  test('without a value are left out, not sent empty', () => {
    const bare = { ...CALL, uniq: null, source: null, talkSeconds: null, phone: null, result: null, status: null };
    const { key_uniq, key_source, key_duration, key_phone, key_result, key_status, ...rest } = mappedFields(bare);
    for (const value of [key_uniq, key_source, key_duration, key_phone, key_result, key_status]) {
      expect(value).toBeUndefined();
    }
    expect(Object.values(rest).every((value) => value !== undefined)).toBe(true);
  });

  test.each([
    ['contact', 'contacts'],
    ['lead', 'leads'],
    ['company', 'companies'],
    ['customer', 'customers'],
  ] as const)('link to the card of a %s', (entityType, route) => {
    expect(mappedFields({ ...CALL, entityType })['key_card_link']).toBe(`https://example.amocrm.ru/${route}/detail/12`);
  });

  test('of older settings that name a field no longer known are empty', () => {
    const { settings } = CALL;
    const call = [{ amocrm: 'toString', speechsense: 'a' }];
    expect(mappedFields({ ...CALL, settings: { ...settings, mapping: { ...settings.mapping, call } } })).toEqual({
      a: undefined,
    });
  });
});

describe('the client of a call', () => {
  const entity = (entityType: Entity['entityType'], name: string | null = entityType): Entity => ({
    entityType,
    entityId: { contact: 1, company: 2, customer: 3, lead: 4 }[entityType],
    name,
    mainContactId: null,
    companyId: null,
  });
  const ALL = (['lead', 'customer', 'company', 'contact'] as const).map((type) => entity(type));

  test('is its contact, else its company, its customer, its lead', () => {
    const clients = [0, 1, 2, 3].map((gone) => clientOf(CALL, ALL.slice(0, 4 - gone)));
    expect(clients).toEqual([
      { id: '1', name: 'contact' },
      { id: '2', name: 'company' },
      { id: '3', name: 'customer' },
      { id: '4', name: 'lead' },
    ]);
  });

  test('without a name is called by the call’s phone', () => {
    expect(clientOf(CALL, [entity('contact', null), entity('company')])).toEqual({ id: '1', name: '+79990000000' });
    expect(clientOf({ ...CALL, phone: null }, [entity('contact', null)])).toEqual({ id: '1', name: '' });
  });

  test('of whom nothing is known is the card that the call hangs on', () => {
    expect(clientOf(CALL, [])).toEqual({ id: '12', name: '+79990000000' });
  });
});
