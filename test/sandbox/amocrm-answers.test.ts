import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { ENTITY_TYPES } from '../../sandbox/world/model.ts';
import { sample, sampleText } from '../amocrm/sample.ts';
import { openAccount, type TestAccount } from './amocrm-sandbox.ts';
import { ANSWERS, type AnswerSample, bodyOf } from './answer-samples.ts';
import { departures } from './payload-shape.ts';

/** Routes that nobody published an answer of; what they have is documented in words. */
const WITHOUT_SAMPLE = new Set([
  'GET /api/v4/leads/loss_reasons',
  'GET /api/v4/leads/loss_reasons/{id}',
  'GET /oauth',
  'GET /oauth/decision',
]);

let account: TestAccount;

beforeAll(async () => {
  account = await openAccount({ calls: 1200, customers: true, unsorted: 6 });
});

afterAll(async () => {
  await account.close();
});

async function ask(row: AnswerSample) {
  const path = typeof row.path === 'string' ? row.path : row.path(account);
  const body = bodyOf(row, account);
  const response = await fetch(`${account.amocrm.url}${path.startsWith('/oauth') ? '' : '/api/v4'}${path}`, {
    method: row.method ?? 'GET',
    headers: { Authorization: `Bearer ${account.token}`, ...row.headers?.(account) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, type: response.headers.get('content-type'), text };
}

function lines(text: string): string[] {
  return text.split(/\r?\n/);
}

function typeOf(status: number, row: AnswerSample): string {
  if (status >= 400) return 'application/problem+json';
  return row.path === '/oauth2/access_token' ? 'application/json' : 'application/hal+json';
}

describe('an answer of the sandbox has the shape of the published one', () => {
  test.each(ANSWERS.map((row) => [`${row.method ?? 'GET'} ${row.samples[0]} ${row.sends ?? ''}`, row] as const))(
    '%s',
    async (_name, row) => {
      const { status, type, text } = await ask(row);
      expect(status).toBe(row.status ?? 200);
      expect(type).toBe(typeOf(status, row));
      const answer: unknown = JSON.parse(text);
      const shown = row.part === undefined ? answer : row.part(answer);
      expect(departures(row.samples.map(sample), shown, row)).toEqual([]);
    },
  );

  test('nothing is 204 without a body', async () => {
    const reply = await account.get('/contacts/notes?filter[id]=1');
    expect(sampleText('empty-list-204.txt')).toContain(`${reply.status} No Content`);
    expect(reply.text).toBe('');
  });

  test('the block page and the 429 are nginx pages', async () => {
    const strict = await openAccount({ calls: 0, limits: { requestsPerSecond: 1, banAfter: 2 } });
    await strict.get('/account');
    const limited = await strict.get('/account');
    const blocked = await strict.get('/account');
    await strict.close();
    expect([limited.status, lines(limited.text)]).toEqual([429, lines(sampleText('error-429.html'))]);
    expect([blocked.status, lines(blocked.text)]).toEqual([403, lines(sampleText('error-403-blocked.html'))]);
  });

  test('an access token has the claims of a real one', () => {
    const [header, payload] = account.token
      .split('.')
      .map((part): unknown => (part.startsWith('ey') ? JSON.parse(Buffer.from(part, 'base64url').toString()) : null));
    expect(departures([sample('access-token-jwt-claims-composed')], { header, payload })).toEqual([]);
  });

  test('no route is left out', async () => {
    const { body: routes } = await account.amocrm.control('GET', '/routes', undefined);
    const answered = Object.entries(account.amocrm.requests.byRoute)
      .filter(([, outcomes]) => outcomes['200'] !== undefined)
      .map(([name]) => name);
    const fits = (route: string) => {
      const [before = '', after] = route.split('{entity}');
      return after === undefined
        ? answered.includes(route)
        : ENTITY_TYPES.some((entity) => answered.includes(`${before}${entity}${after}`));
    };
    const left = z.array(z.string()).parse(routes);
    expect(left.filter((route) => !fits(route) && !WITHOUT_SAMPLE.has(route))).toEqual([]);
  });
});

describe('the comparison itself', () => {
  const samples = [
    { id: 1, name: 'a', note: null },
    { id: 2, name: 'b', note: null, tags: [{ id: 1 }] },
  ];

  test.each<[string, unknown, string[]]>([
    ['what one sample has and another has not is free', { id: 1, name: '', note: null }, []],
    ['a lacking key', { id: 1, note: null }, ['name is lacking']],
    ['a key of its own', { id: 1, name: '', note: null, x: 1 }, ['x is in no sample']],
    ['another type', { id: '1', name: '', note: null }, ['id: string instead of number']],
    ['a null where there was always a value', { id: null, name: '', note: null }, ['id: null instead of number']],
    ['a value where the samples say nothing', { id: 1, name: '', note: 'x' }, []],
    ['within lists', { id: 1, name: '', note: null, tags: [{ id: 1 }, {}] }, ['tags[].id is lacking']],
  ])('sees %s', (_name, answer, expected) => {
    expect(departures(samples, answer)).toEqual(expected);
  });
});
