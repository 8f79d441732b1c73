import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { readAccount } from '../../amocrm/account/account.ts';
import { readClaims } from '../../amocrm/oauth/access-token-claims.ts';
import { readCallNotes } from '../../amocrm/calls/call-note.ts';
import { readCustomFields, readPipelines } from '../../amocrm/cards/catalogue.ts';
import { firstEvents, readEventsPage } from '../../amocrm/listing/events.ts';
import type { AmocrmHttp } from '../../amocrm/http/http.ts';
import { firstCursor, readNotesPage, type Source } from '../../amocrm/listing/listing.ts';
import { FIRST_WALK } from '../../amocrm/listing/page-walk.ts';
import { FIRST_PAGE, readEntitiesPage, readEntityById } from '../../amocrm/cards/read-entities.ts';
import { askForTokens } from '../../amocrm/oauth/token-endpoint.ts';
import { createAmocrmTransport } from '../../amocrm/http/transport.ts';
import { firstUnsorted, readUnsortedPage } from '../../amocrm/listing/unsorted.ts';
import { readUsers } from '../../amocrm/account/users.ts';
import { readDisposableToken } from '../../backend/auth/disposable-token.ts';
import { ANSWERS } from '../sandbox/answer-samples.ts';
import { signed } from '../support/disposable-tokens.ts';
import { type OwnServer, ownServer, readerOf } from './account-reader.ts';
import { sample, sampleNames, sampleText } from './sample.ts';

interface Reading {
  /** With its ending. */
  file: string;
  read: (http: AmocrmHttp) => Promise<unknown>;
  gives: unknown;
  /** What the server answers: the file as it is unless told. */
  answer?: () => unknown;
  status?: number;
}

const notes = (source: Source) => (http: AmocrmHttp) => readNotesPage(http, firstCursor(source, new Date(0)));
const events = (http: AmocrmHttp) => readEventsPage(http, firstEvents(new Date(0), new Date(1e12), FIRST_WALK));
const unsorted = (http: AmocrmHttp) => readUnsortedPage(http, firstUnsorted(FIRST_WALK));
const account = { accountId: 1_231_414, isApiFilterEnabled: true, country: 'RU' };

/** A note whose `params` are the sample. */
const noteWith = (params: unknown, more: object = {}) => ({
  _embedded: {
    notes: [{ id: 1, entity_id: 2, note_type: 'call_in', created_at: 1_700_000_000, updated_at: 1_700_000_000, params, ...more }], // prettier-ignore
  },
});
const paramsByType = () => z.record(z.string(), z.unknown()).parse(sample('note-params-by-type'));

const STATUSES = [
  { id: 32_392_156, name: 'Неразобранное' },
  { id: 32_392_159, name: 'Первичный контакт' },
  { id: 32_392_165, name: 'Принимают решение' },
  { id: 142, name: 'Успешно реализовано' },
  { id: 143, name: 'Закрыто и не реализовано' },
];

