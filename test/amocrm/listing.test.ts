import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { AmocrmHttp } from '../../amocrm/http.ts';
import {
  firstCursor,
  type ListingCursor,
  nextCursor,
  type NotesPage,
  readNotesPage,
  type Source,
  SOURCES,
} from '../../amocrm/listing.ts';
import { readNotesById } from '../../amocrm/notes-by-id.ts';
import { NOW, openAccount, type TestAccount } from '../sandbox/amocrm-sandbox.ts';
import { readerOf } from './account-reader.ts';

const START = NOW - 10 * 86_400;

describe('where the listing goes on', () => {
  const cursor: ListingCursor = { source: 'contacts', since: 1_000, page: 1, foundInPass: 0 };
  const page = (lastUpdatedAt: number | undefined, last = false): NotesPage => ({ notes: [], lastUpdatedAt, last });

  test('a second before the page’s last moment, because that moment may have more', () => {
    expect(nextCursor(cursor, page(1_500), 50)).toEqual({ ...cursor, since: 1_499 });
  });

  test('nowhere after the last page, whatever it brought', () => {
    expect(nextCursor(cursor, page(1_500, true), 50)).toBeUndefined();
    expect(nextCursor(cursor, page(undefined, true), 0)).toBeUndefined();
  });

  test.each([1_000, 1_001])('on the next page of a run that ends at %d: its moment cannot be passed', (end) => {
    expect(nextCursor(cursor, page(end), 50)).toEqual({ ...cursor, page: 2, foundInPass: 50 });
  });

  test('behind a run, once a pass over its pages has brought nothing new', () => {
    const inRun = { ...cursor, page: 3, foundInPass: 0 };
    expect(nextCursor(inRun, page(1_500), 0)).toEqual({ ...cursor, since: 1_499 });
    expect(nextCursor(inRun, page(1_001, true), 0)).toBeUndefined();
  });

  test.each([
    ['earlier pages', 5, 0],
    ['this very page', 0, 5],
  ])('over a run again, when %s brought something new: edits shift pages', (_, foundInPass, newCalls) => {
    for (const end of [page(1_500), page(1_001, true)]) {
      expect(nextCursor({ ...cursor, page: 3, foundInPass }, end, newCalls)).toEqual(cursor);
    }
  });

  test('never backwards, and never on the same page twice in a pass', () => {
    const some = fc.record({
      since: fc.nat(20),
      page: fc.integer({ min: 1, max: 5 }),
      foundInPass: fc.nat(3),
      last: fc.boolean(),
      ahead: fc.nat(5),
      newCalls: fc.nat(3),
    });
    fc.assert(
      fc.property(some, ({ since, page: at, foundInPass, last, ahead, newCalls }) => {
        const from = { source: 'leads' as const, since, page: at, foundInPass };
        const next = nextCursor(from, page(since + ahead, last), newCalls);
        if (!next) return;
        expect(next.since).toBeGreaterThanOrEqual(since);
        if (next.since === since && next.page <= at) {
          expect(next).toEqual({ ...from, page: 1, foundInPass: 0 });
          expect(foundInPass + newCalls).toBeGreaterThan(0);
        }
      }),
    );
  });

  test('from a day before the period: integrations back-date', () => {
    expect(firstCursor('leads', new Date(START * 1000))).toEqual({
      source: 'leads',
      since: START - 86_400,
      page: 1,
      foundInPass: 0,
    });
  });
});

