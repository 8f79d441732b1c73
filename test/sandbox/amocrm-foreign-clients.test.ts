import { request as httpRequest } from 'node:http';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { IDENTITY } from '../../sandbox/identity.ts';
import { NOW, openAccount, type TestAccount } from './amocrm-sandbox.ts';

// What programs that others wrote send to amoCRM, and what they need of its answers.

let account: TestAccount;

beforeAll(async () => {
  account = await openAccount({ calls: 4000, customers: true, unsorted: 5 });
});

afterEach(() => account.amocrm.control('PUT', '/switches', { editsPerNotesPage: 0 }));

afterAll(async () => {
  await account.close();
});

/** A filter of two values as five programs write it. */
function spellings(name: string, [first, second]: [string | number, string | number]): Record<string, string> {
  return {
    brackets: `filter[${name}][]=${first}&filter[${name}][]=${second}`,
    'numbered brackets': `filter[${name}][0]=${first}&filter[${name}][1]=${second}`,
    'a comma': `filter[${name}]=${first},${second}`,
    'encoded brackets': `filter%5B${name}%5D%5B%5D=${first}&filter%5B${name}%5D%5B%5D=${second}`,
    'encoded numbers and comma': `filter%5B${name}%5D%5B0%5D=${first}%2C${second}`,
    'a number, then none': `filter[${name}][1]=${first}&filter[${name}][]=${second}`,
  };
}

function twoOf(ids: Iterable<number>): [number, number] {
  const [first = 0, second = 0] = ids;
  return [first, second];
}

describe('a filter in any spelling', () => {
  const noteIds = () => twoOf(account.world.calls.flatMap((call) => call.noteIds).filter((id) => account.world.notes.get(id)?.entityType === 'contacts')); // prettier-ignore
  const cards = () => twoOf(account.world.entities.leads.keys());
  const contacts = () => twoOf(account.world.entities.contacts.keys());
  const lists: [string, string, () => [string | number, string | number]][] = [
    ['/contacts/notes', 'id', noteIds],
    ['/contacts/notes', 'entity_id', contacts],
    ['/contacts/notes', 'note_type', () => ['call_in', 'call_out']],
    ['/events', 'type', () => ['incoming_call', 'outgoing_call']],
    ['/events', 'entity_id', contacts],
    ['/leads', 'id', cards],
    ['/leads/tags', 'id', () => [2707, 2709]],
    ['/leads/custom_fields', 'type', () => ['text', 'select']],
    ['/leads/unsorted', 'category', () => ['sip', 'forms']],
  ];

  test.each(lists)('%s by %s gives the same list', async (path, name, values) => {
    const [first, ...others] = Object.values(spellings(name, values()));
    const asked = async (filter = '') => {
      const { items } = (await account.get(`${path}?limit=100&${filter}`)).list();
      return items.map((item) => item['id'] ?? item['uid']);
    };
    const expected = await asked(first);
    expect(expected.length).toBeGreaterThanOrEqual(2);
    for (const other of others) expect(await asked(other)).toEqual(expected);
    const [, last] = values();
    const one = await asked(`filter[${name}]=${last}`);
    expect(await asked(`filter[${name}]=${values()[0]}&filter[${name}]=${last}`)).toEqual(one);
  });

  test('links of many cards', async () => {
    const lead = [...account.world.entities.leads.values()].find((one) => one.companyId !== null);
    const total = z.object({ _total_items: z.number() });
    const totals = Object.values(spellings('entity_id', [lead?.id ?? 0, 1])).map(async (filter) => {
      return total.parse((await account.get(`/leads/links?${filter}`)).json())._total_items;
    });
    expect(new Set(await Promise.all(totals)).size).toBe(1);
  });

  test('a time as since, as a range, and in the old form with a comma', async () => {
    const from = NOW - 3 * 86_400;
    const to = NOW - 86_400;
    const asked = async (filter: string) => (await account.get(`/events?limit=100&${filter}`)).list().items.map((event) => event['id']); // prettier-ignore
    const range = await asked(`filter[created_at][from]=${from}&filter[created_at][to]=${to}`);
    expect(range.length).toBeGreaterThan(10);
    expect(await asked(`filter[created_at]=${from},${to}`)).toEqual(range);
    expect(await asked(`filter%5Bcreated_at%5D%5Bto%5D=${to}&filter%5Bcreated_at%5D%5Bfrom%5D=${from}`)).toEqual(range);
    expect(await asked(`filter[created_at]=${from}`)).not.toEqual(range);
  });
});

describe('single things', () => {
  test('a note by its kind of card and by its card', async () => {
    const note = account.world.notes.get(account.world.calls[0]?.noteIds[0] ?? 0);
    const short = await account.get(`/${note?.entityType}/notes/${note?.id}`);
    const long = await account.get(`/${note?.entityType}/${note?.entityId}/notes/${note?.id}`);
    expect([short.status, long.status]).toEqual([200, 200]);
    expect(short.json()).toEqual(long.json());
  });

  test('a contact by its number in any form, without the paid option too', async () => {
    const contact = [...account.world.entities.contacts.values()][3];
    await account.amocrm.control('PUT', '/switches', { apiFilter: false });
    for (const prefix of ['+7', '8', '7']) {
      const found = await account.get(`/contacts?query=${encodeURIComponent(`${prefix}${contact?.phone}`)}`);
      expect(found.list().ids).toEqual([contact?.id]);
    }
    await account.amocrm.control('PUT', '/switches', { apiFilter: true });
    expect((await account.get('/contacts?query=9999999999')).status).toBe(204);
  });
});

