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
    field('id', 'number', '17593303', 'Deal ID', 'ID сделки'),
    field('name', 'text', 'Окна на дачу', 'Deal name', 'Название сделки'),
    field('price', 'number', '120000', 'Budget', 'Бюджет'),
    field('pipeline', 'text', 'Продажи', 'Pipeline', 'Воронка'),
    field('status', 'text', 'Переговоры', 'Stage', 'Этап сделки'),
    ...moments(field),
    field('closed_at', 'date_time', '2026-11-20T18:05:00+03:00', 'Closed', 'Дата закрытия'),
    field('loss_reason', 'text', 'Слишком дорого', 'Loss reason', 'Причина отказа'),
    ...shared(field, 'leads'),
  ];
}

function contactFields(): MappableField[] {
  const field = fieldsOf('contact');
  return [
    field('id', 'number', '26060763', 'Contact ID', 'ID контакта'),
    field('name', 'text', 'Анна Смирнова', 'Contact name', 'Имя контакта'),
    field('first_name', 'text', 'Анна', 'First name', 'Имя'),
    field('last_name', 'text', 'Смирнова', 'Last name', 'Фамилия'),
    ...reach(field),
    field('position', 'text', 'Директор', 'Position', 'Должность'),
    ...moments(field),
    ...shared(field, 'contacts'),
  ];
}

function companyFields(): MappableField[] {
  const field = fieldsOf('company');
  return [
    field('id', 'number', '7767077', 'Company ID', 'ID компании'),
    field('name', 'text', 'ООО «Вымысел»', 'Company name', 'Название компании'),
    ...reach(field),
    field('web', 'url', 'https://company.example/', 'Website', 'Сайт'),
    field('address', 'text', 'Москва, Вымышленная улица, 1', 'Address', 'Адрес'),
    ...moments(field),
    ...shared(field, 'companies'),
  ];
}

type Field = ReturnType<typeof fieldsOf>;

function reach(field: Field): MappableField[] {
  return [
    field('phone', 'text', '8 (999) 000-00-00', 'Phones', 'Телефоны'),
    field('phone_e164', 'text', '+79990000000', 'Phones, E.164', 'Телефоны, E.164'),
    field('email', 'text', 'client@mail.example', 'E-mails', 'Почта'),
  ];
}

function moments(field: Field): MappableField[] {
  return [
    field('created_at', 'date_time', '2026-11-02T12:00:00+03:00', 'Created', 'Дата создания'),
    field('updated_at', 'date_time', '2026-11-05T09:30:00+03:00', 'Last changed', 'Дата изменения'),
  ];
}

function shared(field: Field, route: string): MappableField[] {
  return [
    field('tags', 'text', 'VIP, Повторный', 'Tags', 'Теги'),
    field('responsible', 'text', 'Ольга Ковалёва', 'Responsible user', 'Ответственный'),
    field('responsible_group', 'text', 'Отдел продаж', 'Responsible user’s group', 'Отдел ответственного'),
    field(
      'card_link',
      'url',
      `https://example.amocrm.ru/${route}/detail/17593303`,
      'Link to the card',
      'Ссылка на карточку',
    ),
  ];
}
