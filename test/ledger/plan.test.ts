import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { SightedNote } from '../../ledger/calls/calls.ts';
import {
  openTestExport,
  openTestLedger,
  PERIOD_END,
  PERIOD_START,
  PLAN,
  planned,
  reportOf,
  sightedNote,
  TEST_ACCOUNT,
  type TestLedger,
} from '../support/ledger.ts';

describe('the plan decides every call of the period', () => {
  let t: TestLedger;
  let nextNote = 1;
  beforeAll(async () => void (t = await openTestLedger()));
  afterAll(() => t.close());

  /** What the plan says of one note under these settings: `state` or `state:reason`; undefined when it is not in it. */
  async function decisionOf(note: Partial<SightedNote>, settings: unknown = {}): Promise<string | undefined> {
    const exportId = await planned(t.ledger, [sightedNote({ noteId: nextNote++, ...note })], { settings });
    const [row] = await reportOf(t.ledger, exportId);
    return row && (row.reason === null ? row.state : `${row.state}:${row.reason}`);
  }

  test.each<[string, Partial<SightedNote>, unknown, string]>([
    ['an answered call with a recording is sent', {}, {}, 'planned'],
    ['nobody talked', { talkSeconds: 0, link: null }, {}, 'skipped:not_answered'],
    ['a zero duration with a recording is sent', { talkSeconds: 0 }, {}, 'planned'],
    ['an absent duration passes both bounds', { talkSeconds: null }, { talkSeconds: { min: 30, max: 60 } }, 'planned'],
    ['the other direction', {}, { direction: 'outgoing' }, 'skipped:other_direction'],
    ['the chosen direction', { direction: 'outgoing' }, { direction: 'outgoing' }, 'planned'],
    ['a user that was not chosen', { operatorId: 8 }, { users: [7] }, 'skipped:other_user'],
    ['an unknown user, while users are chosen', { operatorId: null }, { users: [7] }, 'skipped:other_user'],
    ['an unknown user, while all are', { operatorId: null }, {}, 'planned'],
    ['a chosen user', { operatorId: 7 }, { users: [5, 7] }, 'planned'],
    ['shorter than the minimum', { talkSeconds: 29 }, { talkSeconds: { min: 30, max: 0 } }, 'skipped:too_short'],
    ['as long as the minimum', { talkSeconds: 30 }, { talkSeconds: { min: 30, max: 0 } }, 'planned'],
    ['longer than the maximum', { talkSeconds: 61 }, { talkSeconds: { min: 0, max: 60 } }, 'skipped:too_long'],
    ['no recording, long ago', { link: null }, {}, 'failed:recording_missing'],
    ['an unreadable note', { unreadable: true, link: null, talkSeconds: null }, {}, 'failed:note_unreadable'],
    [
      'the first reason that applies is the one given',
      { talkSeconds: 0, link: null, operatorId: 8 },
      { direction: 'outgoing', users: [7] },
      'skipped:not_answered',
    ],
  ])('%s', async (_, note, settings, decision) => {
    expect(await decisionOf(note, settings)).toBe(decision);
  });

  test('the period includes its first instant and excludes its end', async () => {
    expect(await decisionOf({ startedAt: PERIOD_START })).toBe('planned');
    expect(await decisionOf({ startedAt: new Date(PERIOD_START.getTime() - 1) })).toBeUndefined();
    expect(await decisionOf({ startedAt: new Date(PERIOD_END.getTime() - 1) })).toBe('planned');
    expect(await decisionOf({ startedAt: PERIOD_END })).toBeUndefined();
  });

  test('batches are numbered from the oldest call on, and a second close changes nothing', async () => {
    const notes = Array.from({ length: 25 }, (_, n) =>
      sightedNote({ noteId: nextNote++, startedAt: new Date(PERIOD_START.getTime() + (25 - n) * 60_000) }),
    );
    const exportId = await planned(t.ledger, notes);
    expect(await t.ledger.plan.close(exportId, { ...PLAN, batchSize: 3 })).toEqual({ batches: 1 });
    const calls = await t.ledger.transfers.remainingOfBatch(exportId, 0);
    expect(calls).toHaveLength(25);
    const report = await reportOf(t.ledger, exportId);
    const times = calls.map(
      ({ callId }) => report.find(({ call_id }) => call_id === callId)?.started_at.getTime() ?? 0,
    );
    expect(times).toEqual([...times].sort((a, b) => a - b));
  });

  test('totals add up: found = planned + skipped, planned = its ends and what remains', async () => {
    const exportId = await planned(
      t.ledger,
      [
        sightedNote({ noteId: nextNote++ }),
        sightedNote({ noteId: nextNote++, direction: 'outgoing' }),
        sightedNote({ noteId: nextNote++, talkSeconds: 0, link: null }),
        sightedNote({ noteId: nextNote++, link: null }),
        sightedNote({ noteId: nextNote++, startedAt: PERIOD_END }),
      ],
      { settings: { direction: 'incoming' } },
    );
    const { calls, failures, talkSeconds } = await t.ledger.progress.read(exportId);
    expect(calls).toEqual({
      found: 4,
      planned: 2,
      exported: 0,
      failed: 1,
      waiting: 0,
      unconfirmed: 0,
      remaining: 1,
      skipped: { other_direction: 1, not_answered: 1 },
    });
    expect(failures).toEqual({ recording_missing: 1 });
    expect(talkSeconds).toEqual({ planned: 120, exported: 0 });
  });
});

