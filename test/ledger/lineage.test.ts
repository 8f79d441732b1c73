import { afterAll, beforeAll, expect, test } from '@jest/globals';
import pg from 'pg';
import {
  openTestLedger,
  planned,
  reportOf,
  SENT,
  sightedNote,
  TEST_ACCOUNT,
  TEST_CONNECTION,
  type TestLedger,
} from '../support/ledger.ts';

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

test('after a failover nothing is sent until the unknown talks are taken in, and then only what is not there', async () => {
  const { lineage, transfers, unknownTalks } = t.ledger;
  await lineage.assertKept(TEST_ACCOUNT);
  const exportId = await planned(t.ledger, [sightedNote({ noteId: 1 }), sightedNote({ noteId: 2 })]);
  const [sent, unsent] = (await reportOf(t.ledger, exportId)).map(({ call_id: callId }) => ({ exportId, callId }));
  if (!sent || !unsent) throw new Error('two calls are planned');

  // What the ledger remembers is of a timeline before this one.
  await client.query("update accounts set lineage = split_part(lineage, '/', 1) || '/00000000'");
  const blocked = { code: 'ledger_failed_over', kind: 'auth' };
  await expect(transfers.claim(sent)).rejects.toMatchObject(blocked);
  await expect(lineage.assertKept(TEST_ACCOUNT)).rejects.toMatchObject(blocked);

  const talk = { talkId: 'talk-1', noteId: 1, createdAt: new Date(), sent: SENT.sent };
  const stranger = { ...talk, talkId: 'talk-9', noteId: 999 };
  expect(await unknownTalks.takeIn(TEST_ACCOUNT, TEST_CONNECTION, [talk, stranger])).toEqual(['talk-1']);
  expect(await unknownTalks.takeIn(TEST_ACCOUNT, TEST_CONNECTION, [talk])).toEqual([]);
  expect(await lineage.accept(TEST_ACCOUNT, 3_600)).toBeGreaterThan(3_500);
  await expect(transfers.claim(unsent)).rejects.toMatchObject(blocked);

  expect(await lineage.accept(TEST_ACCOUNT, 0)).toBe(0);
  expect(await transfers.claim(sent)).toEqual({ kind: 'settled', state: 'exported' });
  expect(await transfers.claim(unsent)).toMatchObject({ kind: 'claimed' });
  const later = await planned(t.ledger, [sightedNote({ noteId: 1 })]);
  expect(await reportOf(t.ledger, later)).toMatchObject([{ state: 'skipped', reason: 'already_exported' }]);
});

test('the server is told apart by an ordinary role too', async () => {
  await client.query('create role ordinary_of_lineage_test');
  try {
    await client.query('grant usage on schema public to ordinary_of_lineage_test');
    const { rows: own } = await client.query<{ lineage: string }>('select ledger_lineage() as lineage');
    const schema = await client.query<{ name: string }>('select current_schema() as name');
    await client.query(`grant usage on schema ${schema.rows[0]?.name ?? ''} to ordinary_of_lineage_test`);
    await client.query('set role ordinary_of_lineage_test');
    const { rows } = await client.query<{ lineage: string }>('select ledger_lineage() as lineage');
    expect(rows[0]?.lineage).toMatch(/^(-|\d+)\/[\dA-F]{8}$/);
    expect(rows[0]?.lineage.split('/')[1]).toBe(own[0]?.lineage.split('/')[1]);
  } finally {
    await client.query('reset role');
    await client.query('drop owned by ordinary_of_lineage_test');
    await client.query('drop role ordinary_of_lineage_test');
  }
});
