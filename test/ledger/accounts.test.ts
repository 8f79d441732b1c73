import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import { type Database, openDatabase } from '../../ledger/database.ts';
import {
  openTestExport,
  openTestLedger,
  PLAN,
  planned,
  reportOf,
  sightedNote,
  TEST_ACCOUNT,
  type TestLedger,
} from '../support/ledger.ts';
import { parseExportSettings } from '../../settings/export-settings.ts';

let t: TestLedger;
let db: Database;
beforeEach(async () => {
  t = await openTestLedger();
  db = openDatabase(t.databaseUrl);
});
afterEach(async () => {
  await db.destroy();
  await t.close();
});

describe('removing an account', () => {
  /** Rows by table, all tables of the schema but the migrations' own. */
  async function rowsByTable(): Promise<Record<string, number>> {
    const { rows } = await sql<{ name: string }>`
      select table_name as name from information_schema.tables
       where table_schema = current_schema() and table_name not like 'kysely_%'`.execute(db);
    const counts: Record<string, number> = {};
    for (const { name } of rows) {
      const count = await sql<{ n: number }>`select count(*) as n from ${sql.table(name)}`.execute(db);
      counts[name] = count.rows[0]?.n ?? 0;
    }
    return counts;
  }

  /** Something in every table. */
  async function fill(): Promise<void> {
    await t.ledger.tokens.put(TEST_ACCOUNT, 'token');
    await t.ledger.settings.put(TEST_ACCOUNT, parseExportSettings({}));
    await t.ledger.users.putAll(TEST_ACCOUNT, [{ id: 7, name: 'Operator', group: null, active: true }]);
    const card = {
      entityType: 'contact' as const,
      entityId: 1_001,
      name: 'Client',
      mainContactId: null,
      companyId: null,
    };
    await t.ledger.entities.putAll(TEST_ACCOUNT, [card], new Date());
    await t.ledger.rateBuckets.reserve(`${TEST_ACCOUNT}:amocrm`, 6);
    const exportId = await planned(t.ledger, [sightedNote({ noteId: 1 }), sightedNote({ noteId: 2 })]);
    const [call] = await t.ledger.transfers.remainingOfBatch(exportId, 0);
    const claim = await t.ledger.transfers.claim({ exportId, callId: call?.callId ?? 0 });
    if (claim.kind !== 'claimed') throw new Error('the call is there');
    await t.ledger.transfers.markCommitting(claim.lease);
    await t.ledger.transfers.recordExported(claim.lease, { talkId: 'aud1', bytes: 5, audioFormat: 'mp3' });
  }

  /** The same rows once more, as another account's. */
  async function copyToAnotherAccount(accountId: number): Promise<void> {
    await sql`insert into accounts select ${accountId}, 'other.amocrm.ru', name, time_zone, is_api_filter_enabled
                from accounts where account_id = ${TEST_ACCOUNT}`.execute(db);
    for (const table of ['tokens', 'connections', 'settings', 'users', 'entities']) {
      const { rows } = await sql<{ name: string }>`
        select column_name as name from information_schema.columns
         where table_schema = current_schema() and table_name = ${table} and column_name <> 'account_id'
         order by ordinal_position`.execute(db);
      const columns = sql.join(rows.map(({ name }) => sql.ref(name)));
      await sql`insert into ${sql.table(table)} (account_id, ${columns})
                select ${accountId}, ${columns} from ${sql.table(table)} where account_id = ${TEST_ACCOUNT}`.execute(
        db,
      );
    }
    await t.ledger.rateBuckets.reserve(`${accountId}:amocrm`, 6);
    await sql`update exports set account_id = ${accountId}`.execute(db);
    await sql`update calls set account_id = ${accountId}`.execute(db);
    await sql`update call_notes set account_id = ${accountId}`.execute(db);
    await sql`update call_identities set account_id = ${accountId}`.execute(db);
    await sql`update talks set account_id = ${accountId}`.execute(db);
  }

  test('deletes everything of it, table by table, and says what', async () => {
    await fill();
    const before = await rowsByTable();
    expect(Object.entries(before).filter(([, rows]) => rows === 0)).toEqual([]);
    expect(await t.ledger.accounts.remove(TEST_ACCOUNT)).toEqual({
      calls: 2,
      notes: 2,
      users: 1,
      entities: 1,
      transfers: 2,
      talks: 1,
      exports: 1,
      secrets: 2,
    });
    expect(Object.entries(await rowsByTable()).filter(([, rows]) => rows > 0)).toEqual([]);
  });

  // 314159 begins as 31415 does: a bucket must not be found by the beginning of its account's number.
  test('leaves another account as it was', async () => {
    await fill();
    await copyToAnotherAccount(Number(`${TEST_ACCOUNT}9`));
    await fill();
    const both = await rowsByTable();
    await t.ledger.accounts.remove(TEST_ACCOUNT);
    const left = await rowsByTable();
    for (const [table, rows] of Object.entries(both)) {
      if (table !== 'tallies') expect([table, left[table]]).toEqual([table, rows / 2]);
    }
    const [remaining] = await t.ledger.exports.list(Number(`${TEST_ACCOUNT}9`), 5);
    const progress = await t.ledger.progress.read(remaining?.exportId ?? '');
    expect(progress.calls).toMatchObject({ found: 2, exported: 1, remaining: 1 });
  });

  test('twice deletes nothing more, and one that is not there deletes nothing', async () => {
    await fill();
    await t.ledger.accounts.remove(TEST_ACCOUNT);
    expect(Object.values(await t.ledger.accounts.remove(TEST_ACCOUNT)).every((rows) => rows === 0)).toBe(true);
  });

  test('and adding it again starts with nothing known', async () => {
    await fill();
    const about = await t.ledger.accounts.find(TEST_ACCOUNT);
    const connection = await t.ledger.connections.read(TEST_ACCOUNT);
    if (!about || !connection) throw new Error('the account is there');
    await t.ledger.accounts.remove(TEST_ACCOUNT);
    await t.ledger.accounts.put(about);
    await t.ledger.connections.put(connection);
    const exportId = await planned(t.ledger, [sightedNote({ noteId: 1 })]);
    expect((await reportOf(t.ledger, exportId))[0]).toMatchObject({ state: 'planned' });
    expect(await t.ledger.tokens.read(TEST_ACCOUNT)).toBeUndefined();
  });
});

