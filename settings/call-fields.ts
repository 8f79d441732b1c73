import { fieldsOf } from './mappable-field.ts';

const field = fieldsOf('call');

/** The call's own fields, which the mapping's `call` block can name in `amocrm`. */
export const CALL_FIELDS = [
  // Every talk has the note id as `call_id` anyway, and a mapping cannot take that key.
  { ...field('id', 'number', '42743871', 'Call ID (note)', 'ID звонка (примечание)'), suggestedKey: 'note_id' },
  field('uniq', 'text', 'f3a9c2d1-1763', 'Call ID in the telephony', 'ID звонка в телефонии'),
  field('source', 'text', 'MangoOfficeWidget', 'Telephony', 'Телефония'),
  field('created_at', 'date_time', '2026-11-02T12:00:00+03:00', 'Time of the call', 'Время звонка'),
  field('direction', 'text', 'incoming', 'Direction', 'Направление'),
  field('duration', 'number', '125', 'Talk length, seconds', 'Длительность разговора, секунды'),
  field('phone', 'text', '8 (999) 000-00-00', 'Client’s phone', 'Телефон клиента'),
  field('phone_e164', 'text', '+79990000000', 'Client’s phone, E.164', 'Телефон клиента, E.164'),
  field('result', 'text', 'Перезвонить завтра', 'Call result', 'Результат звонка'),
  field('status', 'number', '4', 'Call status, number', 'Статус звонка, номер'),
  field('status_name', 'text', 'Разговор состоялся', 'Call status', 'Статус звонка'),
  field('operator', 'text', 'Ольга Ковалёва', 'Operator', 'Оператор'),
  field('operator_id', 'number', '504141', 'Operator ID', 'ID оператора'),
  field('operator_group', 'text', 'Отдел продаж', 'Operator’s group', 'Отдел оператора'),
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
