import { describe, expect, test } from '@jest/globals';
import { type AmocrmEntity, isOpen, toEntity } from '../../amocrm/cards/entities.ts';
import { cardLink, fieldText, STANDARD_VALUES, type ValueContext } from '../../amocrm/cards/entity-values.ts';
import { CARD_FIELDS } from '../../settings/card-fields.ts';

const CONTEXT: ValueContext = {
  host: 'example.amocrm.ru',
  timeZone: 'Europe/Moscow',
  country: 'RU',
  users: new Map([[504141, { name: 'Ольга Ковалёва', group: 'Отдел продаж' }]]),
  // The two closing statuses have one id in all pipelines, but a name in each.
  pipelines: [
    { id: 1, name: 'Сервис', statuses: [{ id: 143, name: 'Отказ' }] },
    { id: 3104455, name: 'Продажи', statuses: [{ id: 143, name: 'Закрыто и не реализовано' }] },
  ],
  lossReasons: new Map([[4203748, 'Пропала потребность']]),
  options: new Map(),
};

function entityOf(raw: object): AmocrmEntity {
  const entity = toEntity({ id: 1, ...raw });
  if (!entity) throw new Error('it is one');
  return entity;
}
const phones = (...values: unknown[]) => ({
  field_id: 3,
  field_name: 'Телефон',
  field_code: 'PHONE',
  field_type: 'multitext',
  values: values.map((value) => ({ value, enum_id: 1, enum: 'WORK' })),
});

/** All standard fields of a card that have a value. */
function valuesOf(entityType: 'lead' | 'contact' | 'company', raw: object): Record<string, string> {
  const entity = entityOf(raw);
  const texts = Object.keys(STANDARD_VALUES[entityType]).map((key) => [
    key,
    fieldText(entityType, key, entity, CONTEXT),
  ]);
  return Object.fromEntries(texts.filter(([, text]) => text !== null)) as Record<string, string>;
}

test('every standard field that a mapping can name has a value of its own, and none is without a name', () => {
  for (const [block, entityType] of [
    ['deal', 'lead'],
    ['contact', 'contact'],
    ['company', 'company'],
  ] as const) {
    expect(CARD_FIELDS[block].map(({ key }) => key).toSorted()).toEqual(
      Object.keys(STANDARD_VALUES[entityType]).toSorted(),
    );
  }
});

describe('standard fields', () => {
  test('of a lead', () => {
    const lead = {
      id: 3912171,
      name: ' Example ',
      price: 12,
      responsible_user_id: 504141,
      status_id: 143,
      pipeline_id: 3104455,
      loss_reason_id: 4203748,
      created_at: 1585299171,
      updated_at: 1590683337,
      closed_at: 1590683337,
      _embedded: {
        tags: [
          { id: 1, name: 'тест' },
          { id: 2, name: 'VIP' },
        ],
      },
    };
    expect(valuesOf('lead', lead)).toEqual({
      id: '3912171',
      name: 'Example',
      price: '12',
      pipeline: 'Продажи',
      status: 'Закрыто и не реализовано',
      created_at: '2020-03-27T11:52:51+03:00',
      updated_at: '2020-05-28T19:28:57+03:00',
      closed_at: '2020-05-28T19:28:57+03:00',
      loss_reason: 'Пропала потребность',
      tags: 'тест, VIP',
      responsible: 'Ольга Ковалёва',
      responsible_group: 'Отдел продаж',
      card_link: 'https://example.amocrm.ru/leads/detail/3912171',
    });
  });

  test('of a contact: phones as they are written and as E.164', () => {
    const contact = {
      id: 3,
      name: 'Иван Иванов',
      first_name: 'Иван',
      last_name: 'Иванов',
      custom_fields_values: [
        phones('8 (912) 123-45-67', '+79121234567', 'доб. 101'),
        { field_id: 5, field_code: 'EMAIL', field_type: 'multitext', values: [{ value: 'a@b.c' }, { value: 'd@e.f' }] },
        { field_id: 7, field_code: 'POSITION', field_type: 'text', values: [{ value: 'Директор' }] },
      ],
    };
    expect(valuesOf('contact', contact)).toEqual({
      id: '3',
      name: 'Иван Иванов',
      first_name: 'Иван',
      last_name: 'Иванов',
      phone: '8 (912) 123-45-67, +79121234567, доб. 101',
      phone_e164: '+79121234567',
      email: 'a@b.c, d@e.f',
      position: 'Директор',
      card_link: 'https://example.amocrm.ru/contacts/detail/3',
    });
  });

  test('of a company', () => {
    const company = {
      name: 'АО Рога и копыта',
      custom_fields_values: [
        { field_id: 13, field_code: 'WEB', field_type: 'url', values: [{ value: 'https://rk.example/' }] },
        { field_id: 15, field_code: 'ADDRESS', field_type: 'textarea', values: [{ value: 'Москва' }] },
      ],
    };
    expect(valuesOf('company', company)).toEqual({
      id: '1',
      name: 'АО Рога и копыта',
      web: 'https://rk.example/',
      address: 'Москва',
      card_link: 'https://example.amocrm.ru/companies/detail/1',
    });
  });

  test('whose ids nobody knows any more are empty, not numbers', () => {
    const lead = { status_id: 5, pipeline_id: 6, loss_reason_id: 7, responsible_user_id: 8 };
    expect(Object.keys(valuesOf('lead', lead))).toEqual(['id', 'card_link']);
  });
});

