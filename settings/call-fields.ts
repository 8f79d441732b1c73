import { fieldsOf, type MappableField } from './mappable-field.ts';

const field = fieldsOf('call');

/** The call's own fields, which the mapping's `call` block can name in `amocrm`. */
export const CALL_FIELDS: readonly MappableField[] = [
  // Every talk has the note id as `call_id` anyway, and a mapping cannot take that key.
  { ...field('id', 'number', 'Call ID (note)', 'ID звонка (примечание)'), suggestedKey: 'note_id' },
  field('uniq', 'text', 'Call ID in the telephony', 'ID звонка в телефонии'),
  field('source', 'text', 'Telephony', 'Телефония'),
  field('created_at', 'date_time', 'Time of the call', 'Время звонка'),
  field('direction', 'text', 'Direction', 'Направление'),
  field('duration', 'number', 'Talk length, seconds', 'Длительность разговора, секунды'),
  field('phone', 'text', 'Client’s phone', 'Телефон клиента'),
  field('phone_e164', 'text', 'Client’s phone, E.164', 'Телефон клиента, E.164'),
  field('result', 'text', 'Call result', 'Результат звонка'),
  field('status', 'number', 'Call status, number', 'Статус звонка, номер'),
  field('status_name', 'text', 'Call status', 'Статус звонка'),
  field('operator', 'text', 'Operator', 'Оператор'),
  field('operator_id', 'number', 'Operator ID', 'ID оператора'),
  field('operator_group', 'text', 'Operator’s group', 'Отдел оператора'),
  field('entity_type', 'text', 'Kind of card', 'Тип карточки'),
  field('entity_id', 'number', 'Card ID', 'ID карточки'),
  field('card_link', 'url', 'Link to the card', 'Ссылка на карточку'),
];
