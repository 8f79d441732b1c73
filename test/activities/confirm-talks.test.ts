import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { sql } from 'kysely';
import {
  type ConfirmDeps,
  type Confirmed,
  createConfirmActivities,
} from '../../activities/talks/confirm-activities.ts';
import { learnKeysInPassing } from '../../activities/transfers/learn-keys.ts';
import { type Database, openDatabase } from '../../ledger/database/database.ts';
import { SANDBOX_KEYS } from '../../sandbox/speechsense/connection.ts';
import { TWO_CHANNEL_KEYS } from '../../sandbox/speechsense/connection.ts';
import { waitFor } from '../support/wait-for.ts';
import { createTransferStage, type TransferStage } from './transfer-stage.ts';

let stage: TransferStage;
let db: Database;
beforeAll(async () => {
  stage = await createTransferStage();
  db = openDatabase(stage.databaseUrl);
});
beforeEach(async () => {
  await behave({ indexDelayMs: 0, quota: null });
  await connectionKeeps(SANDBOX_KEYS);
});
afterEach(async () => {
  stage.sandbox.speechsense.reset();
  await sql`truncate connection_keys, talks, rate_buckets`.execute(db);
});
afterAll(async () => {
  await db.destroy();
  await stage.close();
});

const behave = (behaviour: object) => stage.sandbox.speechsense.control('PUT', '/behaviour', behaviour);
const connectionKeeps = (keys: Record<string, string>) =>
  stage.sandbox.speechsense.control('PUT', `/connections/${stage.sandbox.connectionId}`, { keys });
const talks = () => stage.sandbox.speechsense.talks();
type Call = Awaited<ReturnType<TransferStage['plan']>>;

/** A call whose answer is lost, after its talk was stored or before. */
async function lost(at: 'stored' | 'half-closed', note: Parameters<TransferStage['plan']>[0] = {}): Promise<Call> {
  const call = await stage.plan(note);
  await sendInVain(call, at);
  return call;
}
async function sendInVain(call: Call, at: 'stored' | 'half-closed') {
  const action = { kind: 'status', code: 14 };
  await stage.sandbox.speechsense.control('PUT', '/faults', [{ at, times: 1, action }]);
  expect(await stage.transfer(call)).toEqual({ state: 'unconfirmed' });
  // SpeechSense is not away: the next upload need not wait for it.
  await stage.ledger.brakes.release(stage.accountId);
}
async function exported(note: Parameters<TransferStage['plan']>[0] = {}): Promise<Call> {
  const call = await stage.plan(note);
  expect(await stage.transfer(call)).toEqual({ state: 'exported' });
  return call;
}

/** Without some later talks that can be seen, nothing is ever thought absent. */
async function threeLater(note: Parameters<TransferStage['plan']>[0] = {}) {
  for (let later = 0; later < 3; later++) await exported(note);
}
/** Lets time go by, for the ledger and for SpeechSense. */
async function later(seconds: number) {
  const by = sql`${seconds} * interval '1 second'`;
  await sql`
    update talks set committed_at = committed_at - ${by}, looked_at = looked_at - ${by},
                     absent_since = absent_since - ${by}`.execute(db);
  for (const talk of talks()) talk.createdAtMs -= seconds * 1_000;
}

const TIMES = { afterSeconds: 0, withinSeconds: 3_600, absentAfterSeconds: 0 };
const silent = () => new DefaultLogger('ERROR', () => undefined);