describe('users', () => {
  const user = (id: number, name: string, active = true) => ({ id, name, group: null, active });

  test('that amoCRM no longer lists stay, inactive, with their names', async () => {
    await t.ledger.users.putAll(TEST_ACCOUNT, [user(1, 'Анна'), user(2, 'Борис')]);
    await t.ledger.users.putAll(TEST_ACCOUNT, [user(2, 'Борис Новый'), user(3, 'Вера', false)]);
    expect(await t.ledger.users.list(TEST_ACCOUNT)).toEqual([
      user(1, 'Анна', false),
      user(2, 'Борис Новый'),
      user(3, 'Вера', false),
    ]);
  });

  test('of an empty list are all inactive, and one that comes back is active again', async () => {
    await t.ledger.users.putAll(TEST_ACCOUNT, [user(1, 'Анна')]);
    await t.ledger.users.putAll(TEST_ACCOUNT, []);
    expect(await t.ledger.users.list(TEST_ACCOUNT)).toEqual([user(1, 'Анна', false)]);
    await t.ledger.users.putAll(TEST_ACCOUNT, [user(1, 'Анна')]);
    expect(await t.ledger.users.list(TEST_ACCOUNT)).toEqual([user(1, 'Анна')]);
  });

  test('of another account are left alone', async () => {
    const about = await t.ledger.accounts.find(TEST_ACCOUNT);
    if (!about) throw new Error('the account is there');
    await t.ledger.accounts.put({ ...about, accountId: 2, host: 'second.amocrm.ru' });
    await t.ledger.users.putAll(2, [user(1, 'Анна')]);
    await t.ledger.users.putAll(TEST_ACCOUNT, []);
    expect(await t.ledger.users.list(2)).toEqual([user(1, 'Анна')]);
  });
});

