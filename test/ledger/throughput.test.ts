import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import { type Database, openDatabase } from '../../ledger/database/database.ts';
import { openTestLedger, planned, sightedNote, type TestLedger } from '../support/ledger.ts';

let t: TestLedger;
let db: Database;
let exportId: string;
let callIds: number[];
let nextNote = 1;

beforeAll(async () => {
  t = await openTestLedger();
  db = openDatabase(t.databaseUrl);
});
afterAll(async () => {
  await db.destroy();
  await t.close();
});

/** Two calls that the plan fails, ten that are to be sent. */
beforeEach(async () => {
  const notes = Array.from({ length: 12 }, (_, index) =>
    sightedNote({ noteId: nextNote++, ...(index < 2 && { unreadable: true }) }),
  );
  exportId = await planned(t.ledger, notes);
  callIds = (await t.ledger.transfers.remainingOfBatch(exportId, 0)).map(({ callId }) => callId);
});

async function fail(calls: number): Promise<void> {
  for (const callId of callIds.splice(0, calls)) {
    const claim = await t.ledger.transfers.claim({ exportId, callId });
    if (claim.kind !== 'claimed') throw new Error('the call can be claimed');
    await t.ledger.transfers.recordFailed(claim.lease, 'recording_expired');
  }
}

const begin = () => t.ledger.exports.setState(exportId, 'transferring');
const read = () => t.ledger.throughput.read(exportId);

/** All that has been measured is so much older now. */
const age = (minutes: number) =>
  sql`
    update exports set window_at = window_at - make_interval(mins => ${minutes}),
                       next_window_at = next_window_at - make_interval(mins => ${minutes})
     where export_id = ${exportId}`.execute(db);

test('is not known before transfers begin, and counts none of the calls that the plan has failed', async () => {
  expect(await read()).toBeNull();
  await begin();
  await age(1);
  expect(await read()).toMatchObject({ calls: 0 });
  await fail(3);
  const { calls, seconds } = (await read()) ?? { calls: 0, seconds: 0 };
  expect(calls).toBe(3);
  expect(seconds).toBeGreaterThanOrEqual(60);
});

test('is measured anew after a block', async () => {
  await begin();
  await fail(3);
  await t.ledger.exports.setState(exportId, 'blocked', 'speechsense_key_refused');
  await age(60);
  await begin();
  await fail(1);
  const { calls, seconds } = (await read()) ?? { calls: 0, seconds: 3_600 };
  expect(calls).toBe(1);
  expect(seconds).toBeLessThan(3_600);
});

test('forgets what is long ago: a window is moved on once the next one is five minutes long', async () => {
  const moveWindow = (id: string) => t.ledger.throughput.moveWindow(id);
  await begin();
  await fail(1);
  await age(6);
  await moveWindow(exportId);
  await fail(2);
  expect(await read()).toMatchObject({ calls: 3 });
  await moveWindow(exportId);
  expect(await read()).toMatchObject({ calls: 3 });
  await age(6);
  await moveWindow(exportId);
  await fail(1);
  const { calls, seconds } = (await read()) ?? { calls: 0, seconds: 0 };
  expect(calls).toBe(3);
  expect(seconds).toBeLessThan(720);
});