function look({ exportId }: Call, deps: Partial<ConfirmDeps> = {}, attempt = 1): Promise<Confirmed> {
  const activities = createConfirmActivities({
    ledger: stage.ledger,
    speechSense: stage.speechSense,
    readShare: 1,
    recordingWaitHours: 48,
    now: () => Promise.resolve(new Date()),
    confirm: TIMES,
    ...deps,
  });
  const environment = new MockActivityEnvironment({ activityType: 'confirmTalks', attempt }, { logger: silent() });
  return environment.run((input: { exportId: string; batchSize: number }) => activities.confirmTalks(input), {
    exportId,
    batchSize: 100,
  });
}
/** Looks again and again, as the workflow does, until the call has another state or reason. */
const resolved = (call: Call, deps: Partial<ConfirmDeps> = {}) =>
  waitFor(
    async () => {
      await look(call, deps);
      const row = await stage.row(call);
      return row.reason === 'answer_lost' ? undefined : row;
    },
    { what: 'the call to be resolved', timeoutMs: 20_000 },
  );
const OVERDUE: Partial<ConfirmDeps> = { confirm: { ...TIMES, withinSeconds: 0 } };

describe.each([
  ['in a connection that keeps call ids', SANDBOX_KEYS],
  ['in a connection that does not', TWO_CHANNEL_KEYS],
])('an upload whose answer was lost, %s', (_, keys) => {
  beforeEach(() => connectionKeeps(keys));

  test('and whose talk is there becomes exported with it, once, with what was sent', async () => {
    const call = await lost('stored');
    const [talk] = talks();
    expect(await look(call)).toEqual({ batches: 1, lookAgainInSeconds: null });
    expect(await stage.row(call)).toMatchObject({
      state: 'exported',
      reason: null,
      talk_id: talk?.id,
      bytes: talk?.audio.sizeBytes,
      audio_format: 'mp3',
    });
    expect(await look(call)).toEqual({ batches: 1, lookAgainInSeconds: null });
  });

  test('and whose talk is not there, though three later ones are, twice, is sent again', async () => {
    const call = await lost('half-closed');
    await threeLater();
    const first = await look(call);
    expect(first.lookAgainInSeconds).not.toBeNull();
    expect(await stage.row(call)).toMatchObject({ state: 'unconfirmed' });
    expect(await resolved(call)).toMatchObject({ state: 'planned', reason: null });
    expect(await stage.transfer(call)).toEqual({ state: 'exported' });
    expect(stage.sandbox.speechsense.talksPer('audio').doubled).toEqual({});
  });

  test('and that nothing later proves absent stays unconfirmed when its time is over, and says so', async () => {
    await exported();
    const call = await lost('half-closed');
    expect((await look(call)).lookAgainInSeconds).toBeGreaterThanOrEqual(0);
    expect(await resolved(call, OVERDUE)).toMatchObject({ state: 'unconfirmed', reason: 'talk_not_found' });
    expect((await look(call)).lookAgainInSeconds).toBeNull();
  });

  test('is not thought absent while the index hides later talks as well', async () => {
    await behave({ indexDelayMs: 'never' });
    const call = await lost('stored');
    await threeLater();
    await look(call);
    await look(call);
    expect(await stage.row(call)).toMatchObject({ state: 'unconfirmed', reason: 'answer_lost' });
    await behave({ indexDelayMs: 0 });
    expect(await resolved(call)).toMatchObject({ state: 'exported', talk_id: talks()[0]?.id });
  });

  test('is not thought absent because fewer than three later talks can be seen', async () => {
    const call = await lost('half-closed');
    await exported();
    await exported();
    expect(await resolved(call, OVERDUE)).toMatchObject({ state: 'unconfirmed', reason: 'talk_not_found' });
  });

  test('is not thought absent before the index had as long as it was ever late', async () => {
    const call = await lost('half-closed');
    await threeLater();
    const patient = { confirm: { ...TIMES, withinSeconds: 1e6, absentAfterSeconds: 4_500 } };
    await later(4_000);
    await look(call, patient);
    await later(300);
    await look(call, patient);
    await look(call, patient);
    expect(await stage.row(call)).toMatchObject({ state: 'unconfirmed', reason: 'answer_lost' });
    await later(600);
    expect(await resolved(call, patient)).toMatchObject({ state: 'planned' });
  });

  test('is not thought absent because shorter talks have overtaken it in the index', async () => {
    const [long, short] = [{ noteId: 900_039 }, { noteId: 900_040 }];
    const call = await lost('stored', long);
    for (const noteId of [short.noteId, short.noteId + 40, short.noteId + 80]) await exported({ noteId });
    await later(7_200);
    const [first = 0, second = 0] = talks().map(({ audio }) => audio.sizeBytes / 1_024);
    expect(first).toBeGreaterThan(second * 2);
    await behave({ indexDelayMsPerKib: 7_200_000 / ((first + second) / 2) });
    const patient = { confirm: { ...TIMES, withinSeconds: 1e6, absentAfterSeconds: 4_500 } };
    await look(call, patient);
    await later(300);
    await look(call, patient);
    expect(await stage.row(call)).toMatchObject({ state: 'unconfirmed', reason: 'answer_lost' });
    await behave({ indexDelayMsPerKib: 0 });
    await later(300);
    expect(await resolved(call, patient)).toMatchObject({ state: 'exported', talk_id: talks()[0]?.id });
  });

  test('is absent for all its size when it has been long enough', async () => {
    const call = await lost('half-closed', { noteId: 900_079 });
    for (const noteId of [900_160, 900_200, 900_240]) await exported({ noteId });
    await later(100_000);
    expect(
      await resolved(call, { confirm: { ...TIMES, withinSeconds: 1e6, absentAfterSeconds: 4_500 } }),
    ).toMatchObject({
      state: 'planned',
    });
  });

  test('is ambiguous, and never absent, when a talk fits in all but its time: clocks may be wrong', async () => {
    const call = await lost('stored');
    for (const talk of talks()) talk.createdAtMs -= 600_000;
    await threeLater();
    await look(call);
    expect(await resolved(call, OVERDUE)).toMatchObject({ state: 'unconfirmed', reason: 'talk_ambiguous' });
  });

  test('finds its own talk among those of the same client at the same time', async () => {
    const same = { entityId: 77, startedAt: new Date('2026-11-02T15:00:00+03:00') };
    const known = await exported(same);
    const call = await lost('stored', same);
    expect(await resolved(call)).toMatchObject({ state: 'exported', talk_id: talks()[1]?.id });
    expect(await stage.row(known)).toMatchObject({ talk_id: talks()[0]?.id });
  });

  test('does not take a talk for its own that was there before it was sent', async () => {
    const note = { noteId: 900_001 + Object.keys(keys).length };
    const earlier = await exported(note);
    // As if the ledger had been lost and the call exported anew.
    await sql`delete from talks`.execute(db);
    for (const talk of talks()) talk.createdAtMs -= 3_600_000;
    const call = await lost('half-closed', note);
    await threeLater();
    await look(call);
    expect(await resolved(call, OVERDUE)).toMatchObject({ state: 'unconfirmed', reason: 'talk_ambiguous' });
    expect(earlier.callId).toBe(call.callId);
  });
});

