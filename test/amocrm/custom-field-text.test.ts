import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { customFieldSchema } from '../../amocrm/cards/custom-field.ts';
import { customFieldText } from '../../amocrm/cards/custom-field-text.ts';
import { sample } from './sample.ts';

const OPTIONS = new Map([
  [17, 'Доставка'],
  [19, 'Монтаж'],
]);

/** The text of a custom field whose values are these, as a card carries them. */
function textOf(type: string, values: unknown, timeZone = 'Europe/Moscow'): string | null {
  const field = customFieldSchema.parse({
    field_id: 5,
    field_name: 'Поле',
    field_code: null,
    field_type: type,
    values,
  });
  return customFieldText(field, { timeZone, options: OPTIONS });
}

// Shapes of values by type: amoCRM's documentation of custom fields.
describe('a custom field reads as a person would expect', () => {
  test.each<[string, unknown, string]>([
    ['text', [{ value: 'Значение поля' }], 'Значение поля'],
    ['textarea', [{ value: 'Строка1\nСтрока2' }], 'Строка1\nСтрока2'],
    ['numeric', [{ value: '1.5' }], '1.5'],
    ['numeric', [{ value: 1.5 }], '1.5'],
    ['price', [{ value: 100 }], '100'],
    ['monetary', [{ value: '100' }], '100'],
    ['url', [{ value: 'https://www.amocrm.ru/' }], 'https://www.amocrm.ru/'],
    ['streetaddress', [{ value: 'г. Москва, Николоямская улица 28/60' }], 'г. Москва, Николоямская улица 28/60'],
    ['tracking_data', [{ value: 'yandex' }], 'yandex'],
    ['checkbox', [{ value: true }], 'true'],
    ['checkbox', [{ value: false }], 'false'],
    ['checkbox', [{ value: '1' }], 'true'],
    ['checkbox', [{ value: 0 }], 'false'],
    ['select', [{ value: 'Сайт', enum_id: 2351, enum_code: null }], 'Сайт'],
    ['radiobutton', [{ value: 'Карта', enum_id: 2373 }], 'Карта'],
    ['category', [{ value: 'Услуги', enum_id: 2335 }], 'Услуги'],
    [
      'multiselect',
      [
        { value: 'Доставка', enum_id: 17 },
        { value: 'Монтаж', enum_id: 19 },
      ],
      'Доставка, Монтаж',
    ],
    ['multiselect', [{ enum_id: 17 }, { enum_id: 19 }], 'Доставка, Монтаж'],
    [
      'multitext',
      [
        { value: '+79121234567', enum_id: 48224, enum_code: 'WORK' },
        { value: '8 (499) 123-45-67', enum: 'HOME' },
      ],
      '+79121234567, 8 (499) 123-45-67',
    ],
    [
      'smart_address',
      [
        { value: 'RU', enum_code: 'country' },
        { value: '109004', enum_id: 5 },
        { value: 'Москва', enum_code: 'city' },
        { value: 'Москва', enum_code: 'state' },
        { value: 'Николоямская улица 28/60', enum_id: 1 },
      ],
      'Николоямская улица 28/60, Москва, 109004, RU',
    ],
    [
      'legal_entity',
      [{ value: { name: 'ООО Рога и копыта', entity_type: 1, vat_id: '123123123', kpp: 23123123, address: 'Москва' } }],
      'ООО Рога и копыта, ИНН 123123123, КПП 23123123, Москва',
    ],
    ['payer', [{ value: { name: 'Иван', address: 'Москва, дом 1', type: 'legal' } }], 'Иван, Москва, дом 1'],
    ['payer', [{ value: { name: 'Василий', entity_type: 'contacts', entity_id: 17615543 } }], 'Василий'],
    ['supplier', [{ value: { entity_id: 521717 } }], '521717'],
    [
      'items',
      [
        { value: { sku: '34N4124', description: 'Дверь', unit_price: 10, quantity: 2, unit_type: 'шт.' } },
        { value: { sku: '34N4125' } },
      ],
      'Дверь × 2 шт. по 10; 34N4125',
    ],
    ['linked_entity', [{ value: { name: 'Товар 1', entity_id: 527597, entity_type: 'catalog_elements' } }], 'Товар 1'],
    ['linked_entity', [{ value: { entity_id: 527597 } }], '527597'],
    ['chained_list', [{ catalog_id: 1001, catalog_element_id: 12235 }, { catalog_id: 1007, catalog_element_id: 12243 }], '12235, 12243'], // prettier-ignore
    ['file', [{ value: { file_uuid: '3b45', file_name: 'wiki.odt', file_size: 20763 } }], 'wiki.odt'],
    ['a type of next year', [{ value: 'text' }], 'text'],
    ['a type of next year', [{ value: { name: 'named', deep: {} } }], 'named'],
  ])('%s %j', (type, values, expected) => {
    expect(textOf(type, values)).toBe(expected);
  });

  test.each<[string, unknown, string, string]>([
    // 1 January 2020, midnight UTC: the same day in Moscow.
    ['date', 1_577_836_800, 'Europe/Moscow', '2020-01-01'],
    // Where that moment is still the day before, too: it stands for a day, not for an evening.
    ['date', 1_577_836_800, 'America/New_York', '2020-01-01'],
    ['birthday', -86_400, 'America/Sao_Paulo', '1969-12-31'],
    ['date', 1_577_854_800, 'America/New_York', '2020-01-01'],
    ['date_time', 1_577_836_800, 'America/New_York', '2019-12-31T19:00:00-05:00'],
    // 31 December 2019, 21:00 UTC is Moscow's midnight.
    ['date', 1_577_826_000, 'Europe/Moscow', '2020-01-01'],
    ['date', '1577826000', 'Asia/Vladivostok', '2020-01-01'],
    ['birthday', 0, 'Europe/Moscow', '1970-01-01'],
    ['birthday', '0', 'Europe/Moscow', '1970-01-01'],
    ['date', 0, 'America/Sao_Paulo', '1970-01-01'],
    ['birthday', -10_800, 'Europe/Moscow', '1970-01-01'],
    ['birthday', '-86400', 'Europe/Moscow', '1969-12-31'],
    ['date_time', 0, 'Europe/Moscow', '1970-01-01T03:00:00+03:00'],
    ['birthday', '07.03.1985', 'Europe/Moscow', '1985-03-07'],
    ['date', '7.3.1985', 'America/Sao_Paulo', '1985-03-07'],
    ['birthday', '31.02.1985', 'Europe/Moscow', '31.02.1985'],
    ['birthday', -300_000_000, 'Europe/Moscow', '1960-06-29'],
    ['birthday', '1985-03-07', 'Europe/Moscow', '1985-03-07'],
    ['date_time', 1_591_965_296, 'Europe/Moscow', '2020-06-12T15:34:56+03:00'],
    ['date_time', 1_591_965_296_000, 'Asia/Yekaterinburg', '2020-06-12T17:34:56+05:00'],
    ['date_time', '2020-06-12T12:34:56+00:00', 'Europe/Moscow', '2020-06-12T15:34:56+03:00'],
    ['date_time', 1_591_965_296, 'Nowhere/At-all', '2020-06-12T12:34:56Z'],
    ['date', 'завтра', 'Europe/Moscow', 'завтра'],
  ])('%s %j in %s is %s', (type, value, timeZone, expected) => {
    expect(textOf(type, [{ value }], timeZone)).toBe(expected);
  });
});

