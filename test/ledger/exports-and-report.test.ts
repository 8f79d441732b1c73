import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import {
  openTestExport,
  openTestLedger,
  PLAN,
  planned,
  reportOf,
  sightedNote,
  TEST_ACCOUNT,
  type TestLedger,
  SENT,
} from '../support/ledger.ts';

let t: TestLedger;
beforeEach(async () => void (t = await openTestLedger()));
afterEach(() => t.close());

describe('an export’s record', () => {
  test('once closed keeps its state, whatever comes late', async () => {
    const exportId = await planned(t.ledger, [sightedNote({ noteId: 1 })]);
    await t.ledger.exports.setState(exportId, 'blocked', 'amocrm_unauthorized');
    expect(await t.ledger.exports.find(exportId)).toMatchObject({ state: 'blocked', blockedBy: 'amocrm_unauthorized' });
    await t.ledger.exports.close(exportId, 'stopped');
    const closed = await t.ledger.exports.find(exportId);
    expect(closed).toMatchObject({ state: 'stopped', blockedBy: null });
    await t.ledger.exports.setState(exportId, 'transferring');
    await t.ledger.exports.setState(exportId, 'blocked', 'amocrm_unauthorized');
    await t.ledger.exports.close(exportId, 'completed');
    expect(await t.ledger.exports.find(exportId)).toEqual(closed);
  });

  test('keeps its period once its plan is closed, also where it is opened once more by one who slept', async () => {
    const exportId = await planned(t.ledger, [sightedNote({ noteId: 801 })]);
    const opened = await t.ledger.exports.find(exportId);
    if (!opened) throw new Error('the export is there');
    await t.ledger.exports.open({ ...opened, intervalFrom: new Date(0) });
    expect(await t.ledger.exports.find(exportId)).toEqual(opened);
  });

  test('says what it failed of', async () => {
    const exportId = await planned(t.ledger, [sightedNote({ noteId: 1 })]);
    const values = { what: '/contacts/notes', status: 400 };
    await t.ledger.exports.close(exportId, 'failed', 'amocrm_rejected', values);
    expect(await t.ledger.exports.find(exportId)).toMatchObject({
      state: 'failed',
      blockedBy: 'amocrm_rejected',
      blockedValues: values,
    });
  });

  test.each(['stopped', 'failed'] as const)(
    'that is %s before its plan adds up: what was found remains',
    async (state) => {
      const exportId = await openTestExport(t.ledger);
      const margin = new Date('2026-10-31T12:00:00+03:00');
      const notes = [
        sightedNote({ noteId: 1 }),
        sightedNote({ noteId: 2 }),
        sightedNote({ noteId: 3, startedAt: margin }),
      ];
      await t.ledger.calls.recordSightings(TEST_ACCOUNT, exportId, notes);
      await t.ledger.exports.close(exportId, state);
      expect((await t.ledger.progress.read(exportId)).calls).toMatchObject({
        found: 2,
        planned: 2,
        remaining: 2,
        skipped: {},
      });
      expect(await reportOf(t.ledger, exportId)).toMatchObject([
        { state: 'planned', attempts: 0 },
        { state: 'planned', attempts: 0 },
      ]);
      // A worker that had slept lists nothing any more.
      await t.ledger.calls.recordSightings(TEST_ACCOUNT, exportId, [sightedNote({ noteId: 4 })]);
      expect((await t.ledger.progress.read(exportId)).calls.found).toBe(2);
    },
  );

  test('leaves no call in the hands of an attempt when it closes', async () => {
    const exportId = await planned(
      t.ledger,
      [1, 2, 3].map((noteId) => sightedNote({ noteId })),
    );
    const calls = await t.ledger.transfers.remainingOfBatch(exportId, 0);
    const leases = [];
    for (const { callId } of calls.slice(0, 2)) {
      const claim = await t.ledger.transfers.claim({ exportId, callId });
      if (claim.kind === 'claimed') leases.push(claim.lease);
    }
    const [uploading, committing] = leases;
    if (!uploading || !committing) throw new Error('two calls were claimed');
    await t.ledger.transfers.markCommitting(committing, SENT);
    await t.ledger.exports.close(exportId, 'stopped');
    expect((await reportOf(t.ledger, exportId)).map(({ state }) => state)).toEqual([
      'planned',
      'unconfirmed',
      'planned',
    ]);
    expect(await t.ledger.transfers.markCommitting(uploading, SENT)).toBe('lease_lost');
  });

  test('is found by its id only, also by what is no id', async () => {
    expect(await t.ledger.exports.find('last')).toBeUndefined();
    expect(await t.ledger.exports.find('00000000-0000-4000-8000-000000000000')).toBeUndefined();
  });

  test('of a preview is not listed, and goes with the next one', async () => {
    const preview = await planned(t.ledger, [sightedNote({ noteId: 1 })], { kind: 'preview' });
    const exportId = await planned(t.ledger, [sightedNote({ noteId: 1 })]);
    expect((await t.ledger.exports.list(TEST_ACCOUNT, 10)).map((row) => row.exportId)).toEqual([exportId]);
    await t.ledger.exports.dropPreviews(TEST_ACCOUNT);
    expect(await t.ledger.exports.find(preview)).toBeUndefined();
    expect(await t.ledger.exports.find(exportId)).toBeDefined();
  });
});

