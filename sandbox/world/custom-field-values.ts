import { DateTime } from 'luxon';
import { fieldsOf } from './custom-fields.ts';
import type { CustomField, CustomFieldValue, EntityType } from './model.ts';
import type { Random } from './random.ts';

/** What a card must hold: kept true to the calls, which name the same phone. */
export interface Known {
  phone?: string;
  email?: string;
  now: number;
  /** The account's, in which dates are midnights. */
  timeZone: string;
}

const POSITIONS = ['Директор', 'Менеджер по закупкам', 'Бухгалтер', 'Главный инженер'] as const;

/** Fills a card's fields; null when every one stayed empty, as the API shows such a card. */
export function fillFields(entityType: EntityType, random: Random, known: Known): CustomFieldValue[] | null {
  const filled = fieldsOf(entityType).flatMap((field): CustomFieldValue[] => {
    const values = valuesOf(field, random.fork(field.name), known);
    if (values.length === 0) return [];
    return [{ field_id: field.id, field_name: field.name, field_code: field.code, field_type: field.type, values }];
  });
  return filled.length === 0 ? null : filled;
}

function valuesOf(field: CustomField, random: Random, known: Known): Record<string, unknown>[] {
  if (field.code === 'PHONE') return known.phone === undefined ? [] : phones(field, random, known.phone);
  if (field.code === 'EMAIL') return known.email === undefined ? [] : [chosen(field, 0, known.email)];
  if (!random.chance(OFTEN.has(field.type) ? 0.5 : 0.08)) return [];

  switch (field.type) {
    case 'select':
    case 'radiobutton':
    case 'category':
      return [option(field, random)];
    case 'multiselect':
      return (field.enums ?? [])
        .filter(() => random.chance(0.6))
        .map((one) => ({ value: one.value, enum_id: one.id, enum_code: one.code ?? null }));
    case 'checkbox':
      return [{ value: random.chance(0.7) }];
    case 'date':
      // Midnight in the account's zone: likely, but not documented.
      return [{ value: midnight(known.now - random.int(0, 60) * 86_400, known.timeZone) }];
    case 'birthday':
      return [{ value: midnight(random.int(0, 1_000_000_000), known.timeZone) }];
    case 'date_time':
      return [{ value: known.now + random.int(-30, 30) * 3_600 }];
    case 'numeric':
      return [{ value: (random.int(10, 2_000) / 10).toString() }];
    case 'price':
    case 'monetary':
      // Documented as a string, seen as a number.
      return [{ value: random.chance(0.8) ? String(random.int(100, 90_000)) : random.int(100, 90_000) }];
    case 'text':
      return [{ value: field.code === 'POSITION' ? random.pick(POSITIONS) : `№ ${random.int(1, 9_999)}/26` }];
    case 'textarea':
      return [{ value: 'Просил перезвонить\nпосле обеда' }];
    case 'url':
      return [{ value: `https://company-${random.int(1, 9_999)}.example/` }];
    case 'tracking_data':
      return [{ value: random.pick(['yandex', 'vk', 'direct']) }];
    case 'streetaddress':
      return [{ value: `г. Москва, Вымышленная улица, д. ${random.int(1, 120)}` }];
    case 'smart_address':
      return [
        chosen(field, 0, `Вымышленная улица, ${random.int(1, 120)}`),
        chosen(field, 2, 'Москва'),
        chosen(field, 4, String(random.int(101_000, 129_000))),
        chosen(field, 5, 'RU'),
      ];
    default:
      return structured(field.type, random);
  }
}

const OFTEN = new Set(['select', 'multiselect', 'date', 'tracking_data', 'text', 'checkbox', 'numeric', 'url']);

function structured(type: string, random: Random): Record<string, unknown>[] {
  switch (type) {
    case 'legal_entity':
      return [{ value: { name: 'ООО «Вымысел»', entity_type: 1, vat_id: `77${random.int(10_000_000, 99_999_999)}` } }];
    case 'payer':
      return [{ value: { name: 'ООО «Вымысел»', address: 'Москва, Вымышленная набережная, дом 1', type: 'legal' } }];
    case 'supplier':
      return [{ value: { entity_id: random.int(500_000, 600_000) } }];
    case 'items':
      return [{ value: { sku: random.hex(7), description: 'Дверь', unit_price: 100, quantity: 2, unit_type: 'шт.' } }];
    case 'linked_entity':
      return [
        { value: { name: 'Партнёр', entity_id: random.int(1, 99_999), entity_type: 'contacts', catalog_id: null } },
      ];
    case 'file':
      return [{ value: { file_uuid: random.uuid(), version_uuid: random.uuid(), file_name: 'dogovor.odt', file_size: 20_763 } }]; // prettier-ignore
    case 'chained_list':
      return [{ catalog_id: 1001, catalog_element_id: random.int(12_000, 13_000) }];
    default:
      return [];
  }
}

function phones(field: CustomField, random: Random, digits: string): Record<string, unknown>[] {
  // Cards hold numbers as people typed them, so a call's +7 must be matched by the last ten digits.
  const typed = random.weighted([
    [`+7${digits}`, 60],
    [`8${digits}`, 30],
    [`8 (${digits.slice(0, 3)}) ${digits.slice(3, 6)}-${digits.slice(6, 8)}-${digits.slice(8)}`, 10],
  ]);
  return [chosen(field, random.chance(0.5) ? 0 : 2, typed)];
}

function midnight(seconds: number, zone: string): number {
  return DateTime.fromSeconds(seconds, { zone }).startOf('day').toUnixInteger();
}

function option(field: CustomField, random: Random): Record<string, unknown> {
  const [first, ...rest] = field.enums ?? [];
  if (first === undefined) return { value: null };
  const one = random.pick([first, ...rest]);
  return { value: one.value, enum_id: one.id, enum_code: one.code ?? null };
}

function chosen(field: CustomField, at: number, value: string): Record<string, unknown> {
  const one = field.enums?.[at];
  return { value, enum_id: one?.id ?? null, enum_code: one?.code ?? null };
}
