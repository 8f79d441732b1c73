import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import { type Database, openDatabase, toLedgerError } from '../../ledger/database/database.ts';
import { createTestSchema, type TestSchema } from '../support/postgres-schema.ts';

/** What the server is given, longer than the client waits. */
const SERVER_SECONDS = 1.5;

describe('a statement that takes longer than it may', () => {
  let schema: TestSchema;
  let hasty: Database;
  let other: Database;
  beforeAll(async () => {
    schema = await createTestSchema();
    hasty = openDatabase(schema.databaseUrl, { maxConnections: 1, queryTimeoutMs: 200 });
    other = openDatabase(schema.databaseUrl, { maxConnections: 1 });
    await sql`create table kept (n int)`.execute(other);
  });
  afterAll(async () => {
    await Promise.all([hasty.destroy(), other.destroy()]);
    await schema.drop();
  });

  test('takes its transaction along: what is answered as done afterwards is done', async () => {
    const left = hasty.transaction().execute(async (tx) => {
      await sql`insert into kept values (1)`.execute(tx);
      await sql`select pg_sleep(${SERVER_SECONDS}::float8)`.execute(tx);
    });
    expect(await codeOf(left)).toBe('database_unreachable');
    await pause(SERVER_SECONDS * 1000);
    await sql`insert into kept values (2)`.execute(hasty);
    expect((await sql`select n from kept`.execute(other)).rows).toEqual([{ n: 2 }]);
  });

  test('frees its place in the pool at once', async () => {
    const slow = sql`select pg_sleep(${SERVER_SECONDS}::float8)`.execute(hasty);
    expect(await codeOf(slow)).toBe('database_unreachable');
    expect((await sql`select 1 as one`.execute(hasty)).rows).toEqual([{ one: 1 }]);
  });
});

const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => 'done',
    (error: unknown) => toLedgerError(error).code,
  );
