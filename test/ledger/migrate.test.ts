import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import { type Database, openDatabase } from '../../ledger/database/database.ts';
import { buildIndexes } from '../../ledger/database/indexes.ts';
import { migrate } from '../../ledger/database/migrate.ts';
import { waitFor } from '../support/wait-for.ts';
import { createTestSchema, type TestSchema } from '../support/postgres-schema.ts';

const ALL = [
  '0001-first-tables',
  '0002-tallies',
  '0003-oauth',
  '0004-pacing',
  '0005-listing',
  '0006-entities',
  '0007-audio',
  '0008-confirm',
  '0009-report',
  '0010-adopted-talks',
  '0011-backend',
  '0012-recurring-identities',
  '0013-missing-talks',
  '0014-calls-by-link',
  '0015-sweep-places',
  '0016-forget-upload',
  '0017-account-country',
  '0018-talks-outlive-exports',
  '0019-risk-taken',
  '0020-lineage',
  '0021-missing-lists',
  '0022-recording-remarks',
  '0023-recording-answer',
  '0024-throughput',
  '0025-deaths',
  ...['talks_of_call_id', 'talks_unanswered', 'talks_missing', 'exports_retry_of'],
];

let schemas: TestSchema[];
beforeAll(async () => void (schemas = await Promise.all([1, 2, 3, 4, 5, 6, 7].map(() => createTestSchema()))));
afterAll(() => Promise.all(schemas.map((schema) => schema.drop())));

const url = (index: number) => schemas[index]?.databaseUrl ?? '';
async function connected<T>(index: number, work: (db: Database) => Promise<T>): Promise<T> {
  const db = openDatabase(url(index), { maxConnections: 2 });
  try {
    return await work(db);
  } finally {
    await db.destroy();
  }
}
const tables = async (db: Database) => {
  const { rows } = await sql<{ name: string }>`
    select table_name as name from information_schema.tables where table_schema = current_schema()
     order by 1`.execute(db);
  return rows.map(({ name }) => name);
};

test('a fresh database gets every table, and a second time nothing', async () => {
  await connected(0, async (db) => {
    expect(await migrate(url(0))).toEqual(ALL);
    const once = await tables(db);
    expect(once).toContain('transfers');
    expect(await migrate(url(0))).toEqual([]);
    expect(await tables(db)).toEqual(once);
  });
});

test('five processes at once do it once', async () => {
  const applied = await Promise.all(Array.from({ length: 5 }, () => migrate(url(1))));
  expect(applied.flat().sort()).toEqual([...ALL].sort());
});

test('two schemas of one server are migrated side by side, each with its own tables', async () => {
  const applied = await Promise.all([2, 3, 2, 3].map((index) => migrate(url(index))));
  expect(applied.flat().sort()).toEqual([...ALL, ...ALL].sort());
  await connected(2, (one) =>
    connected(3, async (other) => {
      expect(await tables(one)).toEqual(await tables(other));
      await sql`insert into accounts values (1, 'a.amocrm.ru', 'A', 'UTC', true)`.execute(one);
      expect((await sql`select 1 from accounts`.execute(other)).rows).toEqual([]);
    }),
  );
});

test('work that holds a table only delays the migration that needs it, and is let pass between its tries', async () => {
  await connected(4, async (db) => {
    await createMigrationTable(db);
    const work = await db.startTransaction().execute();
    await sql`lock table kysely_migration in access exclusive mode`.execute(work);
    const migrated = migrate(url(4), { lockMs: 200 });
    await waitFor(() => isWaitedFor(db), { what: 'the migration to wait for the table' });
    await waitFor(async () => !(await isWaitedFor(db)), { what: 'the migration to give up for now' });
    await work.rollback().execute();
    expect(await migrated).toEqual(ALL);
  });
});

async function createMigrationTable(db: Database): Promise<void> {
  await sql`create table kysely_migration (name varchar(255) primary key, timestamp varchar(255) not null)`.execute(db);
}

async function isWaitedFor(db: Database): Promise<boolean> {
  const { rows } = await sql`
    select from pg_locks where not granted and relation = 'kysely_migration'::regclass`.execute(db);
  return rows.length > 0;
}

test('a migration takes as long as it takes, also where the server limits statements', async () => {
  const limited = new URL(url(5));
  const given = limited.searchParams.get('options') ?? '';
  limited.search = `?options=${encodeURIComponent(`${given} -c statement_timeout=${STATEMENT_TIMEOUT_MS}`)}`;
  await connected(5, async (db) => {
    const work = await db.startTransaction().execute();
    await createMigrationTable(work);
    const migrated = migrate(limited.href, { lockMs: 0 });
    await waitFor(() => hasWaited(db, 2 * STATEMENT_TIMEOUT_MS), { what: 'a statement to outlast the limit' });
    await work.rollback().execute();
    expect(await migrated).toEqual(ALL);
  });
});

/** Long enough for the statement that lifts the limit, also on a busy machine. */
const STATEMENT_TIMEOUT_MS = 1_000;

async function hasWaited(db: Database, forMs: number): Promise<boolean> {
  const { rows } = await sql`
    select from pg_stat_activity
     where wait_event_type = 'Lock' and datname = current_database()
       and query like '%kysely_migration%' and now() - query_start > ${forMs} * interval '1 millisecond'`.execute(db);
  return rows.length > 0;
}

test('an index of a large table is built beside those who write to it, and anew where it was broken off', async () => {
  const index = { name: 'large_n', table: 'large', columns: '(n)' };
  const state = sql<{ valid: boolean }>`
    select indisvalid as valid from pg_index where indexrelid = to_regclass('large_n')`;
  await connected(6, async (db) => {
    await sql`create table large as select n, repeat('x', 1000) as filling from generate_series(1, 10000) n`.execute(
      db,
    );
    expect(await buildIndexes(db, [index])).toEqual(['large_n']);
    await sql`update pg_index set indisvalid = false where indexrelid = to_regclass('large_n')`.execute(db);
    expect(await buildIndexes(db, [index])).toEqual(['large_n']);
    expect((await state.execute(db)).rows).toEqual([{ valid: true }]);
    expect(await buildIndexes(db, [index])).toEqual([]);
  });
});
