import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import { type Database, openDatabase } from '../../ledger/database/database.ts';
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

  /** When requests go out that are asked for one after another, in milliseconds from now. */
  async function moments(requests: number, share?: number): Promise<number[]> {
    const began = performance.now();
    const goOut: number[] = [];
    for (let index = 0; index < requests; index++) {
      const askedAt = performance.now() - began;
      goOut.push(askedAt + (await take(share)));
    }
    return goOut;
  }
  /** The most requests in any window of that length. */
  const peak = (goOut: number[], windowMs: number) =>
    Math.max(...goOut.map((from) => goOut.filter((at) => at >= from && at < from + windowMs).length));

  test('lets a few requests go at once and spreads the others, so that no window sees more than its share', async () => {
    expect(await take()).toBe(0);
    const goOut = await moments(599);
    // A little more than the share may show, because a request is counted a moment after it was asked for.
    expect(peak(goOut, 1_000)).toBeLessThanOrEqual(5 + 2);
    expect(peak(goOut, 60_000)).toBeLessThanOrEqual(50 + 2);
    expect(peak(goOut, HOUR_MS)).toBeLessThanOrEqual(500 + 2);
    expect(goOut.at(-1)).toBeGreaterThan(HOUR_MS / 10);
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
    expect(await take(0.001)).toBe(0);
    expect(await take(0.001)).toBeGreaterThanOrEqual(4_000);
  });
});
