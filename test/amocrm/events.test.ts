import { describe, expect, test } from '@jest/globals';
import {
  type EventsCursor,
  type EventsPage,
  firstEvents,
  nextEvents,
  readEventsPage,
} from '../../amocrm/listing/events.ts';
import { FIRST_WALK } from '../../amocrm/listing/page-walk.ts';
import { ownServer, readerOf } from './account-reader.ts';

const LIMIT = 10;
const TO = 1_000_000;

/** Ten events that happened at these moments, the rest of them at the last. */
function pageOf(moments: (number | null)[], start: number, last = false): EventsPage {
  const all = Array.from({ length: LIMIT }, (_, n) => moments[Math.min(n, moments.length - 1)] ?? null);
  const items = all.map((created_at, n) => ({ id: `${start + n}`, created_at }));
  return { items, moments: all, start, last, print: `${start}`, events: [], unreadable: [] };
}

/** Where so many pages lead, the nth of which holds events of these moments. */
function walkedOver(pages: number, moments: (nth: number) => (number | null)[]): EventsCursor | undefined {
  let at: EventsCursor | undefined = firstEvents(new Date(0), new Date(TO * 1000), FIRST_WALK);
  for (let nth = 0; nth < pages; nth++) at = at && nextEvents(at, pageOf(moments(nth), nth * LIMIT), LIMIT);
  return at;
}

describe('a long walk over events', () => {
  const newestFirst = (nth: number) => [TO - nth * 100, TO - nth * 100 - 99];

  test('begins anew by time where it stands, while they come newest first', () => {
    expect(walkedOver(19, newestFirst)).toMatchObject({ to: TO, walk: { offset: 190, pages: 19 } });
    // In the second of the last one there may be more, and `to` may exclude its own second.
    expect(walkedOver(20, newestFirst)).toMatchObject({
      from: 0,
      to: TO - 1_999 + 1,
      walk: { offset: 0, pages: 20 },
      passed: 200,
    });
  });

  test.each([
    ['come oldest first', (nth: number) => [nth * 100, nth * 100 + 99]],
    ['are out of order once', (nth: number) => (nth === 3 ? [5, 6] : newestFirst(nth))],
    ['leap back between two pages', (nth: number) => newestFirst(nth === 3 ? 1 : nth)],
    ['do not say when they happened', () => [null]],
    ['are all of one second', () => [TO - 1]],
  ])('goes on by numbers where they %s', (_, moments) => {
    expect(walkedOver(25, moments)).toMatchObject({ to: TO, walk: { offset: 250 } });
  });

  test('ends with its last page, however long', () => {
    const at = walkedOver(19, newestFirst);
    expect(at && nextEvents(at, pageOf([1], 190, true), LIMIT)).toBeUndefined();
  });
});

test('when an event happened is read as loosely as the rest of it', async () => {
  const events = [{ created_at: '1700000000' }, { created_at: 1_600_000_000 }, { created_at: 'вчера' }, {}, null];
  const server = await ownServer((_, response) => {
    response.setHeader('content-type', 'application/hal+json').end(JSON.stringify({ _embedded: { events } }));
  });
  try {
    const page = await readEventsPage(readerOf(server.url), firstEvents(new Date(0), new Date(), FIRST_WALK));
    expect(page.moments).toEqual([1_700_000_000, 1_600_000_000, null, null, null]);
  } finally {
    server.close();
  }
});
