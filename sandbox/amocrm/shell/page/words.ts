import type { Locale } from './preferences.ts';

const ru = {
  nav: ['Рабочий стол', 'Сделки', 'Чаты', 'Списки', 'Календарь', 'Аналитика', 'Настройки'],
  settings: 'Настройки',
  menu: ['Общие настройки', 'Счёт и оплата', 'Пользователи', 'Источники сделок', 'Шаблоны'],
  market: 'Интеграции',
  own: 'Установленные и созданные',
  installed: 'Установлено',
  notInstalled: 'Не установлено',
  nothing:
    'Виджет ещё не загружен. npm run build:widget соберёт архив, npm run sandbox -- --widget dist/widget.zip его загрузит.',
  install: 'Установить',
  save: 'Сохранить',
  disable: 'Отключить',
  close: 'Закрыть',
  requiredEmpty: 'Заполните обязательное поле',
  noAdvanced: 'Раздел появляется после установки виджета.',
  sandbox: 'Песочница',
  user: 'Пользователь',
  admin: 'администратор',
  locale: 'Язык',
  theme: 'Тема',
  themes: { light: 'Светлая', dark: 'Тёмная' },
  hook: {
    answered: 'хук: сервер ответил',
    'timed out': 'хук: сервер не ответил за 3 с',
    unreachable: 'хук: сервер недоступен',
  },
};

const en: typeof ru = {
  nav: ['Dashboard', 'Leads', 'Chats', 'Lists', 'Calendar', 'Analytics', 'Settings'],
  settings: 'Settings',
  menu: ['General settings', 'Billing', 'Users', 'Lead sources', 'Templates'],
  market: 'Integrations',
  own: 'Installed and created',
  installed: 'Installed',
  notInstalled: 'Not installed',
  nothing:
    'No widget has been uploaded. npm run build:widget makes the archive, npm run sandbox -- --widget dist/widget.zip uploads it.',
  install: 'Install',
  save: 'Save',
  disable: 'Disable',
  close: 'Close',
  requiredEmpty: 'Fill in the required field',
  noAdvanced: 'This section appears once the widget is installed.',
  sandbox: 'Sandbox',
  user: 'User',
  admin: 'administrator',
  locale: 'Language',
  theme: 'Theme',
  themes: { light: 'Light', dark: 'Dark' },
  hook: {
    answered: 'hook: the server answered',
    'timed out': 'hook: no answer within 3 s',
    unreachable: 'hook: the server is unreachable',
  },
};

export type Words = typeof ru;

export const WORDS: Record<Locale, Words> = { ru, en };
