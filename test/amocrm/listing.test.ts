import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { AmocrmHttp } from '../../amocrm/http/http.ts';
import {
  firstCursor,
  nextCursor,
  type NotesCursor,
  type NotesPage,
  readNotesPage,
  type Source,
  SOURCES,
} from '../../amocrm/listing/listing.ts';
import { readNotesById } from '../../amocrm/listing/notes-by-id.ts';
import { ExportError } from '../../errors/export-error.ts';
import { NOW, openAccount, type TestAccount } from '../sandbox/amocrm-sandbox.ts';
import { ownServer, readerOf } from './account-reader.ts';

const START = NOW - 10 * 86_400;

describe('where the listing goes on', () => {
  const cursor = firstCursor('contacts', new Date(87_400_000));
  const page = (lastUpdatedAt: number | undefined, more: Partial<NotesPage> = {}): NotesPage => {
    const { print = String(Math.random()) } = more;
    const items = Array.from({ length: 50 }, (_, n) => ({ id: `${print} ${n}` }));
    return { items, start: 0, last: false, print, notes: [], unreadable: [], lastUpdatedAt, ...more };
  };
  const next = (from: NotesCursor, ...given: Parameters<typeof page>) => nextCursor(from, page(...given));

  test('begins a day before the period: integrations back-date', () => {
    expect(cursor).toMatchObject({ source: 'contacts', since: 1_000, walk: { offset: 0, pages: 0 } });
  });

  test('a second before the page’s last moment, because that moment may have more', () => {
    expect(next(cursor, 1_500)).toMatchObject({ since: 1_499, walk: { offset: 0, pages: 1 } });
  });

  test('nowhere after the last page, whatever it brought', () => {
    expect(next(cursor, 1_500, { last: true })).toBeUndefined();
    expect(next(cursor, undefined, { last: true, items: [] })).toBeUndefined();
  });

  test.each([1_000, 1_001])('on the next page of a run that ends at %d: its moment cannot be passed', (end) => {
    expect(next(cursor, end)).toMatchObject({ since: 1_000, walk: { offset: 50, back: false } });
  });

  test('over a page of which no time can be read, page by page', () => {
    expect(next(cursor, undefined)).toMatchObject({ since: 1_000, walk: { offset: 50 } });
  });

  /** Reads a run of the moment 1,001 over three pages and back; what each page holds is told by its print. */
  function runOf(there: string[], back: string[], end: number, last: boolean): NotesCursor | undefined {
    let at: NotesCursor | undefined = cursor;
    there.forEach((print, nth) => {
      const isEnd = nth === there.length - 1;
      at = at && next(at, isEnd ? end : 1_001, { print, start: nth * 50, last: isEnd && last });
    });
    expect(at).toMatchObject({ resume: end - 1, walk: { offset: 100, back: true } });
    back.forEach((print, nth) => (at = at && next(at, 1_001, { print, start: 50 - nth * 50 })));
    return at;
  }

  test('back over a run’s pages once its end is seen, and on from there afterwards', () => {
    const after = runOf(['a', 'b', 'c'], ['b', 'a'], 1_500, false);
    expect(after).toMatchObject({ since: 1_499, walk: { offset: 0, back: false, pages: 5 } });
    expect(after).not.toHaveProperty('resume');
  });

  test('nowhere after a run at the source’s very end whose pages are the same on the way back', () => {
    expect(runOf(['a', 'b', 'c'], ['b', 'a'], 1_001, true)).toBeUndefined();
  });

  test.each([
    ['another page', ['b', 'x']],
    ['its pages in another order', ['a', 'b']],
  ])('over it again, when it has become %s', (_, back) => {
    expect(runOf(['a', 'b', 'c'], back, 1_001, true)).toMatchObject({ since: 1_000, walk: { offset: 0, back: false } });
  });

  test('the same page under another number again and again is an error, not the end', () => {
    let at: NotesCursor | undefined = cursor;
    const circle = () => {
      for (let turn = 0; turn < 20 && at; turn++) at = next(at, 1_000, { print: 'same', start: turn * 50 });
    };
    expect(circle).toThrow(expect.objectContaining({ code: 'amocrm_bad_answer' }));
  });

  test('more pages than any account has are an error, however they differ', () => {
    const far = { ...cursor, walk: { ...cursor.walk, pages: 100_000 } };
    expect(() => next(far, 1_500)).toThrow(expect.objectContaining({ code: 'amocrm_bad_answer' }));
  });

  test('never back in time', () => {
    const some = fc.record({
      since: fc.nat(20),
      offset: fc.nat(3),
      last: fc.boolean(),
      ahead: fc.nat(5),
    });
    fc.assert(
      fc.property(some, ({ since, offset, last, ahead }) => {
        const from = { ...cursor, since, walk: { ...cursor.walk, offset: offset * 50 } };
        const after = nextCursor(from, page(since + ahead, { last, start: offset * 50 }));
        if (after) expect(after.since).toBeGreaterThanOrEqual(since);
      }),
    );
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
    let cursor: NotesCursor | undefined = firstCursor(source, new Date(START * 1000));
    for (let pages = 0; cursor; pages++) {
      if (pages > 2_000) throw new Error(`the listing does not end: ${JSON.stringify(cursor)}`);
      const page: NotesPage = await readNotesPage(reader, cursor, limit);
      for (const { noteId } of page.notes) met.add(noteId);
      cursor = nextCursor(cursor, page);
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

  test('finds what edits between two pages push past the reader of a run', async () => {
    const run = Array.from({ length: 40 }, () => insert(START + 500));
    const [first, second] = [run.slice(0, 10), run.slice(10, 20)];
    let answers = 0;
    const unsubscribe = account.amocrm.onAnswer(() => {
      // A page's worth leaves the run behind each of the first two pages: half of it slips by on the way there.
      for (const noteId of [first, second][answers++] ?? []) account.world.patchNote(noteId, {});
    });
    expect(new Set(await list(http, 10).finally(unsubscribe))).toEqual(new Set(run));
  });

  test('goes on with a smaller page where a larger one was too much', async () => {
    const run = Array.from({ length: 60 }, () => insert(START + 500));
    const met = new Set<number>();
    let cursor: NotesCursor | undefined = firstCursor('contacts', new Date(START * 1000));
    for (const limit of [20, 20, 10, 7, 3, 20, 9, 5, 5, 5, 20, 20, 20, 20, 20, 20, 20, 20, 20]) {
      if (!cursor) break;
      const page: NotesPage = await readNotesPage(http, cursor, limit);
      for (const { noteId } of page.notes) met.add(noteId);
      cursor = nextCursor(cursor, page);
    }
    expect(met).toEqual(new Set(run));
  });

  test('reads a run to its end where a page in its midst is always too much', async () => {
    const run = Array.from({ length: 60 }, () => insert(START + 500));
    const heavy: AmocrmHttp = {
      ...http,
      get: (path, query, schema) => {
        if (query['page'] === 2 && Number(query['limit']) > 10) {
          throw new ExportError('amocrm_answer_too_large', { values: { host: 'x' } });
        }
        return http.get(path, query, schema);
      },
    };
    expect(new Set(await list(heavy, 25))).toEqual(new Set(run));
  });

  test('comes to an end where amoCRM sorts the notes of one moment anew at every reading', async () => {
    const notes = Array.from({ length: 25 }, (_, n) => ({ id: n + 1, note_type: 'call_in', updated_at: START }));
    let requests = 0;
    const restless: AmocrmHttp = {
      ...http,
      get: (_path, query, schema) => {
        const from = (Number(query['page']) - 1) * Number(query['limit']);
        const sorted = notes.map((_, n) => notes[(n * 7 + requests) % notes.length]);
        requests++;
        const page = sorted.slice(from, from + Number(query['limit']));
        return Promise.resolve(page.length === 0 ? undefined : schema.parse({ _embedded: { notes: page } }));
      },
    };
    expect((await list(restless, 10)).toSorted((one, other) => one - other)).toEqual(notes.map(({ id }) => id));
    expect(requests).toBeLessThan(200);
  });

  test('reads past notes whose times are not readable', async () => {
    const server = await ownServer((request, response) => {
      const page = Number(new URL(request.url ?? '', 'http://x').searchParams.get('page'));
      const notes = [1, 2, 3].map((n) => ({
        id: page * 10 + n,
        note_type: 'call_in',
        created_at: START,
        updated_at: 'x',
      }));
      response.setHeader('Content-Type', 'application/hal+json');
      response.end(JSON.stringify({ _embedded: { notes: page < 4 ? notes : notes.slice(1) } }));
    });
    try {
      expect(await list(readerOf(server.url), 3)).toEqual([11, 12, 13, 21, 22, 23, 31, 32, 33, 42, 43]);
    } finally {
      server.close();
    }
  });

  test.each([1, 5])('brings all where %d notes have their time in milliseconds, and so stand last', async (odd) => {
    const milliseconds = Array.from({ length: odd }, (_, n) => insert((START + 5 + n) * 1000));
    const notes = Array.from({ length: 10 }, (_, n) => insert(START + n));
    expect((await list(http, 3)).toSorted()).toEqual([...milliseconds, ...notes].toSorted());
  });

  test('refuses pages that are not in the order asked for: it would pass notes by', async () => {
    const server = await ownServer((_request, response) => {
      const notes = [5, 3].map((n) => ({ id: n, note_type: 'call_in', created_at: START, updated_at: START + n }));
      response.setHeader('Content-Type', 'application/hal+json');
      response.end(JSON.stringify({ _embedded: { notes } }));
    });
    await expect(list(readerOf(server.url), 2).finally(() => server.close())).rejects.toMatchObject({
      code: 'amocrm_bad_answer',
    });
  });

  test('reads every source there is', () => {
    expect([...SOURCES].sort()).toEqual(['companies', 'contacts', 'customers', 'leads']);
  });

  test.each([422, 425, 426, 402, 404, 204] as const)(
    'takes %d for customers that are switched off',
    async (customersOffStatus) => {
      account.amocrm.account.switches = { ...account.amocrm.account.switches, customersOffStatus };
      expect(await list(http, 10, 'customers')).toEqual([]);
    },
  );

  test('takes the same status of another source for what it is', async () => {
    account.amocrm.faults.set([{ match: '/contacts/notes', answer: { status: 422 } }]);
    await expect(list(http, 10)).rejects.toMatchObject({ code: 'amocrm_rejected' });
    account.amocrm.faults.set([{ match: '/contacts/notes', answer: { status: 402 } }]);
    await expect(list(http, 10)).rejects.toMatchObject({ code: 'amocrm_unpaid' });
    account.amocrm.faults.set([{ match: '/customers/notes', answer: { status: 500 } }]);
    await expect(list(http, 10, 'customers')).rejects.toMatchObject({ code: 'amocrm_unavailable' });
    account.amocrm.faults.set([{ match: '/customers/notes', answer: { status: 404, html: true } }]);
    await expect(list(http, 10, 'customers')).rejects.toMatchObject({ code: 'amocrm_account_moved' });
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
    const { notes, present } = await readNotesById(http, 'contact', [one, two, gone, comment, onLead]);
    expect(present).toEqual([one, two, comment]);
    expect(notes.map(({ noteId }) => noteId)).toEqual([one, two]);
    expect(notes[0]).toMatchObject({ entityType: 'contact', link: 'https://pbx.example/1' });
    expect((await readNotesById(http, 'lead', [onLead])).notes.map(({ noteId }) => noteId)).toEqual([onLead]);
  });

  test('brings no other note either where amoCRM ignores which ones are asked for', async () => {
    const [one, gone] = [insert('call_in'), insert('call_in')];
    insert('call_out');
    account.world.deleteNote(gone);
    let listed = 0;
    const unfiltered: AmocrmHttp = {
      host: http.host,
      get: async (path, { 'filter[id][]': _, ...query }, schema) => {
        listed++;
        return http.get(path, query, schema);
      },
    };
    const { notes, present } = await readNotesById(unfiltered, 'contact', [one, gone]);
    expect(listed).toBe(1);
    expect(notes.map(({ noteId }) => noteId)).toEqual([one]);
    expect(present).toEqual([one]);
  });

  test('brings nothing when none is left', async () => {
    expect(await readNotesById(http, 'company', [1, 2])).toEqual({ notes: [], unreadable: [], present: [] });
  });
});

test('a note that is nested thousands deep is one that cannot be read, and keeps no other from it', async () => {
  const deep = '['.repeat(6_000) + ']'.repeat(6_000);
  const good =
    '{"id":1,"entity_id":2,"note_type":"call_in","created_at":1700000000,"updated_at":1700000000,"params":{}}';
  const bad = `{"entity_id":3,"note_type":"call_in","params":${deep}}`;
  const server = await ownServer((_, response) =>
    response.setHeader('content-type', 'application/hal+json').end(`{"_embedded":{"notes":[${good},${bad}]}}`),
  );
  try {
    const cursor = firstCursor('contacts', new Date(0));
    const page = await readNotesPage(readerOf(server.url), cursor);
    expect(page).toMatchObject({ notes: [{ noteId: 1 }], unreadable: [expect.stringContaining('contact 3, note ?')] });
    expect(nextCursor(cursor, page)).toBeUndefined();
  } finally {
    server.close();
  }
});
