import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import { type Database, openDatabase } from '../../ledger/database/database.ts';
import { openTestLedger, TEST_ACCOUNT, type TestLedger } from '../support/ledger.ts';

describe('the brake of a service that is away', () => {
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
  beforeEach(() => t.ledger.brakes.release(TEST_ACCOUNT));

  const turn = () => t.ledger.brakes.turn(TEST_ACCOUNT);
  const pull = () => t.ledger.brakes.pull(TEST_ACCOUNT);
  /** As if so many seconds had gone by. */
  const later = (seconds: number) =>
    sql`update brakes set held_until = held_until - ${seconds} * interval '1 second',
                          failed_at = failed_at - ${seconds} * interval '1 second'`.execute(db);
  const pauseSeconds = async () => {
    const { rows } = await sql<{ seconds: number }>`
      select round(extract(epoch from held_until - failed_at))::int as seconds from brakes`.execute(db);
    return rows[0]?.seconds;
  };

  test('holds nobody back as long as nothing is wrong', async () => {
    expect(await turn()).toEqual({ kind: 'go', braked: false });
  });

  test('makes everybody wait, then lets one of them try and the others go on waiting', async () => {
    await pull();
    expect((await turn()).kind).toBe('wait');
    await later(2);
    const turns = await Promise.all(Array.from({ length: 8 }, turn));
    expect(turns.filter(({ kind }) => kind === 'go')).toEqual([{ kind: 'go', braked: true }]);
  });

  test('lets the next one try when nothing was heard of the one that did', async () => {
    await pull();
    await later(2);
    expect(await turn()).toEqual({ kind: 'go', braked: true });
    await later(31);
    expect(await turn()).toEqual({ kind: 'go', braked: true });
  });

  test('takes the failures of all lanes at one moment for one, and pauses longer after each further one, up to a minute', async () => {
    // At one moment also where opening the connections takes one.
    await Promise.all(Array.from({ length: 16 }, turn));
    await Promise.all(Array.from({ length: 16 }, pull));
    const pauses = [await pauseSeconds()];
    for (let failure = 0; failure < 8; failure++) {
      await later(100);
      await turn();
      await pull();
      pauses.push(await pauseSeconds());
    }
    expect(pauses).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60]);
  });

  test('lets the next one try at once when the one that was to try hands its turn back', async () => {
    await t.ledger.brakes.handBack(TEST_ACCOUNT);
    expect(await turn()).toEqual({ kind: 'go', braked: false });
    await pull();
    await later(2);
    expect(await turn()).toEqual({ kind: 'go', braked: true });
    await t.ledger.brakes.handBack(TEST_ACCOUNT);
    expect(await turn()).toEqual({ kind: 'go', braked: true });
    expect((await turn()).kind).toBe('wait');
  });

  test('is gone when the service answers', async () => {
    await pull();
    await t.ledger.brakes.release(TEST_ACCOUNT);
    expect(await turn()).toEqual({ kind: 'go', braked: false });
  });
});