test('a call whose talk was found says as well as any which of its values were cut', async () => {
  const mapping = { call: [{ amocrm: 'result', speechsense: 'call_result' }] };
  const call = await stage.plan({ result: 'ж'.repeat(600) }, { mapping });
  await sendInVain(call, 'stored');
  await look(call);
  expect(await stage.row(call)).toMatchObject({ state: 'exported', cut_values: 'call_result' });
});

test('two lost calls that look alike get a talk each where there are two, and none where there is one', async () => {
  await connectionKeeps(TWO_CHANNEL_KEYS);
  const same = { entityId: 78, startedAt: new Date('2026-11-02T16:00:00+03:00') };
  const [one, other] = (await stage.planTogether([same, same])) as [Call, Call];
  await sendInVain(one, 'stored');
  await sendInVain(other, 'half-closed');
  await threeLater();
  await look(other);
  expect(await resolved(other, OVERDUE)).toMatchObject({ state: 'unconfirmed', reason: 'talk_ambiguous' });
  expect(await stage.row(one)).toMatchObject({ state: 'unconfirmed', reason: 'talk_ambiguous' });
});

test('a talk is not given to a call while another export has an unanswered one that it fits as well', async () => {
  await connectionKeeps(TWO_CHANNEL_KEYS);
  const same = { entityId: 79, startedAt: new Date('2026-11-02T17:00:00+03:00') };
  const notStored = await lost('half-closed', same);
  const rival = await lost('stored', same);
  await threeLater();
  await look(notStored);
  await look(notStored);
  expect(await stage.row(notStored)).toMatchObject({ state: 'unconfirmed', reason: 'answer_lost' });
  await look(rival);
  await look(rival);
  expect(await stage.row(rival)).toMatchObject({ state: 'unconfirmed', reason: 'answer_lost' });
});