/** What the client reads of each sample, through its own readers over a socket. A reader that is new gets its lines here. */
const READINGS: Reading[] = [
  { file: 'account.json', read: readAccount, gives: { ...account, timeZone: 'Europe/Moscow' } },
  {
    file: 'account-newer-fields-uncertain.json',
    read: readAccount,
    answer: () => ({ id: '1231414', ...z.looseObject({}).parse(sample('account-newer-fields-uncertain')) }),
    gives: { accountId: account.accountId, timeZone: 'Europe/Moscow', isApiFilterEnabled: false },
  },
  {
    file: 'users-list.json',
    read: (http) => readUsers(http, { groups: new Map() }),
    gives: [{ id: 123_123, name: 'Пользователь для примера 2', group: 'Менеджеры', active: true }, { id: 321_321 }],
  },
  {
    file: 'user-detail.json',
    read: (http) => readUsers(http, { groups: new Map() }),
    answer: () => ({ _embedded: { users: [sample('user-detail')] } }),
    gives: [{ id: 185_848, name: 'Алексей Поимцев', group: null, active: true }],
  },
  {
    file: 'notes-list-calls.json',
    read: notes('contacts'),
    gives: { notes: [{ noteId: 42_743_871, direction: 'incoming' }, { noteId: 42_743_873, talkSeconds: 0 }], last: false }, // prettier-ignore
  },
  ...['notes-list-by-entity-id', 'notes-list-by-entity-type'].map(
    // No calls among them; a page all the same, with more to come.
    (name): Reading => ({ file: `${name}.json`, read: notes('leads'), gives: { notes: [], last: false } }),
  ),
  ...['note-detail', 'note-call-in'].map((name): Reading => ({
    file: `${name}.json`,
    read: notes('contacts'),
    answer: () => ({ _embedded: { notes: [sample(name)] } }),
    gives: { notes: name === 'note-call-in' ? [{ noteId: 1_254_829, talkSeconds: 130, status: 4 }] : [] },
  })),
  {
    file: 'note-call-uppercase-params.json',
    read: notes('contacts'),
    answer: () => ({
      _embedded: { notes: [{ id: 1, ...z.looseObject({}).parse(sample('note-call-uppercase-params')) }] },
    }),
    gives: { notes: [{ direction: 'incoming', talkSeconds: 58, source: 'MangoOfficeWidget', status: 4 }] },
  },
  {
    file: 'note-params-by-type.json',
    read: notes('contacts'),
    answer: () => noteWith(paramsByType()['call_out'], { note_type: 'call_out' }),
    gives: { notes: [{ direction: 'outgoing', talkSeconds: 60, callResponsible: '504141' }] },
  },
  ...z
    .array(z.object({ variant: z.string(), params: z.unknown() }))
    .parse(sample('call-params-variants'))
    .map(({ params }): Reading => ({
      file: 'call-params-variants.json',
      read: notes('contacts'),
      answer: () => noteWith(params),
      gives: { notes: [{ noteId: 1, unreadable: false }] },
    })),
  ...(['lead', 'contact', 'company', 'customer'] as const).flatMap((entityType): Reading[] => {
    const [list, detail, ids, first] = {
      lead: ['leads-list', 'lead-detail-with-all', [19_619, 14_460], { mainContactId: 10_971_465, companyId: 10_971_463 }], // prettier-ignore
      contact: ['contacts-list', 'contact-detail-with-all', [7_143_599, 7_767_065], { name: 'Иван Иванов', companyId: 1 }], // prettier-ignore
      company: ['companies-list', 'company-detail', [7_767_077, 7_767_457], { name: 'АО Рога и копыта' }],
      customer: ['customers-list', 'customer-detail', [1, 134_923], { name: 'покупатель' }],
    }[entityType] as [string, string, number[], object];
    return [
      {
        file: `${list}.json`,
        read: (http) => readEntitiesPage(http, entityType, FIRST_PAGE),
        gives: { entities: ids.map((entityId) => ({ entityId, name: expect.any(String) })) },
      },
      {
        file: `${detail}.json`,
        read: (http) => readEntityById(http, entityType, 7),
        gives: first,
      },
    ];
  }),
  {
    file: 'pipelines-list.json',
    read: readPipelines,
    gives: [{ id: 3_177_727, name: 'Воронка', statuses: STATUSES }],
  },
  {
    file: 'custom-fields-list-real-page-head.json',
    read: (http) => readCustomFields(http, 'lead'),
    answer: () => ({
      ...z.looseObject({}).parse(sample('custom-fields-list-real-page-head')),
      _links: {},
      _total_items: 1,
    }),
    gives: [{ id: 2_929_639, name: 'Text field', type: 'text', options: [] }],
  },
  {
    file: 'custom-fields-list.json',
    read: (http) => readCustomFields(http, 'lead'),
    answer: () => ({ ...z.looseObject({}).parse(sample('custom-fields-list')), _links: {} }),
    gives: [
      { id: 4_439_091, type: 'text' },
      { name: "Пример поля с типом 'data'", type: 'date' },
    ],
  },
  {
    file: 'custom-field-detail-phone.json',
    read: (http) => readCustomFields(http, 'contact'),
    answer: () => ({ _embedded: { custom_fields: [sample('custom-field-detail-phone')] } }),
    gives: [{ id: 3, name: 'Телефон', code: 'PHONE', type: 'multitext' }],
  },
  {
    file: 'events-list-calls-composed.json',
    read: events,
    gives: { events: [{ noteId: 42_743_871, entityType: 'contact' }, { noteId: 42_743_872, entityType: 'lead' }], unreadable: [] }, // prettier-ignore
  },
  {
    file: 'event-detail.json',
    read: events,
    answer: () => ({ _embedded: { events: [sample('event-detail')] } }),
    gives: { events: [{ noteId: expect.any(Number) }], unreadable: [] },
  },
  {
    file: 'event-value-after-note.json',
    read: events,
    answer: () => ({ _embedded: { events: [{ entity_type: 'company', ...z.looseObject({}).parse(sample('event-value-after-note')) }] } }), // prettier-ignore
    gives: { events: [{ entityType: 'company' }], unreadable: [] },
  },
  {
    file: 'unsorted-list.json',
    read: unsorted,
    gives: { calls: [{ uid: '98fb033cefde74f5de1a5d3980a2a2d108037', talkSeconds: 0 }], unreadable: [] },
  },
  {
    file: 'access-token-jwt-claims-composed.json',
    read: () => Promise.resolve(readClaims(jwtOf(sample('access-token-jwt-claims-composed')))),
    gives: { accountId: 17_079_858, apiDomain: 'api-b.amocrm.ru' },
  },
  {
    file: 'disposable-token-claims.json',
    read: () => {
      const claims = z.looseObject({ aud: z.string(), client_uuid: z.string(), iat: z.number() });
      const sent = claims.parse(sample('disposable-token-claims'));
      const integration = { clientId: sent.client_uuid, clientSecret: 'secret', redirectUri: `${sent.aud}/callback` };
      return readDisposableToken(signed(sent, 'secret'), integration, new Date(sent.iat * 1000));
    },
    gives: { accountId: 12_345_678, userId: 87_654_321, issuer: 'https://subdomain.amocrm.ru' },
  },
];

