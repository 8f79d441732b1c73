import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type ApiAnswer, createBackendStage, startBackend, type TestBackend, widgetOf } from '../support/backend.ts';
import type { Stage } from '../support/stage.ts';
import { waitFor } from '../support/wait-for.ts';
import type { WorkerProcess } from '../support/worker-process.ts';

let stage: Stage;
let backend: TestBackend;
let worker: WorkerProcess;
let ask: ReturnType<typeof widgetOf>;

beforeAll(async () => {
  const limits = { requestsPerSecond: null, accountRequestsPerSecond: null };
  stage = await createBackendStage({ sandbox: { calls: 60, limits } });
  backend = await startBackend(stage);
  worker = await stage.startWorker();
  ask = widgetOf(backend.url, stage.sandbox);
});
afterAll(async () => {
  await backend.close();
  await stage.close();
});

const connection = () => ({ connectionId: stage.sandbox.connectionId, language: 'ru-RU' });
const version = async () => (await ask('GET /api/settings')).body['version'];
const save = async (settings: unknown, more: Record<string, unknown> = {}) =>
  ask('PUT /api/settings', { body: { version: await version(), settings, connection: connection(), ...more } });
const codeOf = ({ body }: ApiAnswer) => (body['error'] as { code: string } | undefined)?.code;
const start = (key: string = randomUUID()) =>
  ask('POST /api/exports', { body: {}, headers: { 'idempotency-key': key } });
const idOf = ({ body }: ApiAnswer) => String(body['exportId']);

const MAPPING_OF_GONE = { deal: [{ amocrm: 'cf_1', speechsense: 'gone' }] };
/** A person of the page knows neither a mapping file nor the command line. */
const GONE = {
  en: expect.stringMatching(/^Deal: .* cf_1 .* gone stays empty/),
  ru: expect.stringMatching(/^Сделка: поля cf_1 .* ключ gone останется пустым/),
};

describe('settings', () => {
  test('are shown with the last four characters of the key, and nothing more of it', async () => {
    const { body } = await ask('GET /api/settings');
    expect(body).toMatchObject({
      version: 0,
      connection: { ...connection(), apiKeyTail: stage.sandbox.apiKey.slice(-4) },
    });
    expect(JSON.stringify(body)).not.toContain(stage.sandbox.apiKey.slice(0, -4));
  });

  test('are saved over the version that they were made from; a stale one is told so and overwrites nothing', async () => {
    const settings = stage.settings({ direction: 'incoming' });
    expect(await save(settings)).toMatchObject({ status: 200, body: { version: 1, warnings: [] } });
    const stale = await save(stage.settings({ direction: 'outgoing' }), { version: 0 });
    expect(stale).toMatchObject({ status: 409, body: { error: { code: 'settings_stale' } } });
    expect((await ask('GET /api/settings')).body).toMatchObject({ version: 1, settings: { direction: 'incoming' } });
  });

  test('name no group that the account does not have: nobody would be chosen, or everybody', async () => {
    const unknown = await save(stage.settings({ groups: ['Нет такого отдела'] }));
    expect(unknown).toMatchObject({ status: 400, body: { error: { code: 'settings_invalid' } } });
    expect(JSON.stringify(unknown.body)).toContain('"field":"settings.groups"');
    expect(JSON.stringify(unknown.body)).toContain('в аккаунте нет группы “Нет такого отдела”');
  });

  test('of a page that was filled in before the command line set another connection are stale, and do not undo it', async () => {
    const over = await version();
    const before = await stage.ledger.connections.read(stage.accountId);
    if (!before) throw new Error('the stage has no connection');
    await stage.ledger.setConnection({ ...before, language: 'ru-RU, kk-KZ' });
    expect(await save(stage.settings(), { version: over })).toMatchObject({
      status: 409,
      body: { error: { code: 'settings_stale' } },
    });
    expect((await ask('GET /api/settings')).body).toMatchObject({ connection: { language: 'ru-RU, kk-KZ' } });
    await stage.ledger.setConnection(before);
  });

  test('saved by ten at once over one version are saved by one', async () => {
    const over = await version();
    const body = { version: over, settings: stage.settings(), connection: connection() };
    const answers = await Promise.all(Array.from({ length: 10 }, () => ask('PUT /api/settings', { body })));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array<number>(9).fill(409)]);
  });

  test('with everything wrong name every field, in both languages', async () => {
    const answer = await save({
      users: ['x'],
      direction: 'up',
      mapping: { deal: [{ amocrm: 'nothing', speechsense: 'ключ' }] },
    });
    expect(answer.status).toBe(400);
    const { problems } = answer.body['error'] as { problems: { field: string; message: Record<string, string> }[] };
    expect(problems.map(({ field }) => field).sort()).toEqual([
      'settings.direction',
      'settings.mapping.deal.0.amocrm',
      'settings.mapping.deal.0.speechsense',
      'settings.users.0',
    ]);
    for (const { message } of problems) expect(message['ru']).toMatch(/[а-я]{3}/);
  });

  test('name a user that the account never had', async () => {
    const answer = await save(stage.settings({ users: [99_999] }));
    expect(answer).toMatchObject({ status: 400, body: { error: { field: 'settings.users' } } });
  });

  test('keep the stored key when none is given, take a new one, and never show it', async () => {
    await save(stage.settings(), { connection: { ...connection(), apiKey: 'AQVNanotherKeyanotherKeyabcd' } });
    expect((await ask('GET /api/settings')).body).toMatchObject({ connection: { apiKeyTail: 'abcd' } });
    await save(stage.settings());
    expect(await stage.ledger.connections.read(stage.accountId)).toMatchObject({
      apiKey: 'AQVNanotherKeyanotherKeyabcd',
    });
    await save(stage.settings(), { connection: { ...connection(), apiKey: stage.sandbox.apiKey } });
    expect(backend.log()).not.toContain('AQVN');
  });

  test('cannot open this server’s own network to recording links', async () => {
    const answer = await save(stage.settings({ recordingHosts: ['10.0.0.0/8'] }));
    expect(answer).toMatchObject({ status: 400, body: { error: { field: 'settings.recordingHosts' } } });
  });

  test('warn of mapped fields that the account does not have', async () => {
    const { body } = await save(stage.settings({ mapping: MAPPING_OF_GONE }));
    expect(body['warnings']).toEqual([GONE]);
    await save(stage.settings());
  });
});

