import type { ErrorCode, PlaceholderOf, Sentence } from './codes.ts';

/** What fills a placeholder of an error that was kept without its values, by a version older or newer than this one. */
export const UNKNOWN_VALUES: Record<PlaceholderOf<ErrorCode>, Sentence> = {
  account: { en: 'with this name', ru: 'с таким именем' },
  address: { en: 'TEMPORAL_ADDRESS', ru: 'TEMPORAL_ADDRESS' },
  command: { en: 'the command that `migrate` prints.', ru: 'команду, которую печатает `migrate`.' },
  connectionId: { en: 'with this ID', ru: 'с таким ID' },
  count: { en: 'several', ru: 'несколько' },
  expected: { en: 'the connected account', ru: 'подключённый аккаунт' },
  exportId: { en: '(id not recorded)', ru: '(номер не сохранился)' },
  file: { en: '(name not recorded)', ru: '(имя не сохранилось)' },
  format: { en: 'format not recorded', ru: 'формат не сохранился' },
  given: { en: 'another account', ru: 'другому аккаунту' },
  host: { en: '(host not recorded)', ru: '(адрес не сохранился)' },
  keyId: { en: '(id not recorded)', ru: '(номер не сохранился)' },
  maxBytes: { en: 'the allowed number of', ru: 'допустимого числа' },
  port: { en: '(number not recorded)', ru: '(номер не сохранился)' },
  problem: { en: 'the details were not recorded.', ru: 'подробности не сохранились.' },
  problems: { en: 'the details were not recorded.', ru: 'подробности не сохранились.' },
  request: { en: '(not recorded)', ru: '(не сохранился)' },
  right: {
    en: 'the right to see contacts, companies, leads and customers',
    ru: 'право видеть контакты, компании, сделки и покупателей',
  },
  seconds: { en: 'a few', ru: 'несколько' },
  server: { en: 'A server', ru: 'Сервер' },
  setting: { en: 'by its setting', ru: 'через его настройку' },
  status: { en: 'status not recorded', ru: 'код ответа не сохранился' },
  taskQueue: { en: '(name not recorded)', ru: '(имя не сохранилось)' },
  version: { en: 'a newer one', ru: 'более новая' },
  what: { en: 'details not recorded', ru: 'подробности не сохранились' },
};
