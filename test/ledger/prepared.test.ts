import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import { type Database, openDatabase } from '../../ledger/database/database.ts';
import { prepared } from '../../ledger/database/prepared.ts';
import { openTestLedger, type TestLedger } from '../support/ledger.ts';

let t: TestLedger;
let db: Database;
beforeAll(async () => {
  t = await openTestLedger();
  db = openDatabase(t.databaseUrl, { maxConnections: 1 });
});
afterAll(async () => {
  await db.destroy();
  await t.close();
});

const sum = (a: number, b: number) => sql<{ sum: number }>`${prepared} select ${a}::int + ${b}::int as sum`.execute(db);
const kept = async () => {
  const { rows } = await sql<{ statement: string; used: number }>`
    select statement, generic_plans + custom_plans as used from pg_prepared_statements`.execute(db);
  return rows;
};

test('a marked statement is prepared once and carried out with each values', async () => {
  for (const a of [1, 2, 3]) expect((await sum(a, 10)).rows).toEqual([{ sum: a + 10 }]);
  expect(await kept()).toEqual([{ statement: expect.stringContaining('as sum'), used: 3 }]);
});

test('one that is not marked is not kept', async () => {
  await sql`select ${1}::int`.execute(db);
  expect(await kept()).toHaveLength(1);
});

test('an error in a prepared statement leaves it usable', async () => {
  const divided = (by: number) => sql<{ part: number }>`${prepared} select 10 / ${by}::int as part`.execute(db);
  await expect(divided(0)).rejects.toThrow('division by zero');
  expect((await divided(5)).rows).toEqual([{ part: 2 }]);
});
