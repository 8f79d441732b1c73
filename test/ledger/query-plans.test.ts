import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import pg from 'pg';
import { openTestLedger, TEST_ACCOUNT, TEST_CONNECTION, type TestLedger } from '../support/ledger.ts';
import { fillLedger, GROWING_TABLES } from '../support/filled-ledger.ts';
import { walkedStatements } from '../support/ledger-walk.ts';
import type { RecordedStatement } from '../support/recorded-statements.ts';

interface PlanNode {
  'Node Type': string;
  'Relation Name'?: string;
  'Index Name'?: string;
  /** What the rows that were read are asked, beyond what the index answers. */
  Filter?: string;
  'Total Cost': number;
  Plans?: PlanNode[];
}

/** As Postgres reckons: an account's few talks cost a tenth of it, all its talks ten times as much. */
const MUCH = 300;
const HOLD_FEW = ['talks_unanswered', 'talks_missing'];

describe('a ledger of many accounts', () => {
  let t: TestLedger;
  let client: pg.Client;
  let statements: RecordedStatement[];
  beforeAll(async () => {
    t = await openTestLedger();
    client = new pg.Client({ connectionString: t.databaseUrl });
    await client.connect();
    await fillLedger(client);
    statements = await walkedStatements(t.databaseUrl);
  });
  afterAll(async () => {
    await client.end();
    await t.close();
  });

  test('is asked for nothing that reads a growing table from end to end', async () => {
    expect(statements.length).toBeGreaterThan(100);
    const whole = [];
    for (const statement of statements) whole.push(...(await wholeScans(client, statement)));
    expect(whole).toEqual([]);
  });

  test('is deleted by indexes: each reference to a growing table has one', async () => {
    const { rows } = await client.query<{ reference: string }>(
      `select format('%s (%s)', c.conrelid::regclass, c.conname) as reference
         from pg_constraint c
        where c.contype = 'f' and c.connamespace = current_schema()::regnamespace
          and c.conrelid::regclass::text = any($1)
          and not exists (
            select from pg_index i
             where i.indrelid = c.conrelid and i.indisvalid and i.indpred is null
               and (i.indkey::int2[])[0:cardinality(c.conkey) - 1] @> c.conkey)`,
      [GROWING_TABLES],
    );
    expect(rows).toEqual([]);
  });

  test('a statement that does read a whole table is noticed', async () => {
    const whole = { text: 'select count(*) from talks where bytes = $1', values: [1] };
    expect(await wholeScans(client, whole)).toEqual([`talks: ${whole.text}`]);
  });

  test('does not read through the talks of a large account for the few that are in doubt or gone', async () => {
    await client.query(`insert into accounts values (${TEST_ACCOUNT}, 'example.amocrm.ru', 'A', 'UTC', true)`);
    await client.query('update talks set account_id = $1, connection_id = $2 where bytes % 2 = 0', [
      TEST_ACCOUNT,
      TEST_CONNECTION,
    ]);
    await client.query('analyze talks');
    const wasteful = [];
    for (const { text, values } of statements) {
      if (text.includes('limit $2))')) continue; // Deletes the account.
      const scans = (await nodesOf(client, { text, values })).filter(
        (node) =>
          node['Relation Name'] === 'talks' &&
          node.Filter !== undefined &&
          node['Total Cost'] > MUCH &&
          !HOLD_FEW.includes(node['Index Name'] ?? ''),
      );
      if (scans.length > 0) wasteful.push(text.replace(/\s+/g, ' ').trim());
    }
    expect(wasteful).toEqual([]);
  });
});

/** The growing tables that the statement would read from end to end, each with the statement. */
async function wholeScans(client: pg.Client, statement: RecordedStatement): Promise<string[]> {
  const nodes = await nodesOf(client, statement);
  return nodes
    .flatMap((node) => (node['Node Type'] === 'Seq Scan' ? (node['Relation Name'] ?? []) : []))
    .filter((table) => GROWING_TABLES.includes(table))
    .map((table) => `${table}: ${statement.text.replace(/\s+/g, ' ').trim()}`);
}

async function nodesOf(client: pg.Client, { text, values }: RecordedStatement): Promise<PlanNode[]> {
  const { rows } = await client.query<{ 'QUERY PLAN': [{ Plan: PlanNode }] }>(`explain (format json) ${text}`, values);
  const [explained] = rows;
  if (!explained) throw new Error('explain answers one row');
  return withThoseBelow(explained['QUERY PLAN'][0].Plan);
}

/** What is below a limit is read no further than that costs. */
function withThoseBelow(node: PlanNode, most = Infinity): PlanNode[] {
  const cost = Math.min(node['Total Cost'], most);
  const below = node['Node Type'] === 'Limit' ? cost : most;
  return [{ ...node, 'Total Cost': cost }, ...(node.Plans ?? []).flatMap((one) => withThoseBelow(one, below))];
}
