import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { z } from 'zod';
import { firstCursor, nextCursor, type NotesCursor, readNotesPage } from '../../amocrm/listing/listing.ts';
import { type PageAt, readShrinking } from '../../amocrm/listing/shrinking-page.ts';
import { readUsers } from '../../amocrm/account/users.ts';
import { createAmocrmTransport } from '../../amocrm/http/transport.ts';
import { readWholeList } from '../../amocrm/listing/whole-list.ts';
import { ExportError } from '../../errors/export-error.ts';
import { NOW, openAccount, type TestAccount } from '../sandbox/amocrm-sandbox.ts';
import { ownServer, readerOf } from './account-reader.ts';

const tooMuch = () =>
  new ExportError('amocrm_unavailable', { values: { host: 'h', request: '/users', what: '504', status: 504 } });

describe('a page that is more than amoCRM can give', () => {
  test('is asked for by halves, from where it began', async () => {
    const asked: PageAt[] = [];
    const read = (at: PageAt) => {
      asked.push(at);
      return at.limit > 62 ? Promise.reject(tooMuch()) : Promise.resolve('page');
    };
    const got = await readShrinking({ offset: 0, limit: 250 }, read);
    expect(got).toEqual({ answer: 'page', at: { page: 1, limit: 62 }, next: { offset: 62, limit: 62 } });
    expect(asked.map(({ limit }) => limit)).toEqual([250, 125, 62]);
  });

  test('is asked for by halves also where amoCRM takes longer over it than we wait', async () => {
    const asked: string[] = [];
    const server = await ownServer((request, response) => {
      const limit = new URL(request.url ?? '', 'http://any').searchParams.get('limit') ?? '';
      asked.push(limit);
      if (Number(limit) <= 125) response.setHeader('content-type', 'application/hal+json').end('{}');
    });
    const http = readerOf(server.url, { transport: createAmocrmTransport({ silenceMs: 100 }) });
    const read = (page: PageAt) => http.get('/leads/notes', { ...page }, z.looseObject({}));
    expect(await readShrinking({ offset: 0, limit: 250 }, read)).toMatchObject({ at: { page: 1, limit: 125 } });
    expect(asked).toEqual(['250', '125']);
    server.close();
  });

  test('is given up when a single item is too much, and not tried by halves for other troubles', async () => {
    let asked = 0;
    const failing = (error: ExportError) => () => {
      asked++;
      return Promise.reject(error);
    };
    const large = new ExportError('amocrm_answer_too_large', { values: { host: 'h' } });
    await expect(readShrinking({ offset: 0, limit: 8 }, failing(large))).rejects.toBe(large);
    expect(asked).toBe(4);
    asked = 0;
    const down = new ExportError('amocrm_unavailable', {
      values: { host: 'h', request: '/users', what: '502', status: 502 },
    });
    await expect(readShrinking({ offset: 0, limit: 8 }, failing(down))).rejects.toBe(down);
    expect(asked).toBe(1);
  });

  test('leaves nothing out, wherever in the list it happens', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.nat(600),
        fc.integer({ min: 1, max: 250 }),
        fc.array(fc.integer({ min: 1, max: 250 })),
        async (length, limit, manageable) => {
          const all = Array.from({ length }, (_, id) => ({ id }));
          const read = ({ page, limit: at }: PageAt) => {
            // As much as amoCRM manages at this moment; it always manages one.
            if (at > Math.max(1, manageable.shift() ?? 250)) return Promise.reject(tooMuch());
            const end = page * at;
            return Promise.resolve({
              items: all.slice(end - at, end),
              count: Math.max(0, Math.min(at, length - end + at)),
              total: length,
              next: end < length,
            });
          };
          expect(await readWholeList('/x', limit, read)).toEqual(all);
        },
      ),
      { numRuns: 1_000 },
    );
  });
});

describe('a list whose pages do not end', () => {
  test.each([
    ['the same page again and again', () => 7],
    ['empty pages', () => undefined],
    ['ever new items', (page: number) => page],
  ])('is an error: %s', async (_, idOf) => {
    let page = 0;
    const server = await ownServer((_request, response) => {
      const id = idOf(++page);
      const users = id === undefined ? [] : Array.from({ length: 250 }, (__, n) => ({ id: id * 250 + n, name: 'x' }));
      response
        .writeHead(200, { 'content-type': 'application/hal+json' })
        .end(JSON.stringify({ _links: { next: { href: 'x' } }, _embedded: { users } }));
    });
    await expect(readUsers(readerOf(server.url), { groups: new Map() })).rejects.toMatchObject({
      code: 'amocrm_bad_answer',
      values: { what: '/users (its pages do not end)' },
    });
    server.close();
  });
});

describe('the listing', () => {
  let account: TestAccount;
  beforeAll(async () => void (account = await openAccount({ calls: 400 })));
  afterEach(() => account.amocrm.faults.set([]));
  afterAll(() => account.close());

  async function notesOf(onPage: () => void): Promise<Set<number>> {
    const http = readerOf(account.amocrm.url, { accessToken: () => Promise.resolve(account.token) });
    const ids = new Set<number>();
    let cursor: NotesCursor | undefined = firstCursor('contacts', new Date((NOW - 40 * 86_400) * 1000));
    while (cursor) {
      onPage();
      const page = await readNotesPage(http, cursor);
      for (const { noteId } of page.notes) ids.add(noteId);
      cursor = nextCursor(cursor, page);
    }
    return ids;
  }

  test('finds the same notes when amoCRM manages only small pages, and grows back to whole ones', async () => {
    const whole = await notesOf(() => undefined);
    const limits: number[] = [];
    const stop = account.amocrm.onAnswer(({ search, outcome }) => {
      if (outcome === '200') limits.push(Number(new URLSearchParams(search).get('limit')));
    });
    account.amocrm.faults.set([{ match: 'notes', times: 5, answer: { status: 504 } }]);
    expect(await notesOf(() => undefined)).toEqual(whole);
    stop();
    expect(limits[0]).toBe(7);
    expect(limits.slice(0, 7)).toEqual([7, 14, 28, 56, 112, 224, 250].slice(0, limits.length));
    expect(whole.size).toBeGreaterThan(250);
  });
});