test('a talk that a search gave to another call leaves one that it fits as well in doubt', async () => {
  await connectionKeeps(TWO_CHANNEL_KEYS);
  const same = { entityId: 80, startedAt: new Date('2026-11-02T18:00:00+03:00') };
  expect(await resolved(await lost('stored', same))).toMatchObject({ state: 'exported' });
  const call = await lost('half-closed', same);
  await threeLater();
  await look(call);
  expect(await resolved(call, OVERDUE)).toMatchObject({ state: 'unconfirmed', reason: 'talk_ambiguous' });
});

describe('while reads fail', () => {
  const hour = (hours: number) => ({ startedAt: new Date(Date.UTC(2026, 10, 3, hours)) });
  const refuseReads = (after = 0) =>
    stage.sandbox.speechsense.control('PUT', '/faults', [
      { rpc: 'Search', after, action: { kind: 'status', code: 8 } },
      { rpc: 'Get', after, action: { kind: 'status', code: 8 } },
    ]);

  test('what was found out before is written down, and calls whose time is over do not keep the export open', async () => {
    await connectionKeeps(TWO_CHANNEL_KEYS);
    const calls = await stage.planTogether([0, 1, 2, 3, 4, 5, 6].map(hour));
    for (const call of calls) await sendInVain(call, 'stored');
    const [first, last] = [calls[0], calls.at(-1)] as [Call, Call];
    const states = () => Promise.all(calls.map(async (call) => (await stage.row(call)).state));
    await refuseReads(5);
    await expect(look(first)).rejects.toMatchObject({ code: 'speechsense_throttled' });
    expect(await states()).toEqual([...Array<string>(5).fill('exported'), 'unconfirmed', 'unconfirmed']);

    await refuseReads();
    await expect(look(first, OVERDUE)).rejects.toMatchObject({ code: 'speechsense_throttled' });
    expect((await look(first, OVERDUE, 2)).lookAgainInSeconds).toBeNull();
    expect(await stage.row(last)).toMatchObject({ state: 'unconfirmed', reason: 'talk_not_found' });
  });

  test('an export with nothing lost ends all the same', async () => {
    const call = await exported();
    await refuseReads();
    expect(await look(call)).toEqual({ batches: 1, lookAgainInSeconds: null });
  });
});

test('a call sent before the connection got its key call_id is found by its date', async () => {
  await connectionKeeps(TWO_CHANNEL_KEYS);
  const call = await lost('stored');
  await connectionKeeps(SANDBOX_KEYS);
  await threeLater();
  await look(call);
  expect(await resolved(call)).toMatchObject({ state: 'exported', talk_id: talks()[0]?.id });
});

test('a call that comes to nothing three times fails, and is not sent for ever', async () => {
  const call = await lost('half-closed');
  for (let time = 1; time <= 3; time++) {
    await threeLater();
    const row = await resolved(call);
    expect(row).toMatchObject(time < 3 ? { state: 'planned' } : { state: 'failed', reason: 'not_stored' });
    if (time < 3) await sendInVain(call, 'half-closed');
  }
});