test('every published sample of a value says something', () => {
  const byType = z.record(z.string(), z.array(z.looseObject({}))).parse(sample('custom-fields-values-by-type'));
  for (const [name, fields] of Object.entries(byType)) {
    for (const raw of fields) {
      const type = name.startsWith('date') ? 'date_time' : name.replace(/_(person|company|linked|typed)$/, '');
      const field = customFieldSchema.parse({ ...raw, field_type: type });
      const options = new Map([...OPTIONS, [1, 'x']]);
      expect([name, customFieldText(field, { timeZone: 'Europe/Moscow', options })]).not.toEqual([name, null]);
    }
  }
});

describe('an odd value costs nothing but itself', () => {
  const TYPES = [
    ...['text', 'numeric', 'checkbox', 'select', 'multiselect', 'date', 'birthday', 'date_time', 'multitext'],
    ...['smart_address', 'legal_entity', 'payer', 'supplier', 'items', 'linked_entity', 'chained_list', 'file'],
  ];
  const ODD = [
    null,
    undefined,
    '',
    [],
    {},
    [null],
    [5],
    ['text'],
    [{}],
    [{ value: null }],
    [{ value: {} }],
    [{ value: [[]] }],
    [{ value: { name: { name: 'x' } } }],
    [{ enum_id: 'x', enum_code: 5, value: undefined }],
  ];

  test.each(TYPES)('%s of no sense says nothing', (type) => {
    for (const values of ODD) expect([values, textOf(type, values)]).toEqual([values, null]);
  });

  test.each(TYPES)('%s with numbers out of all bounds, lone surrogates and zeros is text that can be kept', (type) => {
    for (const value of [1e300, -1e300, 8.65e15, '9'.repeat(400), 'a\0b', '\ud800', 'x'.repeat(1_000_000)]) {
      const text = textOf(type, [{ value }]) ?? '';
      expect(text.length).toBeLessThanOrEqual(4_000);
      expect(text).not.toContain('\0');
      expect(Buffer.from(text, 'utf8').toString('utf8')).toBe(text);
    }
  });

  test('among good ones is left out', () => {
    expect(textOf('multiselect', [{ value: 'Доставка' }, null, { value: {} }, { value: 'Монтаж' }])).toBe(
      'Доставка, Монтаж',
    );
  });
});