describe('cards of a batch', () => {
  const card = (entityType: 'contact' | 'lead' | 'company', entityId: number, more: object = {}) => ({
    entityType,
    entityId,
    name: `${entityType} ${entityId}`,
    mainContactId: null,
    companyId: null,
    ...more,
  });
  const BEGUN = new Date('2026-11-20T12:00:00Z');
  const BEFORE = new Date(BEGUN.getTime() - 1);

  test('are to be read when their calls hang on them and they were not read since the export began', async () => {
    const exportId = await planned(t.ledger, [
      sightedNote({ noteId: 1, entityType: 'contact', entityId: 11 }),
      sightedNote({ noteId: 2, entityType: 'lead', entityId: 12 }),
      sightedNote({ noteId: 3, entityType: 'company', entityId: 13 }),
      sightedNote({ noteId: 4, entityType: 'contact', entityId: 11 }),
      sightedNote({ noteId: 5, entityType: 'contact', entityId: 15, talkSeconds: 0, link: null }),
    ]);
    const missing = () => t.ledger.entities.missingFor(exportId, 0, BEGUN);
    expect(await missing()).toEqual([
      { entityType: 'company', entityId: 13 },
      { entityType: 'contact', entityId: 11 },
      { entityType: 'lead', entityId: 12 },
    ]);
    await t.ledger.entities.putAll(TEST_ACCOUNT, [card('contact', 11)], BEFORE);
    expect(await missing()).toHaveLength(3);
    await t.ledger.entities.putAll(TEST_ACCOUNT, [card('contact', 11), card('company', 13)], BEGUN);
    // What a lead's main contact is shows only once the lead is read.
    await t.ledger.entities.putAll(TEST_ACCOUNT, [card('lead', 12, { mainContactId: 21 })], BEGUN);
    expect(await missing()).toEqual([{ entityType: 'contact', entityId: 21 }]);
    await t.ledger.entities.putAll(TEST_ACCOUNT, [card('contact', 21)], BEGUN);
    expect(await missing()).toEqual([]);
    expect(await t.ledger.entities.missingFor(exportId, 1, BEGUN)).toEqual([]);
  });

  test('of a call are those of all its notes, and its lead’s main contact', async () => {
    const exportId = await planned(t.ledger, [
      sightedNote({ noteId: 1, identity: 'x', entityType: 'company', entityId: 13 }),
      sightedNote({ noteId: 2, identity: 'x', entityType: 'lead', entityId: 12 }),
      sightedNote({ noteId: 3, entityType: 'contact', entityId: 99 }),
    ]);
    const [call] = await t.ledger.transfers.remainingOfBatch(exportId, 0);
    const callId = call?.callId ?? 0;
    expect(await t.ledger.entities.ofCall(callId)).toEqual([]);
    const cards = [
      card('company', 13),
      card('contact', 21),
      card('contact', 99),
      card('lead', 12, { mainContactId: 21 }),
    ];
    await t.ledger.entities.putAll(TEST_ACCOUNT, cards, BEGUN);
    expect(await t.ledger.entities.ofCall(callId)).toEqual(cards.filter(({ entityId }) => entityId !== 99));
  });

  test('may come twice in one answer, and lose a name later', async () => {
    await t.ledger.entities.putAll(TEST_ACCOUNT, [card('contact', 11), card('contact', 11)], BEGUN);
    await t.ledger.entities.putAll(TEST_ACCOUNT, [card('contact', 11, { name: null })], BEGUN);
    const exportId = await planned(t.ledger, [sightedNote({ noteId: 1, entityType: 'contact', entityId: 11 })]);
    const [call] = await t.ledger.transfers.remainingOfBatch(exportId, 0);
    expect(await t.ledger.entities.ofCall(call?.callId ?? 0)).toEqual([card('contact', 11, { name: null })]);
  });
});

