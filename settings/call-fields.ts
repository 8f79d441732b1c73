/** A field that a mapping can name, as `fields` lists it. */
export interface MappableField {
  key: string;
  title: { en: string; ru: string };
  type: 'text' | 'number' | 'url';
  /** What a value looks like. */
  example: string;
  /** The SpeechSense key to offer for it. */
  suggestedKey: string;
}

/** The call's own fields, which the mapping's `call` block can name in `amocrm`. */
export const CALL_FIELDS = [
  // Every talk has the note id as `call_id` anyway, and a mapping cannot take that key.
  { ...field('id', 'number', '42743871', 'Call ID (note)', 'ID звонка (примечание)'), suggestedKey: 'note_id' },
  field('uniq', 'text', 'f3a9c2d1-1763', 'Call ID in the telephony', 'ID звонка в телефонии'),
  field('source', 'text', 'MangoOfficeWidget', 'Telephony', 'Телефония'),
  field('duration', 'number', '125', 'Talk length, seconds', 'Длительность разговора, секунды'),
  field('phone', 'text', '+79990000000', 'Client’s phone', 'Телефон клиента'),
  field('result', 'text', 'Перезвонить завтра', 'Call result', 'Результат звонка'),
  field('status', 'number', '4', 'Call status', 'Статус звонка'),
  field('entity_type', 'text', 'contact', 'Kind of card', 'Тип карточки'),
  field('entity_id', 'number', '31415926', 'Card ID', 'ID карточки'),
  field(
    'card_link',
    'url',
    'https://example.amocrm.ru/contacts/detail/31415926',
    'Link to the card',
    'Ссылка на карточку',
  ),
] as const;

export type CallFieldName = (typeof CALL_FIELDS)[number]['key'];

export const CALL_FIELD_NAMES: readonly string[] = CALL_FIELDS.map(({ key }) => key);

function field<Key extends string>(
  key: Key,
  type: MappableField['type'],
  example: string,
  en: string,
  ru: string,
): MappableField & { key: Key } {
  return { key, type, example, title: { en, ru }, suggestedKey: `call_${key}` };
}
