import { DateTime } from 'luxon';
import type { CustomField, CustomFieldValue } from './custom-field.ts';
import { toId, toMomentOfAnyYear, toText } from '../http/loose-values.ts';
import { localDay, localTime } from './local-time.ts';

export interface CustomFieldContext {
  /** The account's time zone, in which its dates are meant. */
  timeZone: string;
  /** Names of the options of lists, which a value may give by id alone. */
  options: ReadonlyMap<number, string>;
}

/**
 * A custom field's values as the one text that a person would expect to read: options by their names, several joined,
 * dates by the calendar of the account, an object by what names it. Types and shapes: amoCRM's documentation of custom
 * fields (`crm_platform/custom-fields`).
 *
 * @returns null when there is nothing to say, or nothing that can be understood.
 */
export function customFieldText(field: CustomField, context: CustomFieldContext): string | null {
  switch (field.type) {
    case 'checkbox':
      return joined(field.values.map(({ value }) => toFlag(value)));
    case 'date':
    case 'birthday':
      return joined(field.values.map(({ value }) => toDay(value, context.timeZone)));
    case 'date_time':
      return joined(field.values.map(({ value }) => toTime(value, context.timeZone)));
    case 'smart_address':
      return joined(field.values.toSorted((one, other) => addressOrder(one) - addressOrder(other)).map(textOf));
    case 'items':
      return joined(
        field.values.map(({ value }) => itemText(value)),
        '; ',
      );
    case 'legal_entity':
    case 'payer':
    case 'supplier':
      return joined(
        field.values.map(({ value }) => partyText(value)),
        '; ',
      );
    case 'chained_list':
      // The element's name is in a catalogue that would be one more request an element; its id is what the card says.
      return joined(field.values.map(({ value, catalogElementId }) => toText(value) ?? toText(catalogElementId)));
    default:
      return joined(field.values.map((value) => optionText(value, context) ?? textOf(value)));
  }
}

/** Each text once, in order; null for none. */
export function joined(texts: readonly (string | null)[], separator = ', '): string | null {
  const said = [...new Set(texts.filter((text) => text !== null))];
  return said.length === 0 ? null : said.join(separator);
}

function optionText({ value, enumId }: CustomFieldValue, { options }: CustomFieldContext): string | null {
  return toText(value) ?? (enumId === null ? null : (options.get(enumId) ?? null));
}

/** A plain value, or what names an object: a linked card, a file. */
function textOf({ value }: { value: unknown }): string | null {
  const plain = toText(value);
  if (plain !== null) return plain;
  if (typeof value === 'boolean') return String(value);
  return named(value, ['name', 'file_name', 'value', 'text', 'title']) ?? named(value, ['entity_id', 'id']);
}

function named(value: unknown, names: readonly string[]): string | null {
  const object = asObject(value);
  for (const name of names) {
    const text = toText(object[name]);
    if (text !== null) return text;
  }
  return null;
}

const TRUE = new Set<unknown>([true, 1, '1', 'true', 'Y']);
const FALSE = new Set<unknown>([false, 0, '0', 'false', 'N', '']);

/** As SpeechSense writes its own yes and no, so that the key may be of type "boolean" too. */
function toFlag(value: unknown): string | null {
  if (TRUE.has(value)) return 'true';
  return FALSE.has(value) ? 'false' : toText(value);
}

const DAY_MS = 86_400_000;

/**
 * amoCRM's documentation shows a day by its midnight in UTC, live accounts may use their own midnight: the first is never
 * the second where the two differ, and is its day west of Greenwich too.
 */
function toDay(value: unknown, timeZone: string): string | null {
  const moment = toMomentOfAnyYear(value) ?? written(value, timeZone);
  if (moment === null) return toText(value);
  return localDay(moment, moment.getTime() % DAY_MS === 0 ? 'utc' : timeZone);
}

function toTime(value: unknown, timeZone: string): string | null {
  const moment = toMomentOfAnyYear(value) ?? written(value, timeZone);
  return moment === null ? toText(value) : localTime(moment, timeZone);
}

/** A date as text, which integrations may write: `2026-11-02`, also with a time and an offset, or `02.11.2026`. */
function written(value: unknown, timeZone: string): Date | null {
  if (typeof value !== 'string') return null;
  const moment = /^\d{4}-/.test(value)
    ? DateTime.fromISO(value, { zone: timeZone })
    : DateTime.fromFormat(value.trim(), 'd.M.yyyy', { zone: timeZone });
  return moment.isValid ? moment.toJSDate() : null;
}

const ADDRESS_PARTS = ['address_line_1', 'address_line_2', 'city', 'state', 'zip', 'country'];

/** Parts come in any order, named by a code or by an id from 1 to 6. */
function addressOrder({ enumId, enumCode }: CustomFieldValue): number {
  const byCode = ADDRESS_PARTS.indexOf(enumCode ?? '');
  return byCode >= 0 ? byCode + 1 : (enumId ?? ADDRESS_PARTS.length + 1);
}

function itemText(value: unknown): string | null {
  const item = asObject(value);
  const what = named(item, ['description', 'name', 'sku']);
  if (what === null) return null;
  const quantity = toText(item.quantity);
  const unit = toText(item.unit_type);
  const price = toText(item.unit_price);
  return [
    what,
    quantity === null ? null : `× ${quantity}${unit === null ? '' : ` ${unit}`}`,
    price === null ? null : `по ${price}`,
  ]
    .filter((part) => part !== null)
    .join(' ');
}

/** A company or person with its papers; one that is only linked is named by its id. */
function partyText(value: unknown): string | null {
  const party = asObject(value);
  const labelled = (label: string, name: string) => {
    const text = toText(party[name]);
    return text === null ? null : `${label} ${text}`;
  };
  return (
    joined([toText(party.name), labelled('ИНН', 'vat_id'), labelled('КПП', 'kpp'), toText(party.address)]) ??
    toText(toId(party.entity_id)) ??
    toText(value)
  );
}

function asObject(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
