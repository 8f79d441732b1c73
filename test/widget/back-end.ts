import type { AjaxSettings, SendRequest } from '../../widget/page/api/request.ts';
import type { ExportStatus, SavedSettings, Status, User } from '../../widget/page/api/types.ts';

interface SentRequest {
  /** `PUT /settings` */
  route: string;
  path: string;
  body: unknown;
  idempotencyKey: string | undefined;
}

type Answer = (request: SentRequest) => unknown;

/** A refusal with the parts of a jqXHR, with which `$authorizedAjax` fails. */
export function refusal(status: number, error?: Record<string, unknown>): Error {
  const answer = error ? { responseText: JSON.stringify({ error }) } : {};
  return Object.assign(new Error(`refused with ${status}`), { status, ...answer });
}

/** The back end as the page meets it through `$authorizedAjax`, with answers that a test can change at any moment. */
export function createBackEnd(answers: Record<string, Answer> = {}) {
  const requests: SentRequest[] = [];
  const routes: Record<string, Answer> = { ...usualAnswers(), ...answers };

  const send: SendRequest = async ({ url, method, data, headers }: AjaxSettings) => {
    const path = url.slice(url.indexOf('/api') + '/api'.length);
    const route = `${method} ${path.replace(/\?.*/, '')}`;
    const body: unknown = data === undefined ? undefined : JSON.parse(data);
    const request = { route, path, body, idempotencyKey: headers?.['Idempotency-Key'] };
    requests.push(request);
    await Promise.resolve();
    const answer = routes[route];
    if (!answer) throw refusal(404, { code: 'not_found', message: { ru: `нет ${route}`, en: `no ${route}` } });
    return answer(request);
  };

  return {
    send,
    requests,
    on: (route: string, answer: Answer) => {
      routes[route] = answer;
    },
    sent: (route: string) => requests.filter((request) => request.route === route),
  };
}

export type BackEnd = ReturnType<typeof createBackEnd>;

function usualAnswers(): Record<string, Answer> {
  return {
    'GET /status': () => status(),
    'GET /settings': () => savedSettings(),
    'GET /users': () => ({ users: [user(1, 'Анна Смирнова'), user(2, 'Борис Ким')] }),
    'GET /fields': () => ({
      deal: [field('price', 'Бюджет', '15000', 'deal_price'), field('cf_77', 'Источник', 'Сайт', 'istochnik')],
      contact: [field('phone', 'Телефон', '+79990000000', 'contact_phone')],
      company: [],
      call: [field('duration', 'Длительность', '125', 'call_duration')],
    }),
    'GET /re-export': () => ({ calls: 0 }),
    'GET /exports': () => ({ exports: [], next: null }),
  };
}

export function status(part: Partial<Status> = {}): Status {
  return {
    account: {
      accountId: 31,
      host: 'example.amocrm.ru',
      name: 'Пример',
      timeZone: 'Europe/Moscow',
      state: 'active',
      message: null,
    },
    connection: savedSettings().connection,
    settingsVersion: 1,
    audioConversion: true,
    export: null,
    lastCompleted: null,
    ...part,
  };
}

export function savedSettings(part: Partial<SavedSettings> = {}): SavedSettings {
  return {
    version: 1,
    settings: {
      period: { from: '2026-11-01', to: '2026-11-22' },
      users: [],
      groups: [],
      direction: 'all',
      reExport: false,
      talkSeconds: { min: 0, max: 0 },
      unsorted: false,
      recordingHosts: [],
      price: null,
      mapping: { deal: [], contact: [], company: [], call: [] },
    },
    connection: { connectionId: 'eag1', language: 'ru-RU', apiKeyTail: 'wxyz' },
    warnings: [],
    ...part,
  };
}

export function exportStatus(part: Partial<ExportStatus> = {}): ExportStatus {
  return {
    exportId: 'e-1',
    accountId: 31,
    kind: 'export',
    state: 'transferring',
    blockedBy: null,
    blockedMessage: null,
    troubleMessage: null,
    startedAt: '2026-11-22T09:00:00.000Z',
    finishedAt: null,
    etaSeconds: 300,
    calls: {
      found: 120,
      planned: 100,
      exported: 40,
      failed: 10,
      waiting: 0,
      unconfirmed: 0,
      remaining: 50,
      skipped: { not_answered: 20 },
    },
    talkSeconds: { planned: 36_000, exported: 7_200 },
    bytes: { uploaded: 1 },
    failures: { recording_expired: 10 },
    period: null,
    reExport: false,
    startedBy: null,
    droppedKeys: [],
    warnings: [],
    ...part,
  };
}

export function user(id: number, name: string, part: Partial<User> = {}): User {
  return { id, name, group: 'Отдел продаж', active: true, ...part };
}

export function field(key: string, ru: string, example: string, suggestedKey: string) {
  return { key, title: { ru, en: `en ${ru}` }, type: 'text', example, suggestedKey };
}
