import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { disposableToken } from '../support/disposable-tokens.ts';
import { ledgerRows } from './ledger-rows.ts';
import { requestsAgainst, type Route, routesOf } from './schema-fuzz.ts';
import { createTwoAccounts, type TwoAccounts } from './two-accounts.ts';

let two: TwoAccounts;
let routes: Route[];
/** An export of the first account, which the second must never see. */
let foreign: string;

beforeAll(async () => {
  two = await createTwoAccounts();
  const worker = await two.stage.startWorker();
  await two.stage.ledger.settings.put(two.stage.accountId, two.stage.settings());
  const { body } = await two.askFirst('POST /api/exports', { body: {} });
  foreign = String(body['exportId']);
  await two.stage.finished(foreign);
  // What the second account begins below would go on changing its own rows.
  await worker.kill9();
  routes = routesOf((await two.askFirst('GET /api/openapi.json')).body);
});
afterAll(() => two.close());

/** What belongs to the first account and to nobody else. */
function assertNothingLeaks(answer: string): void {
  const { stage } = two;
  for (const secret of [
    stage.sandbox.apiKey,
    stage.sandbox.clientSecret,
    stage.sandbox.token,
    String(stage.accountId),
  ]) {
    expect(answer).not.toContain(secret);
  }
  expect(answer).not.toMatch(/ at .*\.ts:\d+|node_modules|select .* from/);
}

const RUNS = 15;

test('the fuzz knows every route of the page', () => {
  expect(routes.length).toBeGreaterThan(17);
});

describe('hostile requests by an administrator of another account', () => {
  test('get no 500, no word of the first account, and change nothing of it', async () => {
    const before = await ledgerRows(two.stage);
    for (const route of routes) {
      await fc.assert(
        fc.asyncProperty(requestsAgainst(route, foreign), async ({ path, method, body, contentType, key }) => {
          const answer = await fetch(`${two.backend.url}${path}`, {
            method,
            headers: {
              origin: two.second.addresses.amocrm,
              'x-auth-token': disposableToken(two.second),
              'idempotency-key': key,
              ...(body === undefined ? {} : { 'content-type': contentType }),
            },
            ...(body === undefined || method === 'GET' ? {} : { body }),
          });
          const text = await answer.text();
          expect([method, path, answer.status < 500]).toEqual([method, path, true]);
          assertNothingLeaks(text);
          if (answer.status >= 400 && method !== 'HEAD') {
            expect(JSON.parse(text)).toMatchObject({
              error: { code: expect.any(String), requestId: expect.any(String) },
            });
          }
        }),
        { numRuns: RUNS },
      );
    }
    const after = await ledgerRows(two.stage);
    const own = (content = '') =>
      content.split('\n').filter((row) => row.includes(String(two.stage.accountId)) || row.includes(foreign));
    for (const table of Object.keys(before)) expect([table, own(after[table])]).toEqual([table, own(before[table])]);
  });

  test('that change things are refused where the export is another account’s', async () => {
    for (const what of ['stop', 'resume', 'retry']) {
      const before = await ledgerRows(two.stage);
      const answer = await two.askSecond(`POST /api/exports/${foreign}/${what}`, { body: {} });
      expect(answer).toMatchObject({ status: 404, body: { error: { code: 'export_not_found' } } });
      expect(await ledgerRows(two.stage)).toEqual(before);
    }
    for (const route of [
      `GET /api/exports/${foreign}`,
      `GET /api/exports/${foreign}/calls`,
      `GET /api/previews/${foreign}`,
    ]) {
      expect(await two.askSecond(route)).toMatchObject({ status: 404 });
    }
    const link = await two.askSecond(`POST /api/exports/${foreign}/report-link`, { body: { format: 'csv' } });
    expect(link).toMatchObject({ status: 404 });
  });

  test('that page from another account’s export get none of its history', async () => {
    const { body } = await two.askSecond(`GET /api/exports?before=${foreign}`);
    expect(body).toEqual({ exports: [], next: null });
  });

  test('cannot answer for another account with the same Idempotency-Key', async () => {
    const key = { 'idempotency-key': randomUUID() };
    await two.askFirst(`POST /api/exports/${foreign}/stop`, { body: {}, headers: key });
    const answer = await two.askSecond(`POST /api/exports/${foreign}/stop`, { body: {}, headers: key });
    expect(answer).toMatchObject({ status: 404 });
  });
});

describe('requests out of measure', () => {
  test.each([
    ['a huge body', () => JSON.stringify({ settings: { users: 'x'.repeat(300_000) } }), 'application/json', 413],
    ['a body 100,000 levels deep', () => '['.repeat(100_000) + ']'.repeat(100_000), 'application/json', 400],
    [
      'a deep object in the settings',
      () => `{"settings":{"mapping":${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}}}`,
      'application/json',
      400,
    ],
    ['half of a JSON', () => '{"settings":', 'application/json', 400],
    ['a prototype', () => '{"settings":{},"__proto__":{"admin":true}}', 'application/json', 400],
    ['XML', () => '<a/>', 'application/xml', 415],
    ['a form', () => 'settings=1', 'application/x-www-form-urlencoded', 415],
  ])('%s is refused', async (_, body, contentType, status) => {
    const before = await ledgerRows(two.stage);
    const answer = await two.askFirst('POST /api/previews', { body: body(), headers: { 'content-type': contentType } });
    expect(answer.status).toBe(status);
    expect(await ledgerRows(two.stage)).toEqual(before);
  });

  const many = <T>(count: number, one: (n: number) => T) => Array.from({ length: count }, (_, n) => one(n));
  test.each<[string, unknown]>([
    ['lines of a mapping', { mapping: { deal: many(22_000, () => ({ a: 1 })) } }],
    ['lines with unknown fields', { mapping: { deal: many(6_000, () => ({ amocrm: 'x', speechsense: '' })) } }],
    ['as many such lines as may be', { mapping: { deal: many(500, () => ({ amocrm: 'x', speechsense: '' })) } }],
    ['lines with one key', { mapping: { deal: many(5_000, () => ({ amocrm: 'name', speechsense: 'k' })) } }],
    ['users that are none', { users: many(100_000, () => 0) }],
    ['users that nobody knows', { users: many(2_000, (n) => 5_000_000 + n) }],
    ['private networks', { recordingHosts: many(60_000, () => '!') }],
    ['unknown settings', Object.fromEntries(many(20_000, (n) => [`k${n}`, 1]))],
    ['a setting with a long name', { ['x'.repeat(200_000)]: 1 }],
  ])('too many %s get a short answer', async (_, settings) => {
    const answer = await two.askFirst('POST /api/previews', { body: { settings } });
    expect(answer).toMatchObject({ status: 400, body: { error: { code: 'settings_invalid' } } });
    expect(JSON.stringify(answer.body).length).toBeLessThan(40_000);
  });

  test('a long list where a short one belongs gets a short answer', async () => {
    const reasons = many(20_000, () => 'no_reason');
    const answer = await two.askFirst(`POST /api/exports/${foreign}/retry`, { body: { reasons } });
    expect(answer).toMatchObject({ status: 400 });
    expect(JSON.stringify(answer.body).length).toBeLessThan(40_000);
  });

  test.each(['DELETE', 'PATCH', 'PUT', 'OPTIONS'])('%s where nobody expects it is refused', async (method) => {
    const answer = await two.askFirst('POST /api/exports', { method });
    expect([400, 401, 404]).toContain(answer.status);
  });
});
