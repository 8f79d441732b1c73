import type { CustomField, EntityType, FieldEnum } from './model.ts';

const PHONE_KINDS = ['WORK', 'WORKDD', 'MOB', 'FAX', 'HOME', 'OTHER'];
const EMAIL_KINDS = ['WORK', 'PRIV', 'OTHER'];
const ADDRESS_PARTS = ['address_line_1', 'address_line_2', 'city', 'state', 'zip', 'country'];

/** Every type of custom field that the API knows occurs at least once. */
export const CUSTOM_FIELDS: CustomField[] = [
  field('contacts', 3, 'Телефон', 'multitext', 'PHONE', coded(1, PHONE_KINDS)),
  field('contacts', 5, 'Email', 'multitext', 'EMAIL', coded(21, EMAIL_KINDS)),
  field('contacts', 7, 'Должность', 'text', 'POSITION'),
  field('contacts', 1150901, 'День рождения', 'birthday'),
  field('contacts', 1150903, 'Город', 'select', null, listed(2301, ['Москва', 'Казань', 'Пермь', 'Томск'])),
  field('contacts', 1150905, 'Согласие на обработку данных', 'checkbox'),

  field('companies', 9, 'Телефон', 'multitext', 'PHONE', coded(31, PHONE_KINDS)),
  field('companies', 11, 'Email', 'multitext', 'EMAIL', coded(51, EMAIL_KINDS)),
  field('companies', 13, 'Сайт', 'url', 'WEB'),
  field('companies', 15, 'Адрес', 'textarea', 'ADDRESS'),
  field('companies', 1150921, 'Юридическое лицо', 'legal_entity'),
  field('companies', 1150923, 'Отрасль', 'category', null, listed(2331, ['Торговля', 'Производство', 'Услуги'])),

  field('leads', 1150941, 'Источник заявки', 'select', null, listed(2351, ['Сайт', 'Звонок', 'Рекомендация'])),
  field('leads', 1150943, 'Интересы', 'multiselect', null, listed(2361, ['Доставка', 'Монтаж', 'Рассрочка'])),
  field('leads', 1150945, 'Способ оплаты', 'radiobutton', null, listed(2371, ['Наличные', 'Карта', 'Счёт'])),
  field('leads', 1150947, 'Дата звонка', 'date'),
  field('leads', 1150949, 'Встреча', 'date_time'),
  field('leads', 1150951, 'Площадь', 'numeric'),
  field('leads', 1150953, 'Скидка', 'price'),
  field('leads', 1150955, 'Предоплата', 'monetary'),
  field('leads', 1150957, 'Комментарий', 'textarea'),
  field('leads', 1150959, 'Номер договора', 'text'),
  field('leads', 1150961, 'Адрес объекта', 'smart_address', null, coded(1, ADDRESS_PARTS)),
  field('leads', 1150963, 'Адрес доставки', 'streetaddress'),
  field('leads', 1150965, 'Срочно', 'checkbox'),
  field('leads', 1150967, 'utm_source', 'tracking_data', 'UTM_SOURCE'),
  field('leads', 1150969, 'Поставщик', 'supplier'),
  field('leads', 1150971, 'Плательщик', 'payer'),
  field('leads', 1150973, 'Состав заказа', 'items'),
  field('leads', 1150975, 'Партнёр', 'linked_entity'),
  field('leads', 1150977, 'Договор', 'file'),
  field('leads', 1150979, 'Товар', 'chained_list'),

  field('customers', 1150991, 'Любимый магазин', 'text'),
];

/** The fields of one kind of entity, in the order of the card. */
export function fieldsOf(entityType: EntityType): CustomField[] {
  return CUSTOM_FIELDS.filter((one) => one.entityType === entityType);
}

function field(
  entityType: EntityType,
  id: number,
  name: string,
  type: string,
  code: string | null = null,
  enums: FieldEnum[] | null = null,
): CustomField {
  return { id, entityType, name, type, code, enums };
}

function coded(firstId: number, codes: string[]): FieldEnum[] {
  return codes.map((code, at) => ({ id: firstId + at, value: code, sort: at + 1, code }));
}

function listed(firstId: number, values: string[]): FieldEnum[] {
  return values.map((value, at) => ({ id: firstId + at * 2, value, sort: at + 1 }));
}
