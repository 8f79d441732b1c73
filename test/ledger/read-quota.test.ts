import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import { type Database, openDatabase } from '../../ledger/database.ts';
import { openTestLedger, TEST_ACCOUNT, type TestLedger } from '../support/ledger.ts';

describe('the share of the reading quota', () => {
  let t: TestLedger;
  let db: Database;
  beforeAll(async () => {
    t = await openTestLedger();
    db = openDatabase(t.databaseUrl);
  });
  afterAll(async () => {
    await db.destroy();
    await t.close();
  });
  beforeEach(() => sql`delete from rate_buckets`.execute(db));

  const take = (share = 0.25, maxWaitMs = Infinity) => t.ledger.readQuota.take(TEST_ACCOUNT, share, maxWaitMs);
  const HOUR_MS = 3_600_000;

  /** When requests go out that are all asked for at this moment. */
  async function moments(requests: number, share?: number): Promise<number[]> {
    const waits: number[] = [];
    for (let index = 0; index < requests; index++) waits.push(await take(share));
    return waits;
  }
  /** The most requests in any window of that length. */
  const peak = (waits: number[], windowMs: number) =>
    Math.max(...waits.map((from) => waits.filter((at) => at >= from && at < from + windowMs).length));

  test('lets a few requests go at once and spreads the others, so that no window sees more than its share', async () => {
    const waits = await moments(600);
    expect(waits[0]).toBe(0);
    // A little more than the share may show, because the requests were not all asked for at the same instant.
    expect(peak(waits, 1_000)).toBeLessThanOrEqual(5 + 1);
    expect(peak(waits, 60_000)).toBeLessThanOrEqual(50 + 2);
    expect(peak(waits, HOUR_MS)).toBeLessThanOrEqual(500 + 2);
    expect(waits.at(-1)).toBeGreaterThan(HOUR_MS / 10);
  });

  test('is taken by all processes together', async () => {
    const together = await Promise.all(Array.from({ length: 60 }, () => take()));
    expect(peak(together, 60_000)).toBeLessThanOrEqual(50 + 2);
  });

  test('says when to come back instead of letting somebody sit and wait, and takes nothing then', async () => {
    await moments(60);
    const wait = await take(0.25, 10);
    expect(wait).toBeGreaterThan(1_000);
    expect(await take(0.25, 10)).toBeLessThanOrEqual(wait);
  });

  test('of next to nothing is still one request at a time', async () => {
    const [first, second] = await moments(2, 0.001);
    expect(first).toBe(0);
    expect(second).toBeGreaterThanOrEqual(4_000);
  });
});