/** What the token endpoint answers, and what it means. */
const TOKEN_ANSWERS = [
  { file: 'oauth-token-response.json', status: 200, kind: 'granted' },
  { file: 'oauth-refresh-response.json', status: 200, kind: 'granted' },
  { file: 'error-401-oauth-refresh-reused.json', status: 401, kind: 'refused' },
  { file: 'error-401-oauth-bad-client.json', status: 401, kind: 'client_refused' },
  { file: 'error-403-blocked.html', status: 403, kind: 'not_taken' },
];

/** A token with these claims, unsigned. */
function jwtOf(claims: unknown): string {
  const { header, payload } = z.object({ header: z.unknown(), payload: z.unknown() }).parse(claims);
  return [header, payload, 'signature']
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.');
}

/** What the client makes of each refusal. */
const REFUSALS = [
  { file: 'error-401-api.json', status: 401, code: 'amocrm_unauthorized' },
  { file: 'error-400-validation.json', status: 400, code: 'amocrm_rejected' },
  { file: 'error-403-blocked.html', status: 403, code: 'amocrm_blocked' },
  { file: 'error-429.html', status: 429, code: 'amocrm_throttled' },
];

/** Samples that nothing here reads, with the reason; a line goes when something begins to. */
const UNREAD: Record<string, string[]> = {
  'secrets of an external integration: that kind has no widget and no users': [
    'oauth-external-integration-secrets.json',
  ],
  'webhooks: they are lossy and silent about late links, so calls are found without them': [
    'webhook-body-company-add-as-json.json',
    'webhook-body-contact-add-as-json.json',
    'webhook-body-lead-status-as-json.json',
    'webhook-body-unsorted-add-as-json.json',
    'webhook-body-unsorted-delete-as-json.json',
    'webhook-note-call.form.txt',
    'webhook-subscribe-request.json',
    'webhook-subscribe-response.json',
    'webhooks-list.json',
  ],
  'installing widgets by the API': [
    'widget-detail.json',
    'widget-install-request.json',
    'widget-install-response.json',
    'widgets-list.json',
  ],
  'writing cards and fields: an exporter only reads': [
    'custom-field-create-response.json',
    'custom-fields-catalog-patch-response.json',
    'leads-create-request.json',
    'leads-create-response.json',
  ],
  'events that are not calls': [
    'event-value-after-custom-field.json',
    'event-value-after-lead-status.json',
    'event-value-after-link.json',
    'event-value-after-responsible.json',
  ],
  'roles are not exported': ['users-roles.json'],
  'API keys of the time before OAuth': ['oauth-exchange-api-key-request.json'],
};

