import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  openTestExport,
  openTestLedger,
  PERIOD_START,
  PLAN,
  planned,
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

  test.each<[string, Partial<Parameters<typeof sightedNote>[0]>[], number]>([
    [
      'three of their own ids and one link, as of calls that were not recorded',
      [
        { noteId: -1, identity: 'uniq:a1', uniq: 'a1', link: 'https://p/?view=' },
        { noteId: -2, identity: 'uniq:a2', uniq: 'a2', link: 'https://p/?view=' },
        { noteId: -3, identity: 'uniq:a3', uniq: 'a3', link: 'https://p/?view=' },
      ],
      3,
    ],
    [
      'one of another id beside a note with its link',
      [
        { noteId: 1, identity: 'uniq:b1', uniq: 'b1', link: 'https://p/b' },
        { noteId: -2, identity: 'uniq:b2', uniq: 'b2', link: 'https://p/b' },
      ],
      2,
    ],
    [
      'two of one id from two services',
      [
        { noteId: -1, identity: 'uniq:x,1', uniq: '1', source: 'x', link: 'https://x/1' },
        { noteId: -2, identity: 'uniq:y,1', uniq: '1', source: 'y', link: 'https://y/1' },
      ],
      2,
    ],
    [
      'one of the id of another telephony’s note, with another link and phone',
      [
        { noteId: 1, identity: 'uniq:x,2', uniq: '2', source: 'x', link: 'https://x/2', phone: '79161230001' },
        { noteId: -2, identity: 'uniq:y,2', uniq: '2', source: 'y', link: 'https://y/2', phone: '79161230002' },
      ],
      2,
    ],
    [
      'two without an id, with one link and two phones',
      [
        { noteId: -1, identity: 'link:c', uniq: null, link: 'https://p/c', phone: '+79161230001' },
        { noteId: -2, identity: 'link:c', uniq: null, link: 'https://p/c', phone: '+79161230002' },
      ],
      2,
    ],
    [
      'two of no telephony and one id, with two links and two phones',
      [
        { noteId: 1, identity: 'uniq:null,1', uniq: '7', source: null, link: 'https://p/1', phone: '+79161230001' },
        { noteId: 2, identity: 'uniq:null,1', uniq: '7', source: null, link: 'https://p/2', phone: '+79161230002' },
      ],
      2,
    ],
    [
      'one that was accepted, whose note names the telephony otherwise',
      [
        { noteId: -1, identity: 'uniq:s,3', uniq: '3', source: 's', link: null },
        { noteId: 2, identity: 'uniq:t,3', uniq: '3', source: 't', link: 'https://p/3' },
      ],
      1,
    ],
    [
      'one whose copies write its phone in two ways',
      [
        { noteId: 1, identity: 'link:d', uniq: null, link: 'https://p/d', phone: '8 (916) 123-00-01' },
        { noteId: 2, identity: 'link:d', uniq: null, link: 'https://p/d', phone: '79161230001' },
      ],
      1,
    ],
  ])('calls on unsorted leads, or their like: %s', async (_, given, calls) => {
    const own = await openTestLedger();
    try {
      const notes = given.map((one) => sightedNote({ noteId: 0, ...one }));
      for (const pages of [[notes], notes.map((note) => [note]), [notes.toReversed()]]) {
        const exportId = await openTestExport(own.ledger);
        for (const page of [...pages, ...pages]) await own.ledger.calls.recordSightings(TEST_ACCOUNT, exportId, page);
        expect((await own.ledger.progress.read(exportId)).calls.found).toBe(calls);
      }
    } finally {
      await own.close();
    }
  });

  test('a page that is read twice changes nothing', async () => {
    const page = [sightedNote({ noteId: 121 }), sightedNote({ noteId: 122 })];
    const { exportId, rows } = await list(page, page);
    expect(rows).toHaveLength(2);
    await test_.ledger.calls.recordSightings(TEST_ACCOUNT, exportId, page);
    expect(await reportOf(test_.ledger, exportId)).toEqual(rows);
  });

  test('a page that comes again when the plan is closed lists nothing: not even its calls outside the period', async () => {
    const before = sightedNote({ noteId: 902, startedAt: new Date(PERIOD_START.getTime() - 3_600_000) });
    const page = [sightedNote({ noteId: 901 }), before];
    const exportId = await planned(test_.ledger, page);
    await test_.ledger.calls.recordSightings(TEST_ACCOUNT, exportId, page);
    expect((await test_.ledger.progress.read(exportId)).calls).toMatchObject({ found: 1, planned: 1 });
    expect(await test_.ledger.plan.planWaiting(exportId, PLAN)).toEqual({ batches: 1 });
    await test_.ledger.exports.close(exportId, 'stopped');
    await test_.ledger.calls.recordSightings(TEST_ACCOUNT, exportId, page);
    expect((await test_.ledger.progress.read(exportId)).calls).toMatchObject({ found: 1, planned: 1 });
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

  describe('of two notes that tell nothing at first', () => {
    const bare = { uniq: null, link: null, source: null };
    const link = (of: number) => `https://pbx.example/late-${of}.mp3`;
    /** Both notes of a call: the one on the contact is met before the telephony tells what it is of. */
    const notesOf = (of: number, identity: string, told: object) => ({
      early: sightedNote({ noteId: of, identity: `note:${of}`, ...bare }),
      copy: sightedNote({ noteId: of + 1, identity, entityType: 'lead', ...bare, ...told }),
      late: sightedNote({ noteId: of, identity, ...bare, ...told }),
    });
    const plan = { batchSize: 10, recordingWaitHours: 1e6, now: new Date() };

    test.each([
      ['a uniq', 1_000, 'uniq:pbx:late', { uniq: 'late', source: 'pbx', link: link(1) }],
      ['a uniq, and the link is there still later', 1_010, 'uniq:pbx:later', { uniq: 'later', source: 'pbx' }],
      ['a link', 1_020, 'link:1020', { link: link(1_020) }],
    ])('%s that comes late makes one call', async (_, of, identity, told) => {
      const { early, copy, late } = notesOf(of, identity, told);
      const { exportId, rows } = await list([early], [copy]);
      expect(rows).toHaveLength(2);
      await test_.ledger.plan.close(exportId, plan);
      await test_.ledger.calls.recordSightings(TEST_ACCOUNT, exportId, [late]);
      await test_.ledger.plan.planWaiting(exportId, plan);
      const [call, ...others] = await reportOf(test_.ledger, exportId);
      expect(others).toEqual([]);
      expect(call?.state).toBe('link' in told ? 'planned' : 'waiting');
      expect((await test_.ledger.progress.read(exportId)).calls).toMatchObject({ found: 1 });
    });

    test('one call is made of both as soon as both tell it, on one page too', async () => {
      const { early, copy, late } = notesOf(1_030, 'uniq:pbx:both', { uniq: 'both', source: 'pbx', link: link(3) });
      const bareCopy = { ...copy, ...bare, identity: `note:${copy.noteId}` };
      const { rows } = await list([early, bareCopy], [late, copy]);
      expect(rows.map(({ note_id }) => note_id)).toEqual([1_030]);
    });

    test('an export that has listed the one alone has the other in its place, as it was', async () => {
      const { early, copy, late } = notesOf(1_040, 'uniq:pbx:alone', { uniq: 'alone', source: 'pbx', link: link(4) });
      const { exportId, rows } = await list([early]);
      await test_.ledger.plan.close(exportId, plan);
      const [before] = await reportOf(test_.ledger, exportId);
      const { rows: ofOther } = await list([copy], [late]);
      expect(ofOther).toHaveLength(1);
      const [after, ...others] = await reportOf(test_.ledger, exportId);
      expect(others).toEqual([]);
      expect(after).toMatchObject({ state: 'waiting', reason: 'recording_not_ready', call_id: ofOther[0]?.call_id });
      expect(after?.note_id).toBe(before?.note_id);
      expect(after?.call_id).not.toBe(rows[0]?.call_id);
    });

    test('a call that was sent stays what it is', async () => {
      const { early, copy, late } = notesOf(1_050, 'uniq:pbx:sent', { uniq: 'sent', source: 'pbx', link: link(5) });
      const { rows } = await list([{ ...early, link: link(6), identity: 'link:1050' }], [copy], [late]);
      expect(rows).toHaveLength(2);
    });
  });

  describe('what was used before', () => {
    const days = (n: number) => new Date(Date.UTC(2026, 10, 3) - n * 86_400_000);

    test.each([
      ['a uniq', 'uniq:pbx:17', { uniq: '17' }],
      ['a link', 'link:none', { uniq: null, link: 'https://pbx.example/none' }],
    ])('%s of months ago takes no new call away', async (_, identity, told) => {
      const page = [300, 60, 0].map((ago) =>
        sightedNote({ noteId: 7_000 + ago + identity.length, identity, startedAt: days(ago), ...told }),
      );
      const [oldest, older, today] = page;
      if (!oldest || !older || !today) throw new Error('three were made');
      expect((await list([oldest])).rows).toHaveLength(1);
      // Both on one page, as a mass edit brings them.
      expect((await list([older, today])).rows).toHaveLength(2);
      const copy = { ...today, noteId: today.noteId + 2_000, startedAt: days(6) };
      const { rows } = await list([copy]);
      expect(rows.map(({ note_id }) => note_id)).toEqual([today.noteId]);
    });
  });

  describe('copies with and without the telephony’s name', () => {
    const named = (noteId: number, uniq: string, source: string | null, more = {}) =>
      sightedNote({ noteId, uniq, source, identity: `uniq:${JSON.stringify([source, uniq])}`, ...more });

    test.each([
      ['the nameless one last', 8_000, ['mango', null]],
      ['the nameless one first', 8_010, [null, 'mango']],
    ])('are one call, %s', async (_, of, sources) => {
      const notes = sources.map((source, n) => named(of + n, `s${of}`, source));
      expect((await list(...notes.map((note) => [note]))).rows).toHaveLength(1);
      const together = sources.map((source, n) => named(of + 5 + n, `t${of}`, source));
      expect((await list(together)).rows).toHaveLength(1);
    });

    test('are two calls where a week lies between, and of two telephonies always', async () => {
      const weekLater = { startedAt: new Date('2026-11-10T12:00:00+03:00') };
      const { rows } = await list([
        named(8_020, 's3', 'mango'),
        named(8_021, 's3', null, weekLater),
        named(8_022, 's3', 'uis'),
        named(8_023, 's3', 'mango', weekLater),
      ]);
      expect(rows.map(({ note_id }) => note_id)).toEqual([8_020, 8_021, 8_022]);
    });
  });

  describe('copies of which one has the telephony’s id already, the other only the link', () => {
    const copies = (of: number) => {
      const link = `https://pbx.example/${of}.mp3`;
      return {
        linked: sightedNote({ noteId: of, uniq: null, link, identity: `link:${of}` }),
        named: sightedNote({ noteId: of + 1, entityType: 'lead', uniq: `c${of}`, link, identity: `uniq:pbx:c${of}` }),
        other: sightedNote({ noteId: of + 2, uniq: `d${of}`, link, identity: `uniq:pbx:d${of}` }),
      };
    };

    test.each([
      ['that with the link first', 9_500, ['linked', 'named']],
      ['that with the link last', 9_510, ['named', 'linked']],
    ] as const)('are one call, %s', async (_, of, order) => {
      const { linked, named } = copies(of);
      // Its id comes to the first one as well, as it does to all in the end.
      const told = { ...linked, uniq: named.uniq, identity: named.identity };
      const { rows } = await list(...order.map((which) => [copies(of)[which]]), [told]);
      expect(rows.map(({ note_id }) => note_id)).toEqual([of]);
      expect((await list(order.map((which) => copies(of + 4)[which]))).rows).toHaveLength(1);
    });

    test('are two calls where they have an id each, whatever stands in the link’s place', async () => {
      const { linked, named, other } = copies(9_520);
      expect((await list([named], [other])).rows).toHaveLength(2);
      const later = copies(9_530);
      expect((await list([later.named, later.other])).rows).toHaveLength(2);
      expect((await list([linked, named, other])).rows).toHaveLength(2);
    });
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