describe('a call without a recording', () => {
  let t: TestLedger;
  let noteId = 0;
  beforeAll(async () => void (t = await openTestLedger()));
  beforeEach(() => void (noteId += 10));
  afterAll(() => t.close());

  const HOUR_MS = 3_600_000;
  const STARTED_AT = new Date(PERIOD_END.getTime() - HOUR_MS);
  const without = () => sightedNote({ noteId, link: null, startedAt: STARTED_AT });
  const withOne = () => sightedNote({ noteId: noteId + 1 });
  /** A plan that is closed so long after the call. */
  const planAfter = (hours: number) => ({
    ...PLAN,
    recordingWaitHours: 48,
    now: new Date(STARTED_AT.getTime() + hours * HOUR_MS),
  });

  async function listed(...notes: SightedNote[]): Promise<string> {
    const exportId = await openTestExport(t.ledger);
    await t.ledger.calls.recordSightings(TEST_ACCOUNT, exportId, notes);
    return exportId;
  }

  test.each([
    ['waits for it while it is young', 48, { state: 'waiting', reason: 'recording_not_ready' }],
    ['fails once it is old', 48.1, { state: 'failed', reason: 'recording_missing' }],
  ])('%s', async (_, hours, decision) => {
    const exportId = await listed(without());
    await t.ledger.plan.close(exportId, planAfter(hours));
    expect(await reportOf(t.ledger, exportId)).toEqual([expect.objectContaining(decision)]);
  });

  test('is planned as a further batch once its recording has come', async () => {
    const exportId = await listed(without(), withOne());
    expect(await t.ledger.plan.close(exportId, planAfter(1))).toEqual({ batches: 1 });
    expect((await t.ledger.progress.read(exportId)).calls).toMatchObject({ waiting: 1, remaining: 1 });
    expect(await t.ledger.calls.waitingNotes(exportId, 0, 10)).toEqual([{ noteId, entityType: 'contact' }]);
    expect(await t.ledger.plan.planWaiting(exportId, planAfter(1))).toEqual({ batches: 1 });

    await t.ledger.calls.recordSightings(TEST_ACCOUNT, exportId, [{ ...without(), link: 'https://pbx.example/1.mp3' }]);
    expect(await t.ledger.plan.planWaiting(exportId, planAfter(1))).toEqual({ batches: 2 });
    expect(await t.ledger.transfers.remainingOfBatch(exportId, 1)).toHaveLength(1);
    expect((await t.ledger.progress.read(exportId)).calls).toMatchObject({ waiting: 0, remaining: 2 });
  });

  test('that waits in one export does not hold another one’s calls', async () => {
    const waiting = await listed(without());
    await t.ledger.plan.close(waiting, planAfter(1));
    const other = await planned(t.ledger, [withOne()], { connectionId: 'other' });
    expect((await t.ledger.progress.read(other)).calls).toMatchObject({ waiting: 0, remaining: 1 });
  });
});