describe('an export’s record', () => {
  test('once closed keeps its state, whatever comes late', async () => {
    const exportId = await planned(t.ledger, [sightedNote({ noteId: 1 })]);
    await t.ledger.exports.setState(exportId, 'blocked', 'amocrm_unauthorized');
    expect(await t.ledger.exports.find(exportId)).toMatchObject({ state: 'blocked', blockedBy: 'amocrm_unauthorized' });
    await t.ledger.exports.close(exportId, 'stopped');
    const closed = await t.ledger.exports.find(exportId);
    expect(closed).toMatchObject({ state: 'stopped', blockedBy: null });
    await t.ledger.exports.setState(exportId, 'transferring');
    await t.ledger.exports.setState(exportId, 'blocked', 'amocrm_unauthorized');
    await t.ledger.exports.close(exportId, 'completed');
    expect(await t.ledger.exports.find(exportId)).toEqual(closed);
  });

  test('says what it failed of', async () => {
    const exportId = await planned(t.ledger, [sightedNote({ noteId: 1 })]);
    await t.ledger.exports.close(exportId, 'failed', 'amocrm_rejected');
    expect(await t.ledger.exports.find(exportId)).toMatchObject({ state: 'failed', blockedBy: 'amocrm_rejected' });
  });

  test('leaves no call in the hands of an attempt when it closes', async () => {
    const exportId = await planned(
      t.ledger,
      [1, 2, 3].map((noteId) => sightedNote({ noteId })),
    );
    const calls = await t.ledger.transfers.remainingOfBatch(exportId, 0);
    const leases = [];
    for (const { callId } of calls.slice(0, 2)) {
      const claim = await t.ledger.transfers.claim({ exportId, callId });
      if (claim.kind === 'claimed') leases.push(claim.lease);
    }
    const [uploading, committing] = leases;
    if (!uploading || !committing) throw new Error('two calls were claimed');
    await t.ledger.transfers.markCommitting(committing);
    await t.ledger.exports.close(exportId, 'stopped');
    expect((await reportOf(t.ledger, exportId)).map(({ state }) => state)).toEqual([
      'planned',
      'unconfirmed',
      'planned',
    ]);
    expect(await t.ledger.transfers.markCommitting(uploading)).toBe('lease_lost');
  });

  test('is found by its id only, also by what is no id', async () => {
    expect(await t.ledger.exports.find('last')).toBeUndefined();
    expect(await t.ledger.exports.find('00000000-0000-4000-8000-000000000000')).toBeUndefined();
  });

  test('of a preview is not listed, and goes with the next one', async () => {
    const preview = await planned(t.ledger, [sightedNote({ noteId: 1 })], { kind: 'preview' });
    const exportId = await planned(t.ledger, [sightedNote({ noteId: 1 })]);
    expect((await t.ledger.exports.list(TEST_ACCOUNT, 10)).map((row) => row.exportId)).toEqual([exportId]);
    await t.ledger.exports.dropPreviews(TEST_ACCOUNT);
    expect(await t.ledger.exports.find(preview)).toBeUndefined();
    expect(await t.ledger.exports.find(exportId)).toBeDefined();
  });
});

describe('the report', () => {
  test('brings every call once, in order, however many pages it takes', async () => {
    const notes = Array.from({ length: 4_100 }, (_, n) =>
      sightedNote({ noteId: n + 1, direction: n % 3 === 0 ? 'outgoing' : 'incoming' }),
    );
    const exportId = await openTestExport(t.ledger, { settings: { direction: 'outgoing' } });
    for (let from = 0; from < notes.length; from += 250) {
      await t.ledger.calls.recordSightings(TEST_ACCOUNT, exportId, notes.slice(from, from + 250));
    }
    await t.ledger.plan.close(exportId, PLAN);
    const rows = await reportOf(t.ledger, exportId);
    const ids = rows.map(({ call_id }) => call_id);
    expect(new Set(rows.map(({ note_id }) => note_id)).size).toBe(4_100);
    expect(ids).toEqual([...ids].sort((a, b) => a - b));

    const skipped = [];
    for await (const row of t.ledger.report.rows(exportId, 'skipped')) skipped.push(row);
    expect(skipped).toHaveLength(rows.filter(({ state }) => state === 'skipped').length);
    expect(new Set(skipped.map(({ reason }) => reason))).toEqual(new Set(['other_direction']));
    expect((await t.ledger.progress.read(exportId)).calls).toMatchObject({ found: 4_100, planned: 1_367 });
    expect((await t.ledger.exports.find(exportId))?.batches).toBe(Math.ceil(1_367 / PLAN.batchSize));
  });

  test('of nothing is empty', async () => {
    expect(await reportOf(t.ledger, await planned(t.ledger, []))).toEqual([]);
  });

  test('names the latest failures first', async () => {
    const exportId = await planned(
      t.ledger,
      [1, 2, 3].map((noteId) => sightedNote({ noteId })),
    );
    for (const { callId } of await t.ledger.transfers.remainingOfBatch(exportId, 0)) {
      const claim = await t.ledger.transfers.claim({ exportId, callId });
      if (claim.kind === 'claimed') await t.ledger.transfers.recordFailed(claim.lease, 'recording_expired');
    }
    const latest = await t.ledger.report.latestFailures(exportId, 2);
    expect(latest.map(({ noteId, reason }) => [noteId, reason])).toEqual([
      [3, 'recording_expired'],
      [2, 'recording_expired'],
    ]);
  });
});