describe('the connection', () => {
  test.each([
    ['the stored one', () => ({}), true, null],
    ['a wrong key', () => ({ apiKey: 'AQVNwrong' }), false, 'speechsense_unauthenticated'],
    ['another connection', () => ({ connectionId: 'eavnosuch' }), false, expect.stringMatching(/^speechsense_/)],
  ])('%s is checked', async (_, body, ok, code) => {
    const answer = await ask('POST /api/connection/check', { body: body() });
    expect(answer.body).toMatchObject({ ok, code, message: { ru: expect.any(String) }, requestId: expect.any(String) });
  });

  test('needs these keys, in this order', async () => {
    const mapping = { call: [{ amocrm: 'duration', speechsense: 'call_duration' }] };
    const { body } = await ask('POST /api/connection/keys', { body: { mapping } });
    const keys = body['keys'] as { key: string; standard: boolean }[];
    expect(keys.at(0)).toMatchObject({ key: 'operator_id', standard: true });
    expect(keys.slice(-2)).toMatchObject([
      { key: 'call_id', standard: false },
      { key: 'call_duration', standard: false },
    ]);
  });
});

test('the pickers are filled from amoCRM', async () => {
  await stage.ledger.users.putFromCalls(stage.accountId, [555_001]);
  const { body } = await ask('GET /api/users');
  expect(body['users']).toContainEqual({ id: 555_001, name: 'ID 555001', group: null, active: false });
  expect(body['users']).toContainEqual({ id: 939_801, name: 'Ольга Ковалёва', group: 'Отдел продаж', active: true });
  const fields = (await ask('GET /api/fields')).body;
  expect(Object.keys(fields)).toEqual(['deal', 'contact', 'company', 'call']);
});

