import { ERROR_CODES, type ErrorCode, type Sentence } from '../../errors/codes.ts';
import { type ExportError, filled } from '../../errors/export-error.ts';

const BLOCKED_GOES_ON = {
  en: 'Connect the account again; a blocked export then goes on by itself.',
  ru: 'Подключите аккаунт заново, и остановленная выгрузка продолжится сама.',
};

function reconnect(en: string, ru: string): Sentence {
  return { en: `${en} ${BLOCKED_GOES_ON.en}`, ru: `${ru} ${BLOCKED_GOES_ON.ru}` };
}

const SET_UP_WRONGLY = {
  en: 'The export server is set up wrongly: amoCRM does not know its integration. Tell whoever runs the server; once it is mended, resume the export.',
  ru: 'Сервер выгрузки настроен неверно: amoCRM не узнаёт его интеграцию. Сообщите тому, кто обслуживает сервер; когда он это исправит, продолжите выгрузку.',
};

/** Where the usual sentence names a command or a setting of the server, the page names its button or who can help. */
const PAGE_SENTENCES: Partial<Record<ErrorCode, Sentence>> = {
  connection_not_set: {
    en: 'The account has no SpeechSense connection yet: fill in its ID and API key and save.',
    ru: 'Подключение SpeechSense ещё не задано: заполните ID подключения и API-ключ и сохраните настройки.',
  },
  export_already_running: {
    en: 'An export is already running for this account.',
    ru: 'Для этого аккаунта уже идёт выгрузка.',
  },
  export_not_found: {
    en: 'This account has no such export.',
    ru: 'У этого аккаунта нет такой выгрузки.',
  },
  nothing_to_retry: {
    en: 'No call of this kind is left to retry.',
    ru: 'Таких звонков не осталось: повторять нечего.',
  },
  amocrm_unauthorized: reconnect(
    'amoCRM has ended the access of this integration.',
    'amoCRM больше не даёт интеграции доступ к аккаунту.',
  ),
  amocrm_grant_lost: reconnect(
    'amoCRM gave new access, but its answer was lost, and it is given only once.',
    'amoCRM выдала новый доступ, но ответ потерялся, а выдаётся он один раз.',
  ),
  amocrm_code_refused: reconnect(
    'amoCRM refuses the code: it was used already or is older than 20 minutes.',
    'amoCRM не принимает код: он уже использован или старше 20 минут.',
  ),
  amocrm_other_account: reconnect(
    'On the consent page another account was chosen.',
    'На странице согласия выбран другой аккаунт.',
  ),
  amocrm_account_moved: reconnect(
    'The amoCRM account has another address now.',
    'У аккаунта amoCRM теперь другой адрес.',
  ),
  amocrm_forbidden: {
    en: 'amoCRM denies part of the data to the user who connected the account: it needs {right}. Connect the account as an administrator; a blocked export then goes on by itself. Or give that user the right and resume the export.',
    ru: 'amoCRM не даёт часть данных пользователю, который подключил аккаунт. Требуется: {right}. Подключите аккаунт от имени администратора, и остановленная выгрузка продолжится сама. Или выдайте это пользователю и продолжите выгрузку.',
  },
  amocrm_unpaid: {
    en: 'The amoCRM account is not paid for. Pay for it, then resume the export.',
    ru: 'Аккаунт amoCRM не оплачен. Оплатите его и продолжите выгрузку.',
  },
  amocrm_client_refused: SET_UP_WRONGLY,
  amocrm_client_not_set: SET_UP_WRONGLY,
  consent_link_invalid: {
    en: 'The consent page was opened more than 20 minutes ago or was used already. Connect the account again from the settings page.',
    ru: 'Страница согласия открыта больше 20 минут назад или уже использована. Подключите аккаунт ещё раз на странице настроек.',
  },
  consent_denied: {
    en: 'The integration was not let in. Connect the account again from the settings page and allow the access.',
    ru: 'В доступе отказано. Подключите аккаунт ещё раз на странице настроек и разрешите доступ.',
  },
  speechsense_unauthenticated: {
    en: 'SpeechSense refuses the API key: it is wrong, deleted or expired. Save a new one.',
    ru: 'SpeechSense не принимает API-ключ: он неверный, удалён или истёк. Сохраните новый.',
  },
  ledger_failed_over: {
    en: 'The export server was moved to a copy of its database, which may not know the last calls sent. Tell whoever runs the server.',
    ru: 'Сервер выгрузки перешёл на копию базы данных, которая может не знать о последних отправленных звонках. Сообщите тому, кто обслуживает сервер.',
  },
  secret_unreadable: {
    en: 'The export server cannot read the stored key or access. Tell whoever runs the server.',
    ru: 'Сервер выгрузки не может прочитать сохранённый ключ или доступ. Сообщите тому, кто обслуживает сервер.',
  },
};

/** An error's sentence as the settings page says it. */
export function pageSentence(error: ExportError): Sentence {
  const own = PAGE_SENTENCES[error.code];
  if (!own) return { en: error.sentence('en'), ru: error.sentence('ru') };
  return { en: filled(own.en, 'en', error.values), ru: filled(own.ru, 'ru', error.values) };
}

const TRY_AGAIN: Sentence = {
  en: 'The account could not be connected. Connect it again from the settings page; if that does not help, tell whoever runs the server: {code}.',
  ru: 'Аккаунт подключить не удалось. Подключите его ещё раз на странице настроек; если не поможет, сообщите тому, кто обслуживает сервер: {code}.',
};

/**
 * An error's sentence for a page that anybody can be sent to by a link: none of the link's words are on it, so that the
 * page cannot be made to say something under our address.
 */
export function sentenceOfOurs({ code }: ExportError): Sentence {
  const own = PAGE_SENTENCES[code] ?? ERROR_CODES[code];
  if (!/\{/.test(own.en)) return { en: own.en, ru: own.ru };
  return { en: filled(TRY_AGAIN.en, 'en', { code }), ru: filled(TRY_AGAIN.ru, 'ru', { code }) };
}

/** An error as a part of an answer that is none itself. */
export function errorOf(error: ExportError): { code: string; message: Sentence } {
  return { code: error.code, message: pageSentence(error) };
}
