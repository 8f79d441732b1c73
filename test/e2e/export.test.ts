import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { SANDBOX_KEYS } from '../../sandbox/speechsense/connection.ts';
import { PIPELINES } from '../../sandbox/world/pipelines.ts';
import { createStage, type Stage } from '../support/stage.ts';
import { expectOnce, expectToAddUp, expectWhole, recordedCalls } from '../support/promises.ts';

describe('exports of one account, one after another', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await createStage({ sandbox: { calls: 150, talkScale: 0.2 }, pace: { batchSize: 20 } });
    await stage.startWorker();
  });
  afterAll(() => stage.close());

  async function run(settings: Record<string, unknown> = {}) {
    const exportId = await stage.exports.start(stage.accountId, stage.settings(settings));
    const status = await stage.finished(exportId);
    return { status, report: await stage.report(exportId) };
  }
  const talks = () => stage.sandbox.speechsense.talks().length;

  test('the first brings every call to its end: each recording is one whole talk', async () => {
    const { status, report } = await run();
    expect(status.state).toBe('completed');
    expect(status.calls.found).toBe(stage.sandbox.world.calls.length);
    expect(status.calls.exported).toBe(recordedCalls(stage));
    expect(status.calls.remaining + status.calls.unconfirmed).toBe(0);
    expectToAddUp(status, report);
    expectOnce(stage, report);
    await expectWhole(stage);
  });

  test('talks carry who talked with whom, when and which way', () => {
    const { calls, operators } = stage.sandbox.amocrm.account.world;
    const deleted = operators.filter(({ isDeleted }) => isDeleted).map(({ id }) => id);
    for (const { fields } of stage.sandbox.speechsense.talks()) {
      const operatorId = calls.find(({ noteIds }) => noteIds.includes(Number(fields.call_id)))?.operatorId ?? 0;
      // Of a user who was deleted before, nobody knows the name or the phone that a telephony writes.
      if (fields.operator_id === 'unknown') expect(deleted).toContain(operatorId);
      else expect(fields.operator_id).toBe(String(operatorId));
      expect(fields.operator_name).not.toBe('');
      expect(fields.client_id).toMatch(/^\d+$/);
      expect(fields.client_name).not.toBe('');
      expect(fields.date).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+03:00$/);
      expect(fields.direction_outgoing).toMatch(/^(true|false)$/);
      expect(fields.language).toBe('ru-RU');
      expect(fields.call_id).toMatch(/^\d+$/);
    }
  });

  test('a second of the same period uploads nothing and says why', async () => {
    const before = talks();
    const { status, report } = await run();
    expect(talks()).toBe(before);
    expect(status.calls.exported).toBe(0);
    expect(status.calls.skipped.already_exported).toBe(before);
    expectToAddUp(status, report);
  });

  test('one that re-exports uploads every call again, with the mapped fields', async () => {
    const before = talks();
    const mapping = {
      call: [{ amocrm: 'duration', speechsense: 'call_duration' }],
      deal: [
        { amocrm: 'status', speechsense: 'deal_status' },
        { amocrm: 'cf_1150943', speechsense: 'interesy' },
      ],
      contact: [{ amocrm: 'phone_e164', speechsense: 'contact_phone' }],
      company: [{ amocrm: 'name', speechsense: 'company_name' }],
    };
    const keys = Object.values(mapping).flatMap((lines) => lines.map(({ speechsense }) => speechsense));
    await stage.control('speechsense', 'PUT', `/connections/${stage.sandbox.connectionId}`, {
      keys: { ...SANDBOX_KEYS, ...Object.fromEntries(keys.map((key) => [key, 'STRING'])) },
    });
    const { status } = await run({ reExport: true, direction: 'outgoing', mapping });
    const added = stage.sandbox.speechsense.talks().slice(before);
    expect(added).toHaveLength(status.calls.exported);
    expect(added.length).toBeGreaterThan(0);
    expect(added.every(({ fields }) => fields.direction_outgoing === 'true')).toBe(true);
    expect(added.filter(({ fields }) => /^\d+$/.test(fields.call_duration ?? '')).length).toBeGreaterThan(0);
    const { contacts, companies } = stage.sandbox.world.entities;
    const phones = new Map([...contacts.values()].map(({ id, phone }) => [String(id), `+7${phone}`]));
    for (const { fields } of added.filter(({ fields: { contact_phone } }) => contact_phone !== undefined)) {
      expect(fields.contact_phone).toBe(phones.get(fields.client_id ?? ''));
    }
    const named = new Set([...companies.values()].map(({ name }) => name.trim()));
    const stages = new Set(PIPELINES.flatMap(({ statuses }) => statuses.map(({ name }) => name)));
    const said = (key: string) => added.flatMap(({ fields }) => fields[key] ?? []);
    expect(said('contact_phone').length).toBeGreaterThan(added.length / 2);
    expect(said('deal_status').length).toBeGreaterThan(5);
    expect(said('deal_status').filter((text) => !stages.has(text))).toEqual([]);
    expect(said('company_name').length).toBeGreaterThan(5);
    expect(said('company_name').filter((text) => !named.has(text))).toEqual([]);
  });

  test('one into another connection uploads everything', async () => {
    await stage.control('speechsense', 'PUT', '/connections/eavanother', { keys: { call_id: 'STRING' } });
    await stage.ledger.connections.put({
      accountId: stage.accountId,
      connectionId: 'eavanother',
      language: 'ru-RU, kk-KZ',
      apiKey: stage.sandbox.apiKey,
    });
    const before = talks();
    const { status } = await run();
    expect(talks() - before).toBe(recordedCalls(stage));
    expect(status.calls.exported).toBe(recordedCalls(stage));
  });

  test('users and talk length choose calls, and everything else is skipped for a reason', async () => {
    const [operator] = stage.sandbox.world.operators;
    const { status, report } = await run({ users: [operator.id], talkSeconds: { min: 20, max: 60 }, reExport: true });
    expectToAddUp(status, report);
    for (const row of report.filter(({ state }) => state === 'exported')) {
      expect(row.operator_id).toBe(operator.id);
      if (row.talk_seconds !== null) expect(row.talk_seconds).toBeGreaterThanOrEqual(20);
    }
    expect(status.calls.skipped.other_user).toBeGreaterThan(0);
    expect(status.calls.skipped.too_short).toBeGreaterThan(0);
  });

  test('a start in the very moment of an end waits for it instead of being refused', async () => {
    for (let round = 0; round < 3; round++) {
      const { status } = await run();
      expect(status.state).toBe('completed');
    }
  });

  test('a preview plans and sends nothing', async () => {
    const before = talks();
    const status = await stage.exports.preview(stage.accountId, stage.settings({ reExport: true }));
    expect(talks()).toBe(before);
    expect(status.calls.planned).toBeGreaterThanOrEqual(recordedCalls(stage));
  });
});

describe('an export that is retried', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await createStage({ sandbox: { calls: 60, talkScale: 0.2 } });
    await stage.startWorker();
  });
  afterAll(() => stage.close());

  test('sends what failed, once its recordings are back', async () => {
    await stage.control('telephony', 'PUT', '/faults', [{ times: 10, action: { kind: 'lie', lie: 'expired' } }]);
    const first = await stage.finished(await stage.exports.start(stage.accountId, stage.settings()));
    expect(first.failures.recording_expired).toBe(10);

    const retried = await stage.finished(
      await stage.exports.retry(stage.accountId, { reasons: ['recording_expired'] }),
    );
    expect(retried).toMatchObject({ kind: 'retry', state: 'completed', calls: { found: 10, exported: 10 } });
    expectToAddUp(retried, await stage.report(retried.exportId));
    expect(stage.sandbox.speechsense.talks()).toHaveLength(recordedCalls(stage));
  });
});
