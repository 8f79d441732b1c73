import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { listPage } from '../../amocrm/listing/list-page.ts';
import { readEntitiesByFilter } from '../../amocrm/cards/read-entities.ts';
import { readUsers } from '../../amocrm/account/users.ts';
import { ownServer, readerOf } from './account-reader.ts';

const page = (answer: unknown) => listPage('users', z.array(z.unknown())).safeParse(answer);

describe('a page of a list', () => {
  test.each<[string, unknown, number, number | null]>([
    ['as documented', { _total_items: 8, _embedded: { users: [{ id: 1 }] } }, 1, 8],
    ['with nothing in it', { _embedded: { users: [] } }, 0, null],
    ['empty as PHP writes it', { _embedded: [] }, 0, null],
    ['with gaps as PHP writes it', { _embedded: { users: { 0: { id: 1 }, 2: { id: 2 } } } }, 2, null],
  ])('is read %s', (_, answer, count, total) => {
    expect(page(answer).data).toMatchObject({ count, total, next: false });
  });

  test.each<[string, unknown]>([
    ['under another key', { _embedded: { items: [{ id: 1 }] } }],
    ['missing', { _embedded: {} }],
    ['null', { _embedded: { users: null } }],
    ['a text', { _embedded: { users: 'none' } }],
    ['one item', { _embedded: { users: { id: 1, name: 'x' } } }],
    ['without its envelope', [{ id: 1 }]],
    ['empty', {}],
  ])('is of an unknown form when the list is %s', (_, answer) => {
    expect(page(answer).success).toBe(false);
  });
});

/** Reads from a server that answers page after page with these. */
async function reading<T>(pages: unknown[], read: (http: ReturnType<typeof readerOf>) => Promise<T>): Promise<T> {
  const server = await ownServer((request, response) => {
    const at = Number(new URL(request.url ?? '', 'http://x').searchParams.get('page') ?? '1');
    const body = pages[at - 1];
    response
      .writeHead(body === undefined ? 204 : 200, { 'content-type': 'application/json' })
      .end(body === undefined ? undefined : JSON.stringify(body));
  });
  try {
    return await read(readerOf(server.url));
  } finally {
    server.close();
  }
}
const users = (ids: number[], total: number) => ({
  _total_items: total,
  _embedded: { users: ids.map((id) => ({ id })) },
});
const idsOf = (pages: unknown[]) =>
  reading(pages, (http) => readUsers(http, { groups: new Map() })).then((read) => read.map(({ id }) => id));

describe('users', () => {
  test('are read to the number that the list says it has, though no page names the next one', async () => {
    expect(await idsOf([users([1, 2], 4), users([3, 4], 4)])).toEqual([1, 2, 3, 4]);
  });

  test('that are fewer than the list says are an answer of an unknown form, which tells how many came', async () => {
    await expect(idsOf([users([1, 2], 8)])).rejects.toMatchObject({
      code: 'amocrm_bad_answer',
      values: { what: '/users (2 of 8 items)' },
    });
  });

  test('of whom one cannot be read are as many as the list says', async () => {
    const [odd, even] = [{ id: 'x' }, { id: 2 }];
    expect(await idsOf([{ _total_items: 2, _embedded: { users: [odd, even] } }])).toEqual([2]);
  });
});

test.each([{ items: [{ id: 7 }] }, {}])('cards that come as %j are not taken for deleted', async (_embedded) => {
  const read = reading([{ _page: 1, _embedded }], (http) => readEntitiesByFilter(http, 'contact', [7]));
  await expect(read).rejects.toMatchObject({
    code: 'amocrm_bad_answer',
    kind: 'retryable',
    values: { what: '/contacts (_embedded.contacts)' },
  });
});