test('a preview counts unsaved settings, says which of their fields are gone and sends nothing', async () => {
  const sent = stage.sandbox.speechsense.talks().length;
  const settings = stage.settings({ direction: 'outgoing', mapping: MAPPING_OF_GONE });
  const begun = await ask('POST /api/previews', { body: { settings } });
  expect(begun.status).toBe(202);
  const counted = await waitFor(
    async () => {
      const { body } = await ask(`GET /api/previews/${idOf(begun)}`);
      return body['state'] === 'completed' ? body : undefined;
    },
    { what: 'the preview' },
  );
  expect(counted).toMatchObject({
    error: null,
    calls: { found: expect.any(Number) },
    estimate: { seconds: expect.any(Number), roubles: null },
  });
  expect(counted['warnings']).toContainEqual(GONE);
  expect(JSON.stringify(counted)).not.toContain('TARIFF_FILE');
  expect(stage.sandbox.speechsense.talks()).toHaveLength(sent);
  expect(await ask(`GET /api/exports/${idOf(begun)}`)).toMatchObject({ status: 404 });

  // A price that is saved afterwards needs no second calculation.
  await save(stage.settings({ price: { roublesPerMinute: 6, date: '2026-12-01' } }));
  const { talkSeconds, estimate } = (await ask(`GET /api/previews/${idOf(begun)}`)).body;
  const { planned } = talkSeconds as { planned: number };
  expect(planned).toBeGreaterThan(0);
  expect((estimate as { roubles: number }).roubles).toBeCloseTo(planned / 10, 2);
  await save(stage.settings());
});

