import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import { type Database, openDatabase } from '../../ledger/database.ts';
import { migrate } from '../../ledger/migrate.ts';
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
];

let schemas: TestSchema[];
beforeAll(async () => void (schemas = await Promise.all([1, 2, 3, 4].map(() => createTestSchema()))));
afterAll(() => Promise.all(schemas.map((schema) => schema.drop())));

async function withConnections<T>(urls: string[], work: (databases: Database[]) => Promise<T>): Promise<T> {
  const databases = urls.map((url) => openDatabase(url, { maxConnections: 2 }));
  try {
    return await work(databases);
  } finally {
    await Promise.all(databases.map((db) => db.destroy()));
  }
}
const url = (index: number) => schemas[index]?.databaseUrl ?? '';
const tables = async (db: Database) => {
  const { rows } = await sql<{ name: string }>`
    select table_name as name from information_schema.tables where table_schema = current_schema()
     order by 1`.execute(db);
  return rows.map(({ name }) => name);
};

test('a fresh database gets every table, and a second time nothing', async () => {
  await withConnections([url(0)], async ([db]) => {
    if (!db) throw new Error('one database was opened');
    expect(await migrate(db)).toEqual(ALL);
    const once = await tables(db);
    expect(once).toContain('transfers');
    expect(await migrate(db)).toEqual([]);
    expect(await tables(db)).toEqual(once);
  });
});

test('five processes at once do it once', async () => {
  const applied = await withConnections(
    Array.from({ length: 5 }, () => url(1)),
    (databases) => Promise.all(databases.map((db) => migrate(db))),
  );
  expect(applied.flat().sort()).toEqual(ALL);
});

test('two schemas of one server are migrated side by side, each with its own tables', async () => {
  await withConnections([url(2), url(3), url(2), url(3)], async (databases) => {
    const applied = await Promise.all(databases.map((db) => migrate(db)));
    expect(applied.flat().sort()).toEqual([...ALL, ...ALL].sort());
    const [one, other] = databases;
    if (!one || !other) throw new Error('four databases were opened');
    expect(await tables(one)).toEqual(await tables(other));
    await sql`insert into accounts values (1, 'a.amocrm.ru', 'A', 'UTC', true)`.execute(one);
    expect((await sql`select 1 from accounts`.execute(other)).rows).toEqual([]);
  });
});