let server: OwnServer;
let http: AmocrmHttp;
let next = { status: 200, type: 'application/hal+json', body: '' };

beforeAll(async () => {
  server = await ownServer((_, response) =>
    response.writeHead(next.status, { 'content-type': next.type }).end(next.body),
  );
  http = readerOf(server.url);
});
afterAll(() => server.close());

describe('the client reads what amoCRM is documented, or was seen, to answer', () => {
  test.each(READINGS.map((reading) => [reading.file, reading] as const))('%s', async (_file, reading) => {
    const { file, read, gives, answer } = reading;
    next = {
      status: 200,
      type: 'application/hal+json',
      body: answer === undefined ? sampleText(file) : JSON.stringify(answer()),
    };
    expect(await read(http)).toMatchObject(gives as object);
  });

  test.each(REFUSALS)('$file is $code', async ({ file, status, code }) => {
    next = { status, type: file.endsWith('html') ? 'text/html' : 'application/problem+json', body: sampleText(file) };
    await expect(readAccount(http)).rejects.toMatchObject({ code });
  });

  test.each(TOKEN_ANSWERS)('$file is $kind', async ({ file, status, kind }) => {
    next = { status, type: file.endsWith('html') ? 'text/html' : 'application/json', body: sampleText(file) };
    const { host } = new URL(server.url);
    const answer = await askForTokens(createAmocrmTransport(), host, server.url, {}, 10_000);
    expect(answer.kind).toBe(kind);
  });

  test('an empty list, and a missing card, is nothing', async () => {
    next = { status: 204, type: '', body: '' };
    expect(await readUsers(http, { groups: new Map() })).toEqual([]);
    expect(await readEntityById(http, 'lead', 1)).toBeUndefined();
    expect(await readEntitiesPage(http, 'lead', FIRST_PAGE)).toEqual({ entities: [], next: null });
    expect(await readPipelines(http)).toEqual([]);
  });

  test('notes of every other documented type are notes, and no calls', () => {
    const others = Object.entries(paramsByType()).filter(([type]) => !type.startsWith('call_'));
    expect(others.length).toBeGreaterThan(5);
    for (const [note_type, params] of others) {
      const { notes: read } = readCallNotes(noteWith(params, { note_type })._embedded.notes, 'contact');
      expect(read).toEqual([]);
    }
  });
});

test('every sample is read by the client, answered or taken by the sandbox, or named as unread', () => {
  const read = [...READINGS, ...TOKEN_ANSWERS, ...REFUSALS].map(({ file }) => file);
  const sandbox = ANSWERS.flatMap(({ samples, sends }) => [...samples, ...(sends === undefined ? [] : [sends])]);
  const unread = Object.values(UNREAD).flat();
  // What the sandbox's own tests compare in another way than by an answer's shape.
  const also = ['empty-list-204.txt', 'oauth-redirect-examples.txt', 'custom-fields-values-by-type.json'];
  const known = new Set([...read, ...sandbox.map((name) => `${name}.json`), ...unread, ...also]);
  expect(sampleNames()).toHaveLength(89);
  expect(sampleNames().filter((name) => !known.has(name))).toEqual([]);
  expect([...known].filter((name) => !sampleNames().includes(name))).toEqual([]);
  expect(unread.filter((name) => read.includes(name) || sandbox.includes(name.replace('.json', '')))).toEqual([]);
});