describe('an export', () => {
  test('is started once by a double click, and by one key sent again and again', async () => {
    await stage.control('telephony', 'PUT', '/faults', [{ action: { kind: 'first-byte', delayMs: 500 } }]);
    const key = randomUUID();
    const [once, twice] = await Promise.all([start(key), start(key)]);
    expect([once.status, twice.status]).toEqual([202, 202]);
    expect(idOf(twice)).toBe(idOf(once));
    const click = await start();
    expect(click).toMatchObject({ status: 409, body: { error: { values: { exportId: idOf(once) } } } });
    expect(codeOf(click)).toBe('export_already_running');

    const stop = `POST /api/exports/${idOf(once)}/stop`;
    expect(await ask(stop, { body: {}, headers: { 'idempotency-key': key } })).toMatchObject({
      status: 422,
      body: { error: { code: 'idempotency_key_reused' } },
    });
    expect(await ask(stop, { body: {} })).toMatchObject({ status: 202, body: { exportId: idOf(once) } });
    expect(await stage.finished(idOf(once))).toMatchObject({ state: 'stopped' });
    expect(await ask(stop, { body: {} })).toMatchObject({ status: 202 });
    await stage.control('telephony', 'PUT', '/faults', []);

    // The key of a start that everybody has forgotten by now must not begin another one.
    expect(await start(key)).toMatchObject({ status: 202, body: { exportId: idOf(once) } });
    expect(await stage.exports.running(stage.accountId)).toBeUndefined();
  });

  test('whose start was kept and not carried out, as the process died, is begun by the same key, once', async () => {
    const key = randomUUID();
    const exportId = randomUUID();
    const request = JSON.stringify({ do: 'start' });
    const { accountId } = stage;
    await stage.ledger.commands.take({ accountId, key, request, exportId, beginsExport: true, userId: 939_801 });
    expect(idOf(await start(key))).toBe(exportId);
    // Again as if the answer, and what was written down of it, had been lost.
    expect(idOf(await start(key))).toBe(exportId);
    expect(await stage.finished(exportId)).toMatchObject({
      exportId,
      startedBy: { id: 939_801, name: 'Ольга Ковалёва' },
    });
  });

  test('needs a key', async () => {
    const answer = await ask('POST /api/exports', { body: {}, headers: { 'idempotency-key': 'once' } });
    expect(answer).toMatchObject({
      status: 400,
      body: { error: { code: 'request_invalid', field: 'idempotency-key' } },
    });
  });

  test('is refused at once, and kept refused under its key, where the connection does not let us in', async () => {
    await save(stage.settings({ reExport: true }), {
      connection: { ...connection(), apiKey: 'AQVNwrongwrongwrongwrong' },
    });
    const key = randomUUID();
    expect(await start(key)).toMatchObject({ status: 409, body: { error: { code: 'speechsense_unauthenticated' } } });
    await save(stage.settings({ reExport: true }), { connection: { ...connection(), apiKey: stage.sandbox.apiKey } });
    expect(await start(key)).toMatchObject({ status: 409, body: { error: { code: 'speechsense_unauthenticated' } } });
  });

  test('is told with its sums, its calls and its report, which all agree', async () => {
    const begun = await start();
    const { calls } = await stage.finished(idOf(begun));
    const route = `/api/exports/${idOf(begun)}`;
    const { body } = await ask(`GET ${route}`);
    expect(body).toMatchObject({
      state: 'completed',
      kind: 'export',
      calls,
      startedBy: { id: 939_801 },
      period: stage.settings().period,
    });
    expect((await ask('GET /api/status')).body['export']).toEqual(body);

    const seen: { call_id: number; state: string }[] = [];
    for (let after = ''; ;) {
      const page = (await ask(`GET ${route}/calls?limit=7${after}`)).body;
      seen.push(...(page['calls'] as typeof seen));
      if (page['next'] === null) break;
      after = `&after=${page['next'] as string}`;
    }
    expect(new Set(seen.map(({ call_id: id }) => id)).size).toBe(calls.found);
    expect(seen).toHaveLength(calls.found);
    type Listed = { started_at: string; operator_name: string | null }[];
    const listed = async (query: string) => (await ask(`GET ${route}/calls?limit=200${query}`)).body['calls'] as Listed;
    const times = (calls: Listed) => calls.map(({ started_at: at }) => Date.parse(at));
    const newest = times(await listed(''));
    expect(newest).toEqual(newest.toSorted((one, other) => other - one));
    expect(times(await listed('&order=oldest'))).toEqual(newest.toReversed());
    expect(await listed('&order=latest')).toHaveLength(calls.found);
    const users = (await ask('GET /api/users')).body['users'] as { id: number; name: string }[];
    const everybodys = await listed('');
    // One that only calls know has no name.
    for (const { id, name } of users.filter((user) => !user.name.startsWith('ID '))) {
      const own = everybodys.filter((call) => call.operator_name === name);
      expect([name, await listed(`&operatorId=${id}`)]).toEqual([name, own]);
    }
    const failed = (await ask(`GET ${route}/calls?state=failed&reason=recording_missing`)).body['calls'];
    expect(failed).toHaveLength(
      body['failures'] ? ((body['failures'] as Record<string, number>)['recording_missing'] ?? 0) : 0,
    );
    expect(failed).toEqual(
      (failed as unknown[]).map(() =>
        expect.objectContaining({
          state: 'failed',
          reasonText: { ru: 'записи нет', en: 'there is no recording' },
          started_at: expect.stringMatching(/\+03:00$/),
          card_link: expect.stringContaining('/detail/'),
        }),
      ),
    );

    const link = await ask(`POST ${route}/report-link`, { body: { format: 'json' } });
    const report = (await (await fetch(String(link.body['url']))).json()) as unknown[];
    expect(report).toHaveLength(calls.found);
  });

  test('of a group is of those who are in it when it starts, not when it was chosen', async () => {
    const { operators } = stage.sandbox.world;
    const users = (await ask('GET /api/users')).body['users'] as { group: string | null }[];
    const group = users.find((user) => user.group !== null)?.group ?? '';
    const chosen = async () => {
      const begun = await ask('POST /api/previews', { body: { settings: stage.settings({ groups: [group] }) } });
      expect(begun.status).toBe(202);
      const row = await waitFor(() => stage.ledger.exports.find(idOf(begun)), { what: 'the preview to be recorded' });
      await waitFor(async () => (await ask(`GET /api/previews/${idOf(begun)}`)).body['state'] === 'completed', {
        what: 'the preview',
      });
      return row.settings.users;
    };
    const before = await chosen();
    const [member] = operators.filter(({ id }) => before.includes(id));
    if (!member) throw new Error('the group has nobody in it');
    operators.push({ ...member, id: 7_777_777, name: 'Новый сотрудник' });
    try {
      expect(await chosen()).toEqual(expect.arrayContaining([...before, 7_777_777]));
    } finally {
      operators.pop();
    }
  });

  test('that came to its end is told beside one that has not', async () => {
    const { body } = await ask('GET /api/status');
    expect(body).toMatchObject({ export: { state: 'completed' }, lastCompleted: null });
    const { exportId, calls } = body['export'] as { exportId: string; calls: { exported: number } };
    const row = await stage.ledger.exports.find(exportId);
    if (!row) throw new Error('the export is not recorded');
    const broken = randomUUID();
    await stage.ledger.exports.open({ ...row, exportId: broken, startedAt: new Date() });
    await stage.ledger.exports.close(broken, 'stopped');
    const completed = { exportId, period: row.settings.period, exported: calls.exported };
    expect((await ask('GET /api/status')).body).toMatchObject({
      export: { exportId: broken, state: 'stopped' },
      lastCompleted: { ...completed, finishedAt: row.finishedAt?.toISOString() },
    });
  });

  test('is retried by its own id', async () => {
    const { body } = await ask('GET /api/exports?limit=50');
    const exports = body['exports'] as { exportId: string; failures: Record<string, number> }[];
    const failed = exports.find(({ failures }) => Object.keys(failures).length > 0);
    const retried = await ask(`POST /api/exports/${failed?.exportId ?? ''}/retry`, {
      body: { reasons: ['recording_missing'] },
    });
    expect(retried.status).toBe(202);
    expect(await stage.finished(idOf(retried))).toMatchObject({ kind: 'retry', state: 'completed' });
    const nothing = await ask(`POST /api/exports/${failed?.exportId ?? ''}/retry`, {
      body: { reasons: ['recording_too_large'] },
    });
    expect(nothing).toMatchObject({ status: 409, body: { error: { code: 'nothing_to_retry' } } });
  });

  test('stands in the history, page by page, the newest first', async () => {
    const all = (await ask('GET /api/exports?limit=50')).body['exports'] as { exportId: string; startedAt: string }[];
    expect(all.map(({ startedAt }) => startedAt)).toEqual(
      all
        .map(({ startedAt }) => startedAt)
        .sort()
        .reverse(),
    );
    const paged = [];
    for (let before = ''; ;) {
      const { body } = await ask(`GET /api/exports?limit=2${before}`);
      paged.push(...(body['exports'] as { exportId: string }[]));
      if (body['next'] === null) break;
      before = `&before=${body['next'] as string}`;
    }
    expect(paged.map(({ exportId }) => exportId)).toEqual(all.map(({ exportId }) => exportId));
  });

  test('is begun while no worker is there, and says so when it waits', async () => {
    await worker.stop();
    const begun = await start();
    expect((await ask(`GET /api/exports/${idOf(begun)}`)).body).toMatchObject({
      state: 'planning',
      startedBy: { id: 939_801 },
    });
    const stop = await ask(`POST /api/exports/${idOf(begun)}/stop`, { body: {} });
    expect(stop).toMatchObject({ status: 202 });
    worker = await stage.startWorker();
    await waitFor(async () => (await stage.exports.running(stage.accountId)) === undefined, { what: 'its end' });
  });
});

