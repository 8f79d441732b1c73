import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import { type Database, openDatabase } from '../../ledger/database.ts';
import { type Ledger, openLedger } from '../../ledger/ledger.ts';
import { openTestLedger, TEST_KEYS, type TestLedger } from '../support/ledger.ts';

let t: TestLedger;
let other: Ledger;
let db: Database;
beforeAll(async () => {
  t = await openTestLedger();
  other = openLedger({ databaseUrl: t.databaseUrl, encryptionKeys: TEST_KEYS });
  db = openDatabase(t.databaseUrl);
  // Every moment that a bucket gives out, whoever gets it.
  await sql`create table given (bucket text, arrival_at timestamptz)`.execute(db);
  await sql`
    create function note_given() returns trigger language plpgsql as $$
    begin
      insert into given values (new.bucket, new.arrival_at);
      return null;
    end $$`.execute(db);
  await sql`
    create trigger note_given after insert or update on rate_buckets
      for each row execute function note_given()`.execute(db);
});
afterAll(async () => {
  await db.destroy();
  await other.close();
  await t.close();
});

async function givenBy(bucket: string): Promise<number[]> {
  const { rows } = await sql<{ at: number }>`
    select extract(epoch from arrival_at) * 1000 as at from given
     where bucket = ${bucket} order by arrival_at`.execute(db);
  return rows.map(({ at }) => at);
}

test.each([6, 7, 0.5, 50])(
  'two processes with many callers each never get more than %d moments in any second',
  async (rate) => {
    const bucket = `1:rate-${rate}`;
    const waits = await Promise.all(
      Array.from({ length: 60 }, (_, n) => (n % 2 ? t.ledger : other).rateBuckets.reserve(bucket, rate)),
    );
    const moments = await givenBy(bucket);
    expect(moments).toHaveLength(60);
    // A microsecond is the finest that Postgres keeps.
    const gaps = moments.slice(1).map((moment, n) => moment - (moments[n] ?? 0));
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(1000 / rate - 0.002);
    for (const from of moments) {
      expect(moments.filter((moment) => moment >= from && moment < from + 999.9).length).toBeLessThanOrEqual(
        Math.ceil(rate),
      );
    }
    // Whoever got the last moment was told to wait for it: all others' moments lie before it.
    expect(Math.max(...waits)).toBeGreaterThan(((60 - 1) * 1000) / rate - 60_000 / rate);
    expect(Math.min(...waits)).toBeGreaterThanOrEqual(0);
  },
);

test('a bucket that nobody asked for a while gives its first moment at once, and saves up nothing', async () => {
  const bucket = '1:idle';
  expect(await t.ledger.rateBuckets.reserve(bucket, 6)).toBe(0);
  await sql`update rate_buckets set arrival_at = now() - interval '1 hour' where bucket = ${bucket}`.execute(db);
  expect(await t.ledger.rateBuckets.reserve(bucket, 6)).toBe(0);
  expect(await t.ledger.rateBuckets.reserve(bucket, 0.1)).toBeGreaterThan(5_000);
});

test('buckets do not wait for each other', async () => {
  for (let n = 0; n < 5; n++) await t.ledger.rateBuckets.reserve('1:busy', 0.1);
  expect(await t.ledger.rateBuckets.reserve('2:busy', 0.1)).toBe(0);
});
