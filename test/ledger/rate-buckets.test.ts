import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import { type Database, openDatabase } from '../../ledger/database/database.ts';
import { type Ledger, openLedger } from '../../ledger/ledger.ts';
import type { TurnAnswer, TurnRequest } from '../../ledger/pacing/rate-buckets.ts';
import { openTestLedger, TEST_KEYS, type TestLedger } from '../support/ledger.ts';

let t: TestLedger;
let other: Ledger;
let db: Database;
let accountId = 0;
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
    create trigger note_given after update on rate_buckets
      for each row when (old.arrival_at <> new.arrival_at) execute function note_given()`.execute(db);
});
beforeEach(() => {
  accountId++;
});
afterAll(async () => {
  await db.destroy();
  await other.close();
  await t.close();
});

const ask = (request: Partial<TurnRequest> = {}, ledger = t.ledger): Promise<TurnAnswer> =>
  ledger.rateBuckets.takeTurn({
    accountId,
    client: 'long_lived',
    requestsPerSecond: 6,
    interactive: false,
    ...request,
  });
const interactive = (request: Partial<TurnRequest> = {}, ledger = t.ledger) =>
  ask({ interactive: true, ...request }, ledger);

/** As if so long had passed since all that was written. */
async function pass(interval: string): Promise<void> {
  const by = sql`interval ${sql.lit(interval)}`;
  await sql`update rate_buckets set arrival_at = arrival_at - ${by}, line_at = line_at - ${by}`.execute(db);
  await sql`
    update breakers
       set closed_until = closed_until - ${by}, probe_until = probe_until - ${by}, mended_at = mended_at - ${by}`.execute(
    db,
  );
}

async function momentsGiven(): Promise<number[]> {
  const { rows } = await sql<{ at: number }>`
    select extract(epoch from arrival_at) * 1000 as at from given
     where bucket like ${`${accountId}:%`} order by arrival_at`.execute(db);
  return rows.map(({ at }) => at);
}

function placeOf(answer: TurnAnswer): Date {
  if (answer.granted) throw new Error('it was granted');
  return answer.place;
}

describe('the bucket of an account', () => {
  test.each([6, 7, 0.5, 50])(
    'never gives two processes with many callers each more than %d moments in any second',
    async (requestsPerSecond) => {
      const answers = await Promise.all(
        Array.from({ length: 60 }, (_, n) => interactive({ requestsPerSecond }, n % 2 ? t.ledger : other)),
      );
      const moments = await momentsGiven();
      expect(moments).toHaveLength(60);
      // A microsecond is the finest that Postgres keeps.
      const gaps = moments.slice(1).map((moment, n) => moment - (moments[n] ?? 0));
      expect(Math.min(...gaps)).toBeGreaterThanOrEqual(1000 / requestsPerSecond - 0.002);
      for (const from of moments) {
        const within = moments.filter((moment) => moment >= from && moment < from + 999.9);
        expect(within.length).toBeLessThanOrEqual(Math.ceil(requestsPerSecond));
      }
      expect(answers.every(({ granted }) => granted)).toBe(true);
      expect(Math.min(...answers.map(({ waitMs }) => waitMs))).toBeGreaterThanOrEqual(0);
    },
  );

  test('gives its first moment at once when nobody asked for a while, and saves up nothing', async () => {
    expect(await ask()).toMatchObject({ granted: true, waitMs: 0, probe: false });
    await pass('1 hour');
    expect(await ask()).toMatchObject({ granted: true, waitMs: 0, probe: false });
    expect(await ask({ requestsPerSecond: 0.1 })).toMatchObject({ granted: false });
  });

  test('does not wait for another account’s, nor for another client’s', async () => {
    for (let n = 0; n < 5; n++) await interactive({ requestsPerSecond: 0.1 });
    expect(await ask({ accountId: accountId + 1000 })).toMatchObject({ granted: true });
    expect(await ask({ client: 'another' })).toMatchObject({ granted: true });
  });
});

describe('the line of those who can wait', () => {
  const SLOT_MS = 10_000;
  const slow = { requestsPerSecond: 1000 / SLOT_MS };

  test('gives places in the order of coming, a slot apart, whichever process asks', async () => {
    await ask(slow);
    const places: number[] = [];
    for (let n = 0; n < 6; n++) places.push(placeOf(await ask(slow, n % 2 ? t.ledger : other)).getTime());
    for (const [n, place] of places.slice(1).entries()) {
      expect(place - (places[n] ?? 0)).toBeCloseTo(SLOT_MS, -1);
    }
  });

  test('grants a moment only when the place has come, to who stands there', async () => {
    await ask(slow);
    const first = placeOf(await ask(slow));
    const second = placeOf(await ask(slow));
    expect(await ask({ ...slow, place: first })).toMatchObject({ granted: false, place: first });
    await pass('11 seconds');
    const moved = (place: Date) => new Date(place.getTime() - 11_000);
    expect(await ask({ ...slow, place: moved(second) })).toMatchObject({ granted: false });
    expect(await ask({ ...slow, place: moved(first) })).toMatchObject({ granted: true, waitMs: 0 });
  });

  test('lets an interactive request go first, however many wait in however many processes', async () => {
    await ask(slow);
    for (let n = 0; n < 40; n++) await ask(slow, n % 2 ? t.ledger : other);
    const answer = await interactive(slow);
    expect(answer).toMatchObject({ granted: true });
    expect(answer.waitMs).toBeLessThanOrEqual(SLOT_MS);
  });

  test('is moved on by those who go first, so that nobody in it stays late for good', async () => {
    await ask(slow);
    const last = placeOf(await ask(slow));
    for (let n = 0; n < 3; n++) await interactive(slow);
    const next = placeOf(await ask(slow));
    expect(next.getTime() - last.getTime()).toBeCloseTo(4 * SLOT_MS, -1);
  });

  test('never takes a moment ahead of time: all of the future stays for interactive requests', async () => {
    await ask(slow);
    const waiting = placeOf(await ask(slow));
    await interactive(slow);
    await pass('10 seconds');
    // Its place has come, but the moment is given: it is turned away, and takes none further on.
    const late = new Date(waiting.getTime() - 10_000);
    const answer = await ask({ ...slow, place: late });
    expect(answer).toMatchObject({ granted: false, place: late });
    expect((await interactive(slow)).waitMs).toBeLessThanOrEqual(SLOT_MS);
  });
});

describe('an account that amoCRM refused', () => {
  const throttled = (retryAfterMs?: number) =>
    t.ledger.rateBuckets.refused(accountId, 'amocrm_throttled', retryAfterMs);
  const blocked = () => t.ledger.rateBuckets.refused(accountId, 'amocrm_blocked');
  const settle = (answered: boolean) => t.ledger.rateBuckets.settleProbe(accountId, answered);
  const restSeconds = async () => {
    const answer = await ask();
    if (answer.granted || answer.reason === null) throw new Error('it does not rest');
    return answer.waitMs / 1000;
  };

  test('rests as a whole: every client, every process, interactive requests too', async () => {
    await throttled();
    for (const answer of [await ask(), await interactive({}, other), await ask({ client: 'another' })]) {
      expect(answer).toMatchObject({ granted: false, reason: 'amocrm_throttled' });
    }
    expect(await ask({ accountId: accountId + 1000 })).toMatchObject({ granted: true });
  });

  test('rests as long as amoCRM asked', async () => {
    await throttled(40_000);
    expect(await restSeconds()).toBeCloseTo(40, 0);
    // A second one, of a request that was under way, does not shorten it.
    await throttled(2_000);
    expect(await restSeconds()).toBeCloseTo(40, 0);
  });

  test('rests longer after each further refusal, and no longer for those that came together', async () => {
    for (const seconds of [1, 4, 16, 64, 256, 900, 900]) {
      await throttled();
      await throttled();
      expect(await restSeconds()).toBeCloseTo(seconds, 0);
      await pass(`${seconds + 1} seconds`);
      expect(await ask()).toMatchObject({ granted: true, probe: true });
      await settle(true);
    }
    await pass('11 minutes');
    await throttled();
    expect(await restSeconds()).toBeCloseTo(1, 0);
  });

  test('rests for five minutes when it is shut out, then ten, at most an hour', async () => {
    for (const minutes of [5, 10, 20, 40, 60, 60]) {
      await blocked();
      expect(await restSeconds()).toBeCloseTo(minutes * 60, 0);
      expect(await t.ledger.rateBuckets.rest(accountId)).toMatchObject({ reason: 'amocrm_blocked' });
      await pass(`${minutes * 60 + 1} seconds`);
    }
    expect(await t.ledger.rateBuckets.rest(accountId)).toBeUndefined();
  });

  test('is said to be shut out even if a throttled answer comes after it', async () => {
    await blocked();
    await throttled();
    expect(await ask()).toMatchObject({ reason: 'amocrm_blocked' });
  });

  test('is asked by one request alone after its rest', async () => {
    await throttled();
    await pass('2 seconds');
    const answers = await Promise.all(Array.from({ length: 20 }, (_, n) => interactive({}, n % 2 ? t.ledger : other)));
    expect(answers.filter(({ granted }) => granted)).toEqual([expect.objectContaining({ probe: true })]);
  });

  test('is asked by another one when the first got no answer, or died', async () => {
    await throttled();
    await pass('2 seconds');
    expect(await ask()).toMatchObject({ granted: true, probe: true });
    await settle(false);
    expect(await interactive()).toMatchObject({ granted: true, probe: true });
    expect(await interactive()).toMatchObject({ granted: false, reason: 'amocrm_throttled' });
    await pass('2 minutes');
    expect(await interactive()).toMatchObject({ granted: true, probe: true });
  });

  test('is not mended by an answer to an older request that comes during the rest', async () => {
    await throttled();
    await settle(true);
    expect(await ask()).toMatchObject({ granted: false, reason: 'amocrm_throttled' });
  });

  test('is asked slowly at first, and within a minute as fast as before', async () => {
    await throttled();
    await pass('2 seconds');
    await interactive();
    await settle(true);
    const slotMs = async () => {
      await interactive();
      const { waitMs } = await interactive();
      return waitMs;
    };
    await pass('10 seconds');
    const slots = [];
    for (const seconds of [20, 20, 15]) {
      slots.push(await slotMs());
      await pass(`${seconds} seconds`);
    }
    slots.push(await slotMs());
    // 10, 30, 50 and 65 seconds after the answer, of slots of a sixth of a second.
    for (const [n, slot] of [6.83, 4.5, 2.17, 1].entries()) expect((slots[n] ?? 0) / (1000 / 6)).toBeCloseTo(slot, 0);
  });
});