describe('a report’s link', () => {
  const link = async (format = 'csv') => {
    const { body } = await ask('GET /api/exports?limit=1');
    const [last] = body['exports'] as { exportId: string }[];
    return new URL(
      String((await ask(`POST /api/exports/${last?.exportId ?? ''}/report-link`, { body: { format } })).body['url']),
    );
  };

  test.each([
    ['csv', /^\uFEFF?call_id;note_id/],
    ['xlsx', /^PK/],
  ])('downloads %s under a name', async (format, beginning) => {
    const answer = await fetch(await link(format));
    expect(answer.headers.get('content-disposition')).toMatch(
      new RegExp(`^attachment; filename="speechsense-.*\\.${format}"$`),
    );
    expect(Buffer.from(await answer.arrayBuffer()).toString('utf8')).toMatch(beginning);
  });

  test.each(['account', 'format', 'language', 'until', 'signature'])('with another %s is refused', async (name) => {
    const url = await link();
    const other = { account: '1', format: 'json', language: 'en', until: '9999999999', signature: 'x' }[name] ?? '';
    url.searchParams.set(name, other);
    const answer = await fetch(url);
    expect([answer.status, await answer.json()]).toMatchObject([403, { error: { code: 'report_link_invalid' } }]);
  });

  test('of another export is refused', async () => {
    const url = await link();
    url.pathname = `/reports/${randomUUID()}`;
    expect((await fetch(url)).status).toBe(403);
  });

  test('leaves no signature in the log', async () => {
    const url = await link();
    await (await fetch(url)).text();
    expect(backend.log()).not.toContain(url.searchParams.get('signature'));
  });
});
