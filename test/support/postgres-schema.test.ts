import { afterAll, beforeAll, expect, test } from '@jest/globals';
import pg from 'pg';
import { createTestSchema, type TestSchema } from './postgres-schema.ts';
import { testServer } from './test-server.ts';

let one: TestSchema;
let other: TestSchema;

beforeAll(async () => {
  [one, other] = await Promise.all([createTestSchema(), createTestSchema()]);
});
afterAll(() => Promise.all([one.drop(), other.drop()]));

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

test('two suites may have a table of the same name, each with its own rows', async () => {
  for (const { databaseUrl } of [one, other]) await query(databaseUrl, 'CREATE TABLE calls (id integer)');
  await query(one.databaseUrl, 'INSERT INTO calls VALUES (1)');
  expect(await query(one.databaseUrl, 'SELECT id FROM calls')).toEqual([{ id: 1 }]);
  expect(await query(other.databaseUrl, 'SELECT id FROM calls')).toEqual([]);
});

test('drop leaves nothing of the schema', async () => {
  const dropped = await createTestSchema();
  await query(dropped.databaseUrl, 'CREATE TABLE calls (id integer)');
  const [schema] = await query(dropped.databaseUrl, 'SELECT current_schema() AS nspname');
  const left = async () => await query(testServer('TEST_DATABASE_URL'), 'SELECT nspname FROM pg_namespace');
  expect(await left()).toContainEqual(schema);
  await dropped.drop();
  expect(await left()).not.toContainEqual(schema);
});

test('without a server the error says how to run the suite', async () => {
  const url = process.env.TEST_DATABASE_URL;
  delete process.env.TEST_DATABASE_URL;
  try {
    await expect(createTestSchema()).rejects.toThrow('use `npm test -- <path>`');
  } finally {
    process.env.TEST_DATABASE_URL = url;
  }
});