describe('what answers must carry', () => {
  test('the limit really used in self, and next until the end', async () => {
    const page = (await account.get('/contacts/notes?limit=1000')).list();
    expect(page.self.searchParams.get('limit')).toBe('50');
    let next = page.next;
    let count = page.ids.length;
    while (next !== undefined) {
      const following = (await account.get(next)).list();
      count += following.ids.length;
      next = following.next;
    }
    expect(count).toBe(account.world.notes.page({ entityType: 'contacts', by: 'id', descending: false, offset: 0, limit: 99_999 }).notes.length); // prettier-ignore
  });

  test.each(['/leads/custom_fields?limit=7', '/users?limit=3'])('%s tells how many pages there are', async (path) => {
    const counted = z.object({ _page_count: z.number(), _total_items: z.number() });
    const { _page_count, _total_items } = counted.parse((await account.get(path)).json());
    const seen: unknown[] = [];
    for (let page = 1; page <= _page_count; page += 1) {
      seen.push(...(await account.get(`${path}&page=${page}`)).list().ids);
    }
    expect(new Set(seen).size).toBe(_total_items);
    expect((await account.get(`${path}&page=${_page_count + 1}`)).status).toBe(204);
  });

  test.each([
    ['an unknown path', '/nowhere', 404],
    ['a missing filter', '/leads/links', 400],
  ])('%s is exactly application/problem+json, with an id to tell the support', async (_name, path, status) => {
    const reply = await account.get(path);
    expect([reply.status, reply.headers.get('content-type')]).toEqual([status, 'application/problem+json']);
    expect(reply.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
    expect(reply.json()).toMatchObject({ status, title: expect.any(String), type: expect.any(String) });
  });
});

describe('token requests', () => {
  const { clientId, clientSecret, redirectUri } = IDENTITY;
  const whole = () => ({
    client_id: clientId,
    client_secret: clientSecret,
    redirect_uri: redirectUri,
    grant_type: 'authorization_code',
    code: account.amocrm.account.tokens.issueCode(),
  });

  test.each<[string, () => Promise<number>]>([
    ['JSON', () => sent(JSON.stringify(whole()), { 'Content-Type': 'application/json' })],
    ['JSON in chunks without a length', () => sent(JSON.stringify(whole()), { 'Content-Type': 'application/json' }, 9)],
    ['a form', () => sent(new URLSearchParams(whole()).toString(), FORM)],
    [
      'a form with HTTP Basic',
      () => {
        const { client_id, client_secret, ...rest } = whole();
        const basic = Buffer.from(`${client_id}:${client_secret}`).toString('base64');
        return sent(new URLSearchParams(rest).toString(), { ...FORM, Authorization: `Basic ${basic}` });
      },
    ],
    ['JSON at another host, such as www', () => sent(JSON.stringify(whole()), { Host: 'www.amocrm.ru' })],
  ])('%s', async (_name, send) => {
    expect(await send()).toBe(200);
  });

  const FORM = { 'Content-Type': 'application/x-www-form-urlencoded' };

  /** In pieces of `chunk` bytes: Node then leaves Content-Length out. */
  function sent(body: string, headers: Record<string, string>, chunk?: number): Promise<number> {
    return new Promise((resolve, reject) => {
      const length = chunk === undefined ? { 'Content-Length': Buffer.byteLength(body) } : {};
      const request = httpRequest(`${account.amocrm.url}/oauth2/access_token`, { method: 'POST', headers: { ...headers, ...length } }); // prettier-ignore
      request.on('error', reject).on('response', (response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      });
      if (chunk !== undefined) for (let at = 0; at < body.length; at += chunk) request.write(body.slice(at, at + chunk)); // prettier-ignore
      request.end(chunk === undefined ? body : undefined);
    });
  }

  test('the access token tells when it ends', async () => {
    const [, payload = ''] = account.token.split('.');
    const { exp, iat } = z.object({ exp: z.number(), iat: z.number() }).parse(JSON.parse(Buffer.from(payload, 'base64url').toString())); // prettier-ignore
    expect(exp).toBeGreaterThan(iat);
    expect((await account.get('/account')).status).toBe(200);
  });
});

describe('paging by number while colleagues edit twenty read notes after each page', () => {
  const CALLS = 'filter[note_type][]=call_in&filter[note_type][]=call_out&limit=250';

  async function lost(order: string): Promise<number> {
    await account.amocrm.control('PUT', '/switches', { editsPerNotesPage: 0 });
    const all = await walk(`/contacts/notes?${CALLS}`);
    await account.amocrm.control('PUT', '/switches', { editsPerNotesPage: 20 });
    account.clock.advance(60);
    const seen = await walk(`/contacts/notes?${CALLS}&${order}`);
    return [...all].filter((id) => !seen.has(id)).length;
  }

  async function walk(first: string): Promise<Set<number>> {
    const seen = new Set<number>();
    let next: string | undefined = first;
    while (next !== undefined) {
      const reply = await account.get(next);
      if (reply.status === 204) break;
      const page = reply.list();
      for (const id of page.ids) seen.add(id);
      next = page.next;
    }
    return seen;
  }

  test('loses calls in the order of updated_at, more than 5 % of them', async () => {
    expect(await lost('order[updated_at]=asc')).toBeGreaterThan(0.05 * account.world.calls.length);
  });

  test('loses calls under an upper bound', async () => {
    expect(await lost(`filter[updated_at][to]=${account.world.now()}`)).toBeGreaterThan(0);
  });

  test('loses none in the order of ids', async () => {
    expect(await lost('order[id]=asc')).toBe(0);
  });
});
