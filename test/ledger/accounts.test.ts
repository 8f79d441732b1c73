import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import { randomUUID } from 'node:crypto';
import { type Database, openDatabase } from '../../ledger/database/database.ts';
import {
  openTestLedger,
  planned,
  reportOf,
  sightedNote,
  TEST_ACCOUNT,
  type TestLedger,
  SENT,
} from '../support/ledger.ts';
import { entity } from '../support/entity.ts';
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
       where table_schema = current_schema() and table_name not like 'kysely_%' and table_name <> 'spent_tokens'`.execute(
      db,
    );
    const counts: Record<string, number> = {};
    for (const { name } of rows) {
      const count = await sql<{ n: number }>`select count(*) as n from ${sql.table(name)}`.execute(db);
      counts[name] = count.rows[0]?.n ?? 0;
    }
    return counts;
  }

  const askTurn = (accountId: number) =>
    t.ledger.rateBuckets.takeTurn({ accountId, client: 'long_lived', requestsPerSecond: 6, interactive: true });

  /** Something in every table. */
  async function fill(): Promise<void> {
    await t.ledger.tokens.put(TEST_ACCOUNT, 'token');
    await t.ledger.consents.give({ host: 'example.amocrm.ru', accountId: TEST_ACCOUNT });
    await t.ledger.settings.put(TEST_ACCOUNT, parseExportSettings({}));
    await t.ledger.users.putAll(TEST_ACCOUNT, [
      { id: 7, name: 'Operator', group: null, active: true, phone: null, email: null },
    ]);
    await t.ledger.entities.putAll(TEST_ACCOUNT, [entity('contact', 1_001)], new Date());
    await t.ledger.catalogues.put(TEST_ACCOUNT, 'loss_reasons', [{ id: 1, name: 'Дорого' }], new Date());
    await askTurn(TEST_ACCOUNT);
    await t.ledger.rateBuckets.refused(TEST_ACCOUNT, 'amocrm_throttled');
    await t.ledger.connectionKeys.put(TEST_ACCOUNT, 'connection-1', ['date']);
    await t.ledger.brakes.pull(TEST_ACCOUNT);
    const exportId = await planned(t.ledger, [sightedNote({ noteId: 1 }), sightedNote({ noteId: 2 })]);
    await t.ledger.entityTurns.take(exportId, randomUUID());
    const [call] = await t.ledger.transfers.remainingOfBatch(exportId, 0);
    const claim = await t.ledger.transfers.claim({ exportId, callId: call?.callId ?? 0 });
    if (claim.kind !== 'claimed') throw new Error('the call is there');
    await t.ledger.transfers.markCommitting(claim.lease, SENT);
    await t.ledger.listings.remark(exportId, 'deleted', ['3']);
    await t.ledger.transfers.recordExported(claim.lease, { talkId: 'aud1', bytes: 5, audioFormat: 'mp3' });
    await t.ledger.administrators.put(TEST_ACCOUNT, 7, true);
    const command = { accountId: TEST_ACCOUNT, key: randomUUID(), request: 'start', exportId, userId: 7 };
    await t.ledger.commands.take({ ...command, beginsExport: true });
  }

  /** The same rows once more, as another account's. */
  async function copyToAnotherAccount(accountId: number): Promise<void> {
    await sql`insert into accounts select ${accountId}, 'other.amocrm.ru', name, time_zone, is_api_filter_enabled
                from accounts where account_id = ${TEST_ACCOUNT}`.execute(db);
    for (const table of [
      'tokens',
      'connections',
      'connection_keys',
      'brakes',
      'settings',
      'users',
      'entities',
      'catalogues',
      'administrators',
    ]) {
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
    await askTurn(accountId);
    await t.ledger.rateBuckets.refused(accountId, 'amocrm_throttled');
    await sql`update consents set account_id = ${accountId}`.execute(db);
    await sql`update exports set account_id = ${accountId}`.execute(db);
    await sql`update commands set account_id = ${accountId}`.execute(db);
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