describe('listing an account', () => {
  let account: TestAccount;
  let http: AmocrmHttp;
  beforeAll(async () => {
    account = await openAccount({ calls: 0 });
    http = readerOf(account.amocrm.url, { accessToken: () => Promise.resolve(account.token) });
  });
  afterEach(() => {
    account.clock.set(NOW * 1000);
    account.world.reseed({ calls: 0 });
    account.amocrm.faults.set([]);
  });
  afterAll(() => account.close());

  const insert = (updatedAt: number, entityType: Source = 'contacts') =>
    account.world.insertNote({ entityType, noteType: 'call_in', params: {}, updatedAt, createdAt: updatedAt }).id;

  /** Lists one source to its end; answers the notes in the order in which they were met first. */
  async function list(reader: AmocrmHttp, limit: number, source: Source = 'contacts'): Promise<number[]> {
    const met = new Set<number>();
    let cursor: ListingCursor | undefined = firstCursor(source, new Date(START * 1000));
    for (let pages = 0; cursor; pages++) {
      if (pages > 2_000) throw new Error(`the listing does not end: ${JSON.stringify(cursor)}`);
      const page: NotesPage = await readNotesPage(reader, cursor, limit);
      const before = met.size;
      for (const { noteId } of page.notes) met.add(noteId);
      cursor = nextCursor(cursor, page, met.size - before);
    }
    return [...met];
  }

  test('brings every call note of a source, and no other note', async () => {
    const calls = Array.from({ length: 30 }, (_, n) => insert(START + n * 60));
    account.world.insertNote({ noteType: 'common', params: {}, updatedAt: START + 90 });
    insert(START + 100, 'leads');
    expect(await list(http, 7)).toEqual(calls);
  });

  test('brings a run of one moment that is longer than a page', async () => {
    const run = Array.from({ length: 25 }, () => insert(START + 500));
    const after = insert(START + 501);
    expect(new Set(await list(http, 10))).toEqual(new Set([...run, after]));
  });

  test('brings the same where amoCRM takes “from” without its own second', async () => {
    const exclusive: AmocrmHttp = {
      ...http,
      get: (path, query, schema) =>
        http.get(path, { ...query, 'filter[updated_at][from]': Number(query['filter[updated_at][from]']) + 1 }, schema),
    };
    const notes = Array.from({ length: 40 }, (_, n) => insert(START + Math.floor(n / 15)));
    expect(new Set(await list(exclusive, 10))).toEqual(new Set(notes));
  });

  test('goes on when a page is shorter than asked for: above its maximum amoCRM gives 50', async () => {
    const notes = Array.from({ length: 120 }, (_, n) => insert(START + n));
    expect(new Set(await list(http, 1_000))).toEqual(new Set(notes));
  });

  // Pages are numbered, so a note that leaves a run pulls the following ones forward. One such move a page is more than
  // any account has within the seconds that a run takes; half a page of them in each of two passes could hide a note.
  test('finds every note that was there at the start, whatever is edited, added or deleted meanwhile', async () => {
    const change = fc.record({
      kind: fc.constantFrom('edit', 'insert', 'delete', 'none'),
      note: fc.nat(),
      advance: fc.integer({ min: 1, max: 3 }),
    });
    const world = fc.record({
      limit: fc.integer({ min: 10, max: 25 }),
      /** Lengths of runs, and the seconds between them. */
      runs: fc.array(fc.record({ notes: fc.integer({ min: 1, max: 45 }), gap: fc.nat(3) }), {
        minLength: 1,
        maxLength: 5,
      }),
      changes: fc.array(change, { maxLength: 40 }),
    });
    await fc.assert(
      fc.asyncProperty(world, async ({ limit, runs, changes }) => {
        account.world.reseed({ calls: 0 });
        account.clock.set(NOW * 1000);
        let at = NOW - 1_000;
        const atStart = runs.flatMap(({ notes, gap }) => {
          at += gap;
          return Array.from({ length: notes }, () => insert(at));
        });
        const alive = new Set(atStart);
        const waiting = [...changes];
        const unsubscribe = account.amocrm.onAnswer(() => {
          const next = waiting.shift();
          if (!next) return;
          account.clock.advance(next.advance);
          const noteId = atStart[next.note % atStart.length] ?? 0;
          if (next.kind === 'insert') insert(account.world.now());
          if (next.kind === 'edit' && alive.has(noteId)) account.world.patchNote(noteId, { params: { result: 'x' } });
          if (next.kind === 'delete' && alive.delete(noteId)) account.world.deleteNote(noteId);
        });
        const found = await list(http, limit).finally(unsubscribe);
        expect([...alive].filter((noteId) => !found.includes(noteId))).toEqual([]);
      }),
      { numRuns: 40 },
    );
  });

  test('reads every source there is', () => {
    expect([...SOURCES].sort()).toEqual(['companies', 'contacts', 'customers', 'leads']);
  });

  test.each([422, 425, 426, 204] as const)(
    'takes %d for customers that are switched off',
    async (customersOffStatus) => {
      account.amocrm.account.switches = { ...account.amocrm.account.switches, customersOffStatus };
      expect(await list(http, 10, 'customers')).toEqual([]);
    },
  );

  test('takes the same status of another source for what it is', async () => {
    account.amocrm.faults.set([{ match: '/contacts/notes', answer: { status: 422 } }]);
    await expect(list(http, 10)).rejects.toMatchObject({ code: 'amocrm_rejected' });
    account.amocrm.faults.set([{ match: '/customers/notes', answer: { status: 500 } }]);
    await expect(list(http, 10, 'customers')).rejects.toMatchObject({ code: 'amocrm_unavailable' });
  });
});

describe('reading notes again by their ids', () => {
  let account: TestAccount;
  let http: AmocrmHttp;
  beforeAll(async () => {
    account = await openAccount({ calls: 0 });
    http = readerOf(account.amocrm.url, { accessToken: () => Promise.resolve(account.token) });
  });
  afterAll(() => account.close());
  const insert = (noteType: string, entityType: Source = 'contacts') =>
    account.world.insertNote({ entityType, noteType, params: { link: 'https://pbx.example/1' } }).id;

  test('brings those that are still there, of their own kind of card, and no other', async () => {
    const [one, two, gone, comment] = [insert('call_in'), insert('call_out'), insert('call_in'), insert('common')];
    const onLead = insert('call_in', 'leads');
    insert('call_in');
    account.world.deleteNote(gone);
    const notes = await readNotesById(http, 'contact', [one, two, gone, comment, onLead]);
    expect(notes.map(({ noteId }) => noteId)).toEqual([one, two]);
    expect(notes[0]).toMatchObject({ entityType: 'contact', link: 'https://pbx.example/1' });
    expect((await readNotesById(http, 'lead', [onLead])).map(({ noteId }) => noteId)).toEqual([onLead]);
  });

  test('brings nothing when none is left', async () => {
    expect(await readNotesById(http, 'company', [1, 2])).toEqual([]);
  });
});