describe('the report', () => {
  test('brings every call once, in order, however many pages it takes', async () => {
    const notes = Array.from({ length: 4_100 }, (_, n) =>
      sightedNote({ noteId: n + 1, direction: n % 3 === 0 ? 'outgoing' : 'incoming' }),
    );
    const exportId = await openTestExport(t.ledger, { settings: { direction: 'outgoing' } });
    for (let from = 0; from < notes.length; from += 250) {
      await t.ledger.calls.recordSightings(TEST_ACCOUNT, exportId, notes.slice(from, from + 250));
    }
    await t.ledger.plan.close(exportId, PLAN);
    const rows = await reportOf(t.ledger, exportId);
    const ids = rows.map(({ call_id }) => call_id);
    expect(new Set(rows.map(({ note_id }) => note_id)).size).toBe(4_100);
    expect(ids).toEqual([...ids].sort((a, b) => a - b));

    const skipped = [];
    for await (const row of t.ledger.report.rows(exportId, 'skipped')) skipped.push(row);
    expect(skipped).toHaveLength(rows.filter(({ state }) => state === 'skipped').length);
    expect(new Set(skipped.map(({ reason }) => reason))).toEqual(new Set(['other_direction']));
    expect((await t.ledger.progress.read(exportId)).calls).toMatchObject({ found: 4_100, planned: 1_367 });
    expect((await t.ledger.exports.find(exportId))?.batches).toBe(Math.ceil(1_367 / PLAN.batchSize));
  });

  test('says of an old export’s calls what its plan knew, whatever their notes say since', async () => {
    const note = sightedNote({ noteId: 1, talkSeconds: null });
    const before = await planned(t.ledger, [note]);
    const asPlanned = await reportOf(t.ledger, before);
    expect(asPlanned).toMatchObject([{ talk_seconds: null, operator_id: 7 }]);

    const edited = { ...note, talkSeconds: 90, operatorId: 8, updatedAt: PLAN.now };
    const after = await planned(t.ledger, [edited]);
    expect(await reportOf(t.ledger, before)).toEqual(asPlanned);
    expect(await reportOf(t.ledger, after)).toMatchObject([{ talk_seconds: 90, operator_id: 8 }]);
  });

  test('of an export whose plan is still open shows its calls as they are', async () => {
    const exportId = await openTestExport(t.ledger);
    await t.ledger.calls.recordSightings(TEST_ACCOUNT, exportId, [sightedNote({ noteId: 1 })]);
    expect(await reportOf(t.ledger, exportId)).toMatchObject([{ state: 'listed', note_id: 1, talk_seconds: 60 }]);
  });

  test('of nothing is empty', async () => {
    expect(await reportOf(t.ledger, await planned(t.ledger, []))).toEqual([]);
  });

  test('names the latest failures first', async () => {
    const exportId = await planned(
      t.ledger,
      [1, 2, 3].map((noteId) => sightedNote({ noteId })),
    );
    for (const { callId } of await t.ledger.transfers.remainingOfBatch(exportId, 0)) {
      const claim = await t.ledger.transfers.claim({ exportId, callId });
      if (claim.kind === 'claimed') await t.ledger.transfers.recordFailed(claim.lease, 'recording_expired');
    }
    const latest = await t.ledger.report.latestFailures(exportId, 2);
    expect(latest.map(({ noteId, reason }) => [noteId, reason])).toEqual([
      [3, 'recording_expired'],
      [2, 'recording_expired'],
    ]);
  });
});
