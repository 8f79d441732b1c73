import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { SightedNote } from '../../ledger/calls.ts';
import {
  openTestLedger,
  PERIOD_END,
  PERIOD_START,
  PLAN,
  planned,
  reportOf,
  sightedNote,
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

  test('a young call without a recording waits for it', async () => {
    const young = new Date(PLAN.now.getTime() - 47 * 3_600_000);
    const exportId = await planned(t.ledger, [
      sightedNote({ noteId: nextNote++, link: null, startedAt: PERIOD_START }),
    ]);
    expect((await reportOf(t.ledger, exportId))[0]).toMatchObject({ state: 'failed', reason: 'recording_missing' });
    expect(await decisionOf({ link: null, startedAt: new Date(PERIOD_END.getTime() - 1) }, {})).toBe(
      'failed:recording_missing',
    );
    expect(young.getTime()).toBeGreaterThan(PERIOD_END.getTime());
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
    const second = await planned(t.ledger, notes, { connectionId: 'other' });
    expect((await t.ledger.exports.find(second))?.batches).toBe(1);

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

describe('waiting calls', () => {
  let t: TestLedger;
  beforeAll(async () => void (t = await openTestLedger()));
  afterAll(() => t.close());

  test('are planned as a further batch once their recording has come', async () => {
    const late = { noteId: 1, link: null, startedAt: new Date(PERIOD_END.getTime() - 3_600_000) };
    const exportId = await planned(t.ledger, [sightedNote({ noteId: 2 })]);
    const young = { ...PLAN, now: PERIOD_END };
    const waiting = await (async () => {
      const { openTestExport, TEST_ACCOUNT } = await import('../support/ledger.ts');
      const id = await openTestExport(t.ledger, { connectionId: 'other' });
      await t.ledger.calls.recordSightings(TEST_ACCOUNT, id, [sightedNote(late), sightedNote({ noteId: 2 })]);
      expect(await t.ledger.plan.close(id, young)).toEqual({ batches: 1 });
      expect((await t.ledger.progress.read(id)).calls).toMatchObject({ waiting: 1, remaining: 1 });
      expect(await t.ledger.calls.waitingNotes(id, 0, 10)).toEqual([{ noteId: 1, entityType: 'contact' }]);
      expect(await t.ledger.plan.planWaiting(id, young)).toEqual({ batches: 1 });
      await t.ledger.calls.recordSightings(TEST_ACCOUNT, id, [
        sightedNote({ ...late, link: 'https://pbx.example/1.mp3' }),
      ]);
      return id;
    })();
    expect(await t.ledger.plan.planWaiting(waiting, young)).toEqual({ batches: 2 });
    expect(await t.ledger.transfers.remainingOfBatch(waiting, 1)).toHaveLength(1);
    expect((await t.ledger.progress.read(waiting)).calls).toMatchObject({ waiting: 0, remaining: 2 });
    expect((await t.ledger.progress.read(exportId)).calls.remaining).toBe(1);
  });
});