test('a later export that meets the call resolves it for both', async () => {
  const call = await lost('stored');
  const later = await stage.plan({ noteId: call.noteId });
  expect(await stage.row(later)).toMatchObject({ state: 'unconfirmed', reason: 'answer_lost' });
  expect(await resolved(later, OVERDUE)).toMatchObject({ state: 'exported' });
  expect(await stage.row(call)).toMatchObject({ state: 'exported', talk_id: talks()[0]?.id });
});

test('is not looked for before the index had time, and says when to come back', async () => {
  const call = await lost('stored');
  await look(call);
  const before = stage.sandbox.speechsense.counters().calls['Search'] ?? 0;
  const second = await lost('stored');
  const { lookAgainInSeconds } = await look(second, { confirm: { ...TIMES, afterSeconds: 60, withinSeconds: 7_200 } });
  expect(lookAgainInSeconds).toBeGreaterThan(55);
  expect(lookAgainInSeconds).toBeLessThanOrEqual(60);
  expect(stage.sandbox.speechsense.counters().calls['Search'] ?? 0).toBe(before);
});

test('a used-up share of the quota says when to come back, and reads nothing', async () => {
  const call = await lost('stored');
  // One request a day and then some: the first look takes what there is.
  await look(call, { readShare: 0.0001 }).catch(() => undefined);
  const before = stage.sandbox.speechsense.counters().calls;
  await expect(look(call, { readShare: 0.0001 })).rejects.toMatchObject({
    code: 'speechsense_throttled',
    retryAfterMs: expect.any(Number),
  });
  expect(stage.sandbox.speechsense.counters().calls).toEqual(before);
});

test('an export learns which keys its connection keeps, once', async () => {
  const call = await exported();
  await look(call);
  const learned = await stage.ledger.connectionKeys.read(stage.accountId, stage.sandbox.connectionId);
  expect(learned?.keys.sort()).toEqual(Object.keys(SANDBOX_KEYS).sort());
  const gets = stage.sandbox.speechsense.counters().calls['Get'];
  await look(call);
  expect(stage.sandbox.speechsense.counters().calls['Get']).toBe(gets);
});

test('an export learns the keys in passing, while it goes on, and is not held up where it cannot', async () => {
  const call = await exported();
  const row = await stage.ledger.exports.find(call.exportId);
  if (!row) throw new Error('the export is not there');
  const inPassing = (readShare: number) => {
    const learn = learnKeysInPassing({ ledger: stage.ledger, speechSense: stage.speechSense, readShare });
    return new MockActivityEnvironment({ activityType: 'prepareBatch' }, { logger: silent() }).run(() => learn(row));
  };
  await stage.sandbox.speechsense.control('PUT', '/faults', [
    { rpc: 'Get', times: 1, action: { kind: 'status', code: 14 } },
  ]);
  expect(await inPassing(1)).toBe(false);
  expect(await inPassing(1)).toBe(true);
  const gets = stage.sandbox.speechsense.counters().calls['Get'];
  expect(await inPassing(1)).toBe(true);
  expect(stage.sandbox.speechsense.counters().calls['Get']).toBe(gets);
});

test('an export that maps fields for the first time waits a little for its first talk to be readable', async () => {
  await behave({ indexDelayMs: 'never' });
  const mapping = { call: [{ amocrm: 'duration', speechsense: 'call_duration' }] };
  const call = await stage.plan({}, { mapping });
  await stage.transfer(call);
  const times = { confirm: { ...TIMES, afterSeconds: 60, withinSeconds: 7_200 } };
  expect((await look(call, times)).lookAgainInSeconds).toBe(60);
  await sql`update exports set started_at = started_at - interval '4 minutes'`.execute(db);
  expect((await look(call, times)).lookAgainInSeconds).toBeNull();
});
