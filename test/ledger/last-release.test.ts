import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import pg from 'pg';
import { toFailure } from '../../activities/failure.ts';
import { openTestLedger, type TestLedger } from '../support/ledger.ts';

const STATEMENTS = JSON.parse(readFileSync(path.join(import.meta.dirname, 'last-release.json'), 'utf8')) as string[];

const INSERT = /\binsert into "?(\w+)"?(?: as \w+)?\s+\(([^)]+)\)/g;

/**
 * While an installation is upgraded, workers of the last release go on with today's tables. A change that breaks these
 * statements has to wait for another release (CONTRIBUTING.md, expand and contract).
 */
describe('a worker of the last release', () => {
  let t: TestLedger;
  let client: pg.Client;
  beforeAll(async () => {
    t = await openTestLedger();
    client = new pg.Client({ connectionString: t.databaseUrl });
    await client.connect();
  });
  afterAll(async () => {
    await client.end();
    await t.close();
  });

  test('can still send each of its statements', async () => {
    expect(STATEMENTS.length).toBeGreaterThan(100);
    const refused = [];
    for (const statement of STATEMENTS) refused.push(...(await refusalOf(client, statement)));
    expect(refused).toEqual([]);
  });

  test('fills every column that today’s tables require', async () => {
    const { rows } = await client.query<{ table: string; column: string }>(
      `select table_name as table, column_name as column from information_schema.columns
        where table_schema = current_schema() and is_nullable = 'NO' and column_default is null and is_identity = 'NO'`,
    );
    const unfilled = STATEMENTS.flatMap((statement) =>
      [...statement.matchAll(INSERT)].flatMap(([, table = '', columns = '']) => {
        const given = columns.split(',').map((column) => column.replaceAll('"', '').trim());
        return rows
          .filter((required) => required.table === table && !given.includes(required.column))
          .map(({ column }) => `${table}.${column}`);
      }),
    );
    expect(unfilled).toEqual([]);
  });

  test('is refused what today’s tables do not have, and waits instead of ending its export', async () => {
    expect(await refusalOf(client, 'select gone from talks where talk_id = $1')).toHaveLength(1);
    for (const text of ['select gone from talks', 'select 1 from gone']) {
      const failure = toFailure(await client.query(text).catch((error: unknown) => error));
      expect(failure).toMatchObject({ type: 'database_not_migrated', nonRetryable: false });
    }
  });
});

async function refusalOf(client: pg.Client, statement: string): Promise<string[]> {
  try {
    await client.query(`prepare sent as ${statement}`);
    await client.query('deallocate sent');
    return [];
  } catch (error) {
    return [`${String(error)}: ${statement}`];
  }
}
