import { fieldsOf, type MappableField } from './mappable-field.ts';

/** The blocks of a mapping that are filled from cards of amoCRM. */
export const CARD_BLOCKS = ['deal', 'contact', 'company'] as const;
export type CardBlock = (typeof CARD_BLOCKS)[number];

/** What every account's cards have; custom fields are the account's own. */
export const CARD_FIELDS: Record<CardBlock, readonly MappableField[]> = {
  deal: dealFields(),
  contact: contactFields(),
  company: companyFields(),
};

const CUSTOM_FIELD = /^cf_([1-9]\d{0,14})$/;

/** The name of a custom field in a mapping. */
export function customFieldKey(fieldId: number): string {
  return `cf_${fieldId}`;
}

/** The custom field that a mapping names; undefined for a standard one. */
export function customFieldId(name: string): number | undefined {
  const digits = CUSTOM_FIELD.exec(name)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

function dealFields(): MappableField[] {
  const field = fieldsOf('deal');
  return [
    field('id', 'number', 'Deal ID', 'ID сделки'),
    field('name', 'text', 'Deal name', 'Название сделки'),
    field('price', 'number', 'Budget', 'Бюджет'),
    field('pipeline', 'text', 'Pipeline', 'Воронка'),
    field('status', 'text', 'Stage', 'Этап сделки'),
    ...moments(field),
    field('closed_at', 'date_time', 'Closed', 'Дата закрытия'),
    field('loss_reason', 'text', 'Loss reason', 'Причина отказа'),
    ...shared(field),
  ];
}

function contactFields(): MappableField[] {
  const field = fieldsOf('contact');
  return [
    field('id', 'number', 'Contact ID', 'ID контакта'),
    field('name', 'text', 'Contact name', 'Имя контакта'),
    field('first_name', 'text', 'First name', 'Имя'),
    field('last_name', 'text', 'Last name', 'Фамилия'),
    ...reach(field),
    field('position', 'text', 'Position', 'Должность'),
    ...moments(field),
    ...shared(field),
  ];
}

function companyFields(): MappableField[] {
  const field = fieldsOf('company');
  return [
    field('id', 'number', 'Company ID', 'ID компании'),
    field('name', 'text', 'Company name', 'Название компании'),
    ...reach(field),
    field('web', 'url', 'Website', 'Сайт'),
    field('address', 'text', 'Address', 'Адрес'),
    ...moments(field),
    ...shared(field),
  ];
}

type Field = ReturnType<typeof fieldsOf>;

function reach(field: Field): MappableField[] {
  return [
    field('phone', 'text', 'Phones', 'Телефоны'),
    field('phone_e164', 'text', 'Phones, E.164', 'Телефоны, E.164'),
    field('email', 'text', 'E-mails', 'Почта'),
  ];
}

function moments(field: Field): MappableField[] {
  return [
    field('created_at', 'date_time', 'Created', 'Дата создания'),
    field('updated_at', 'date_time', 'Last changed', 'Дата изменения'),
  ];
}

function shared(field: Field): MappableField[] {
  return [
    field('tags', 'text', 'Tags', 'Теги'),
    field('responsible', 'text', 'Responsible user', 'Ответственный'),
    field('responsible_group', 'text', 'Responsible user’s group', 'Отдел ответственного'),
    field('card_link', 'url', 'Link to the card', 'Ссылка на карточку'),
  ];
}