describe('custom fields', () => {
  const entity = entityOf({
    custom_fields_values: [{ field_id: '1150947', field_type: 'date', values: [{ value: 1577826000 }] }],
  });

  test('are named by their id', () => {
    expect(fieldText('lead', 'cf_1150947', entity, CONTEXT)).toBe('2020-01-01');
  });

  test.each(['cf_5', 'cf_', 'weight', 'toString', '__proto__', ''])('%j is no field of the card', (key) => {
    expect(fieldText('lead', key, entity, CONTEXT)).toBeNull();
  });

  test('are cut where no value of use is that long', () => {
    const values = Array.from({ length: 500 }, (_, n) => ({ value: `${n} ${'x'.repeat(1_000)}` }));
    const wide = entityOf({ custom_fields_values: [{ field_id: 5, field_type: 'multiselect', values }] });
    expect(fieldText('lead', 'cf_5', wide, CONTEXT)).toHaveLength(4_000);
  });
});

describe('a card of whatever form', () => {
  test.each<[unknown]>([[null], [undefined], ['x'], [5], [[]], [{}], [{ id: 0 }], [{ id: 'x' }], [{ id: -1 }]])(
    '%j is none',
    (raw) => {
      expect(toEntity(raw)).toBeUndefined();
    },
  );

  test.each<[string, object, string | null]>([
    ['by its name', { name: 'Мария', first_name: 'Пётр', last_name: 'Иванов' }, 'Мария'],
    ['by both parts', { name: '', first_name: 'Пётр', last_name: 'Иванов' }, 'Пётр Иванов'],
    ['by the parts where the name is blank', { name: '\u00a0\u200b ', first_name: ' Пётр ', last_name: '' }, 'Пётр'],
    ['by the surname alone', { name: null, first_name: null, last_name: 'Иванов' }, 'Иванов'],
    ['by nothing', { name: '', first_name: '', last_name: '\u200b' }, null],
  ])('is named %s', (_, raw, name) => {
    const entity = entityOf(raw);
    expect(entity.name).toBe(name);
    expect(fieldText('contact', 'name', entity, CONTEXT)).toBe(name);
  });

  test('keeps what can be read of it', () => {
    const entity = entityOf({
      id: '7',
      name: 5,
      price: {},
      status_id: '142',
      created_at: 'yesterday',
      updated_at: '1590683337',
      is_deleted: 'no',
      custom_fields_values: { 0: 'x' },
      _embedded: {
        tags: [null, { name: 'VIP' }, { name: 5 }],
        contacts: [{ id: 'x' }, { id: '9' }],
        companies: 'none',
      },
    });
    expect(entity).toMatchObject({
      entityId: 7,
      name: '5',
      price: null,
      statusId: 142,
      createdAt: null,
      updatedAt: new Date('2020-05-28T16:28:57Z'),
      isDeleted: false,
      customFields: [],
      tags: ['VIP', '5'],
      mainContactId: 9,
      companyId: null,
      leadIds: [],
    });
    expect(entityOf({ updated_at: 1_700_000_000_000_000 }).updatedAt).toBeNull();
    expect(entityOf({ _embedded: 'none' })).toMatchObject({ tags: [], mainContactId: null, companyId: null });
  });

  test('has the main contact, else the first', () => {
    const mainOf = (contacts: object[]) => entityOf({ _embedded: { contacts } }).mainContactId;
    expect(mainOf([{ id: 5, is_main: false }, { id: 6, is_main: true }])).toBe(6); // prettier-ignore
    expect(mainOf([{ id: 5 }, { id: 6 }])).toBe(5);
    expect(mainOf([])).toBeNull();
  });

  test('is closed when it is won or lost', () => {
    expect([142, 143, '143', 5, null].map((status_id) => isOpen(entityOf({ status_id })))).toEqual([
      false,
      false,
      false,
      true,
      true,
    ]);
  });
});

test.each([
  ['lead', 'leads'],
  ['contact', 'contacts'],
  ['company', 'companies'],
  ['customer', 'customers'],
] as const)('the card of a %s is under %s', (entityType, route) => {
  expect(cardLink('example.amocrm.ru', entityType, 12)).toBe(`https://example.amocrm.ru/${route}/detail/12`);
});
