import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import { type Database, openDatabase, openMigrationConnection, toLedgerError } from '../../ledger/database/database.ts';
import { openTestLedger, planned, reportOf, sightedNote, TEST_ACCOUNT, type TestLedger } from '../support/ledger.ts';
import { frozenLockHolder, type LockHolder } from '../support/lock-holders.ts';

let t: TestLedger;
let db: Database;
beforeAll(async () => {
  t = await openTestLedger();
  db = openDatabase(t.databaseUrl, { maxConnections: 2 });
});
afterAll(async () => {
  await db.destroy();
  await t.close();
});

const NAMES = [
  'statement_timeout',
  'lock_timeout',
  'idle_in_transaction_session_timeout',
  'tcp_keepalives_idle',
  'tcp_user_timeout',
  'synchronous_commit',
];
async function settingsOf(on: Database): Promise<Record<string, string>> {
  const { rows } = await sql<{ name: string; value: string }>`
    select name, current_setting(name) as value from unnest(${NAMES}::text[]) as name`.execute(on);
  return Object.fromEntries(rows.map(({ name, value }) => [name, value]));
}

describe('every connection', () => {
  test('tells the server where its patience ends, below that of the client', async () => {
    expect(await settingsOf(db)).toEqual({
      statement_timeout: '4min',
      lock_timeout: '1min',
      idle_in_transaction_session_timeout: '30s',
      tcp_keepalives_idle: '30',
      tcp_user_timeout: '60000',
      synchronous_commit: 'on',
    });
  });

  test('for migrations has no limit to a statement, and hardly waits for a lock', async () => {
    const migrations = openMigrationConnection(t.databaseUrl);
    try {
      expect(await settingsOf(migrations)).toMatchObject({ statement_timeout: '0', lock_timeout: '3s' });
    } finally {
      await migrations.destroy();
    }
  });

  test('leaves a server that waits for its standbys at that', async () => {
    const url = new URL(t.databaseUrl);
    const given = url.searchParams.get('options') ?? '';
    url.search = `?options=${encodeURIComponent(`${given} -c synchronous_commit=remote_apply`)}`;
    const careful = openDatabase(url.href, { maxConnections: 1 });
    try {
      expect(await settingsOf(careful)).toMatchObject({ synchronous_commit: 'remote_apply' });
    } finally {
      await careful.destroy();
    }
  });
});

describe('a process that froze inside a transaction', () => {
  const limits = { idleInTransactionMs: 500 };
  let exportId: string;
  let callId: number;
  let frozen: LockHolder | undefined;
  beforeEach(async () => {
    exportId = await planned(t.ledger, [sightedNote({ noteId: 1 }), sightedNote({ noteId: 17 })]);
    callId = (await reportOf(t.ledger, exportId))[0]?.call_id ?? 0;
  });
  afterEach(() => frozen?.kill9());

  test('gives up the totals that it held, and its call to whoever claims it', async () => {
    frozen = await frozenLockHolder({
      databaseUrl: t.databaseUrl,
      statements: [`update transfers set state = 'uploading' where export_id = '${exportId}' and call_id = ${callId}`],
      limits,
    });
    expect(await t.ledger.transfers.claim({ exportId, callId })).toMatchObject({ kind: 'claimed' });
    expect(await frozen.thaw()).toBe('database_unreachable');
  });

  test("gives up the turn of the account's listing", async () => {
    frozen = await frozenLockHolder({
      databaseUrl: t.databaseUrl,
      statements: [`select pg_advisory_xact_lock(hashtext('calls'), hashtext('${TEST_ACCOUNT}'))`],
      limits,
    });
    const other = await planned(t.ledger, [sightedNote({ noteId: 2 })]);
    expect(await reportOf(t.ledger, other)).toHaveLength(1);
    expect(await frozen.thaw()).toBe('database_unreachable');
  });
});

describe('passes, and costs a call nothing:', () => {
  test.each([
    ['a lock that was not to be had in time', '55P03'],
    ['a statement that the server ended', '57014'],
    ['a silence inside a transaction', '25P03'],
    ['a transaction that took too long', '25P04'],
    ['a connection that was idle for too long', '57P05'],
    ['a server that an administrator shut down', '57P01'],
    ['a full disk', '53100'],
    ['a disk that cannot be read', '58030'],
    ['a replica', '25006'],
    ['a pooler without a free connection', '08P01'],
  ])('%s (%s)', async (_, code) => {
    const raised = sql`do ${sql.lit(`begin raise exception 'no' using errcode = '${code}'; end`)}`.execute(db);
    await expect(raised.catch((error: unknown) => toLedgerError(error))).resolves.toMatchObject({
      code: 'database_unreachable',
      kind: 'retryable',
    });
  });

  test('and what is wrong with a statement does not pass', async () => {
    const wrong = sql`select 1 / 0`.execute(db).catch((error: unknown) => toLedgerError(error));
    await expect(wrong).resolves.toMatchObject({ code: 'unexpected' });
  });
});

test('a statement that the server ended leaves nobody at work on it', async () => {
  const hasty = openDatabase(t.databaseUrl, { maxConnections: 1, limits: { statementMs: 200 } });
  try {
    const slow = sql`select pg_sleep(60) as "ended by the server"`.execute(hasty);
    await expect(slow.catch((error: unknown) => toLedgerError(error))).resolves.toMatchObject({
      code: 'database_unreachable',
    });
    const { rows } = await sql`
      select from pg_stat_activity where query like '%"ended by the server"%' and state = 'active' and pid <> pg_backend_pid()`.execute(
      db,
    );
    expect(rows).toEqual([]);
  } finally {
    await hasty.destroy();
  }
});
