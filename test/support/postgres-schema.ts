import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { testServer } from './test-server.ts';

export interface TestSchema {
  /** Selects the schema for every connection made with it. */
  databaseUrl: string;
  /** Deletes the schema and all in it. Close what is connected to it before. */
  drop(): Promise<void>;
}

/** An empty Postgres schema for one suite: suites run side by side on one server and see nothing of each other. */
export async function createTestSchema(): Promise<TestSchema> {
  const serverUrl = testServer('TEST_DATABASE_URL');
  const name = `test_${randomBytes(6).toString('hex')}`;
  await query(serverUrl, `CREATE SCHEMA ${name}`);

  const databaseUrl = new URL(serverUrl);
  // By hand: searchParams would write the space as `+`, which psql does not read as one.
  databaseUrl.search += `${databaseUrl.search ? '&' : '?'}options=${encodeURIComponent(`-c search_path=${name}`)}`;
  return {
    databaseUrl: databaseUrl.href,
    drop: () => query(serverUrl, `SET lock_timeout = '10s'; DROP SCHEMA ${name} CASCADE`),
  };
}

async function query(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
