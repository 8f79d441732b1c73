import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  openTestExport,
  openTestLedger,
  reportOf,
  sightedNote,
  TEST_ACCOUNT,
  type TestLedger,
} from '../support/ledger.ts';

describe('a call is told from others by its identity', () => {
  let test_: TestLedger;
  beforeAll(async () => void (test_ = await openTestLedger()));
  afterAll(() => test_.close());

  async function list(...pages: Parameters<typeof test_.ledger.calls.recordSightings>[2][]) {
    const exportId = await openTestExport(test_.ledger);
    for (const page of pages) await test_.ledger.calls.recordSightings(TEST_ACCOUNT, exportId, page);
    return { exportId, rows: await reportOf(test_.ledger, exportId) };
  }

  test('notes of one identity on a contact and on its lead are one call, with the earliest time and the lowest note', async () => {
    const early = new Date('2026-11-02T11:59:00+03:00');
    const { rows } = await list([
      sightedNote({ noteId: 102, identity: 'uniq:pbx:a', entityType: 'lead', entityId: 5, startedAt: early }),
      sightedNote({ noteId: 101, identity: 'uniq:pbx:a', entityType: 'contact', entityId: 6 }),
    ]);
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatchObject({ note_id: 101, entity_type: 'contact', entity_id: 6, started_at: early });
  });

  test('they are one call also when they come with different pages', async () => {
    const { rows } = await list(
      [sightedNote({ noteId: 111, identity: 'uniq:pbx:b' })],
      [sightedNote({ noteId: 112, identity: 'uniq:pbx:b', entityType: 'lead' })],
    );
    expect(rows.map(({ note_id }) => note_id)).toEqual([111]);
  });

  test('a page that is read twice changes nothing', async () => {
    const page = [sightedNote({ noteId: 121 }), sightedNote({ noteId: 122 })];
    const { exportId, rows } = await list(page, page);
    expect(rows).toHaveLength(2);
    await test_.ledger.calls.recordSightings(TEST_ACCOUNT, exportId, page);
    expect(await reportOf(test_.ledger, exportId)).toEqual(rows);
  });

  test('a note that gets its uniq late stays with its call, and so do later copies of it', async () => {
    const { rows } = await list(
      [sightedNote({ noteId: 131, identity: 'note:131', uniq: null, link: null })],
      [sightedNote({ noteId: 131, identity: 'uniq:pbx:c' }), sightedNote({ noteId: 132, identity: 'uniq:pbx:c' })],
      [sightedNote({ noteId: 133, identity: 'uniq:pbx:c', entityType: 'company' })],
    );
    expect(rows.map(({ note_id }) => note_id)).toEqual([131]);
  });

  test('a note whose uniq was changed to another call’s stays with its own call', async () => {
    const { rows } = await list(
      [sightedNote({ noteId: 141, identity: 'uniq:pbx:d' }), sightedNote({ noteId: 142, identity: 'uniq:pbx:e' })],
      [sightedNote({ noteId: 142, identity: 'uniq:pbx:d' })],
    );
    expect(rows.map(({ note_id }) => note_id)).toEqual([141, 142]);
  });

  test('a link that comes late is learned, and a copy without one does not take it away', async () => {
    const { exportId } = await list(
      [sightedNote({ noteId: 151, identity: 'uniq:pbx:f', link: null, talkSeconds: null })],
      [sightedNote({ noteId: 151, identity: 'uniq:pbx:f', link: 'https://pbx.example/late.mp3', talkSeconds: 33 })],
      [sightedNote({ noteId: 152, identity: 'uniq:pbx:f', link: null, talkSeconds: null })],
    );
    await test_.ledger.plan.close(exportId, { batchSize: 10, recordingWaitHours: 48, now: new Date() });
    const [row] = await reportOf(test_.ledger, exportId);
    expect(row).toMatchObject({ state: 'planned', talk_seconds: 33 });
    const claim = await test_.ledger.transfers.claim({ exportId, callId: row?.call_id ?? 0 });
    expect(claim).toMatchObject({ kind: 'claimed', call: { link: 'https://pbx.example/late.mp3' } });
  });

  test('what a call says does not depend on the order in which its notes are met, nor on how often', async () => {
    const identity = (call: number) => `uniq:order:${call}`;
    const notesOf = (call: number) => [
      sightedNote({
        noteId: call + 1,
        identity: identity(call),
        operatorId: 8,
        operatorRank: 3,
        link: null,
        talkSeconds: 0,
      }),
      sightedNote({
        noteId: call + 2,
        identity: identity(call),
        operatorId: 9,
        operatorRank: 1,
        link: 'https://pbx.example/a',
      }),
      sightedNote({
        noteId: call + 3,
        identity: identity(call),
        operatorId: 7,
        operatorRank: 3,
        link: 'https://pbx.example/a',
        startedAt: new Date('2026-11-02T11:58:00+03:00'),
      }),
    ];
    const orders = [
      [0, 1, 2],
      [2, 1, 0],
      [1, 2, 0, 1],
      [2, 0, 1, 2, 0],
    ];
    const calls = await Promise.all(
      orders.map(async (order, at) => {
        const notes = notesOf(5_000 + at * 10);
        const { rows } = await list(...order.map((nth) => notes.slice(nth, nth + 1)));
        return { ...rows[0], calls: rows.length };
      }),
    );
    for (const [at, call] of calls.entries()) {
      expect(call).toMatchObject({ calls: 1, note_id: 5_001 + at * 10, operator_id: 9, talk_seconds: 60 });
      expect(call.started_at).toEqual(new Date('2026-11-02T11:58:00+03:00'));
    }
  });

  test('an edit is learned, also one that is dated back; a link that was there once stays', async () => {
    const note = sightedNote({ noteId: 171, link: 'https://pbx.example/first.mp3' });
    const edited = { ...note, link: null, talkSeconds: 5, operatorId: 9, updatedAt: new Date('2026-10-01T00:00:00Z') };
    const { exportId, rows } = await list([note], [edited]);
    expect(rows[0]).toMatchObject({ talk_seconds: 5, operator_id: 9 });
    await test_.ledger.plan.close(exportId, { batchSize: 10, recordingWaitHours: 48, now: new Date() });
    expect((await reportOf(test_.ledger, exportId))[0]).toMatchObject({ state: 'planned' });
  });

  test('calls with nothing to tell them apart stay different calls', async () => {
    const { rows } = await list([
      sightedNote({ noteId: 161, identity: 'note:161', uniq: null, link: null }),
      sightedNote({ noteId: 162, identity: 'note:162', uniq: null, link: null }),
    ]);
    expect(rows).toHaveLength(2);
  });

  test('two listings of one account at once make each call once', async () => {
    const notes = Array.from({ length: 50 }, (_, n) => sightedNote({ noteId: 2_000 + n }));
    const exports = await Promise.all([openTestExport(test_.ledger), openTestExport(test_.ledger)]);
    await Promise.all(exports.map((exportId) => test_.ledger.calls.recordSightings(TEST_ACCOUNT, exportId, notes)));
    const [first, second] = await Promise.all(exports.map((exportId) => reportOf(test_.ledger, exportId)));
    expect(first).toHaveLength(50);
    expect(first?.map(({ call_id }) => call_id)).toEqual(second?.map(({ call_id }) => call_id));
  });
});
