import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { NOW, openAccount, type TestAccount } from './amocrm-sandbox.ts';

let account: TestAccount;

beforeAll(async () => {
  account = await openAccount({ calls: 1200 });
});

afterAll(async () => {
  await account.close();
});

function contactNotes() {
  const notes = account.world.calls.flatMap((call) => call.noteIds.flatMap((id) => account.world.notes.get(id) ?? []));
  return notes.filter((note) => note.entityType === 'contacts');
}

describe('a filter means the same in every spelling', () => {
  const spellings = {
    brackets: 'filter[note_type][]=call_in&filter[note_type][]=call_out',
    'numbered brackets': 'filter[note_type][0]=call_in&filter[note_type][1]=call_out',
    commas: 'filter[note_type]=call_in,call_out',
    'encoded brackets': 'filter%5Bnote_type%5D%5B%5D=call_in&filter%5Bnote_type%5D%5B%5D=call_out',
    'numbered and encoded': 'filter%5Bnote_type%5D%5B0%5D=call_in&filter%5Bnote_type%5D%5B1%5D=call_out',
  };

  test.each(Object.entries(spellings))('%s', async (_name, filter) => {
    const { items } = (await account.get(`/contacts/notes?limit=250&${filter}`)).list();
    expect(items).toHaveLength(250);
    expect(new Set(items.map((note) => note['note_type']))).toEqual(new Set(['call_in', 'call_out']));
  });

  test('of a repeated scalar the last value counts, as in PHP', async () => {
    const [first, second] = contactNotes();
    const { ids } = (await account.get(`/contacts/notes?filter[id]=${first?.id}&filter[id]=${second?.id}`)).list();
    expect(ids).toEqual([second?.id]);
  });

  test('one type alone', async () => {
    const { items } = (await account.get('/contacts/notes?filter[note_type]=call_out')).list();
    expect(new Set(items.map((note) => note['note_type']))).toEqual(new Set(['call_out']));
  });

  test('ids, entity ids and both ends of updated_at', async () => {
    const [note] = contactNotes();
    const own = (await account.get(`/contacts/notes?filter[entity_id][]=${note?.entityId}&limit=250`)).list();
    expect(new Set(own.items.map((item) => item['entity_id']))).toEqual(new Set([note?.entityId]));

    const range = `filter[updated_at][from]=${NOW - 5 * 86_400}&filter[updated_at][to]=${NOW - 4 * 86_400}`;
    const dated = (await account.get(`/contacts/notes?${range}&limit=250`)).list().items;
    expect(dated.length).toBeGreaterThan(0);
    for (const item of dated) {
      expect(item['updated_at']).toBeGreaterThanOrEqual(NOW - 5 * 86_400);
      expect(item['updated_at']).toBeLessThanOrEqual(NOW - 4 * 86_400);
    }
  });

  test('a bare updated_at means since', async () => {
    const since = NOW - 2 * 86_400;
    const expected = [...contactNotes()].filter((note) => note.updatedAt >= since).map((note) => note.id);
    const path = `/contacts/notes?filter[updated_at]=${since}&filter[note_type]=call_in,call_out&limit=250`;
    expect((await account.get(path)).list().ids).toEqual(expected.sort((a, b) => a - b));
  });

  test('unknown filters are ignored, created_at among them', async () => {
    const plain = (await account.get('/contacts/notes?limit=250')).list().ids;
    const filtered = await account.get(`/contacts/notes?limit=250&filter[created_at][from]=${NOW}&filter[x]=1`);
    expect(filtered.list().ids).toEqual(plain);
  });
});

describe('order and pages', () => {
  test('updated_at ascending, ties by id, with and without the second key', async () => {
    for (const order of ['order[updated_at]=asc', 'order[updated_at]=asc&order[id]=asc']) {
      const { items } = (await account.get(`/contacts/notes?limit=250&${order}`)).list();
      const keys = items.map((item) => [Number(item['updated_at']), Number(item['id'])] as const);
      expect(keys).toEqual([...keys].sort(([a, i], [b, j]) => a - b || i - j));
    }
  });

  test('descending is the same backwards', async () => {
    const down = (await account.get('/leads/notes?limit=250&order[updated_at]=desc')).list().ids;
    const up = (await account.get('/leads/notes?limit=250&order[updated_at]=asc')).list().ids;
    expect(down).toEqual([...up].reverse());
  });

  test('following next reads every note once and then stops', async () => {
    const seen: number[] = [];
    let next: string | undefined = '/contacts/notes?limit=100&filter[note_type][]=call_in&filter[note_type][]=call_out';
    while (next !== undefined) {
      const page = (await account.get(next)).list();
      seen.push(...page.ids);
      next = page.next;
    }
    expect(seen).toEqual(contactNotes().map((note) => note.id).sort((a, b) => a - b)); // prettier-ignore
  });

  test('a limit above the maximum silently becomes 50, and the link says so', async () => {
    const notes = (await account.get('/contacts/notes?limit=500')).list();
    expect(notes.ids).toHaveLength(50);
    expect(notes.self.searchParams.get('limit')).toBe('50');
    const events = (await account.get('/events?limit=250')).list();
    expect(events.ids).toHaveLength(50);
  });

  test('a query that is too long is refused by the nginx in front', async () => {
    const ids = (count: number) => Array.from({ length: count }, (_, at) => `filter[id][]=${42_743_871 + at * 2}`).join('&'); // prettier-ignore
    expect((await account.get(`/contacts/notes?limit=250&${ids(200)}`)).status).toBe(200);
    const refused = await account.get(`/contacts/notes?limit=250&${ids(500)}`);
    expect([refused.status, refused.headers.get('content-type')]).toEqual([414, 'text/html']);
  });

  test('links keep the filters', async () => {
    const { self, next } = (await account.get('/contacts/notes?filter[note_type][0]=call_in&limit=5&page=2')).list();
    expect(self.searchParams.get('filter[note_type][0]')).toBe('call_in');
    expect(self.searchParams.get('page')).toBe('2');
    expect(new URL(next ?? '').searchParams.get('page')).toBe('3');
  });

  test('an empty list and a page behind the last are 204 without a body', async () => {
    for (const path of ['/contacts/notes?filter[id]=1', '/contacts/notes?page=1000']) {
      const reply = await account.get(path);
      expect([reply.status, reply.text]).toEqual([204, '']);
    }
  });
});

describe('single notes', () => {
  test('come by both paths, and by their own entity only', async () => {
    const [note] = contactNotes();
    const byType = await account.get(`/contacts/notes/${note?.id}`);
    const byEntity = await account.get(`/contacts/${note?.entityId}/notes/${note?.id}`);
    expect(byType.json()).toEqual(byEntity.json());
    expect(byType.json()).toMatchObject({ id: note?.id, entity_id: note?.entityId, account_id: 31415926 });
    expect((await account.get(`/leads/notes/${note?.id}`)).status).toBe(204);
    expect((await account.get(`/contacts/1/notes/${note?.id}`)).status).toBe(204);
  });
});

describe('the world changes while it is read', () => {
  test('an edited note moves to the end of updated_at order', async () => {
    const [note] = contactNotes();
    account.world.patchNote(note?.id ?? 0, { params: { call_result: 'перезвонить' }, updatedAt: NOW });
    const last = (await account.get('/contacts/notes?limit=1&order[updated_at]=desc')).list();
    expect(last.items[0]).toMatchObject({ id: note?.id, params: { call_result: 'перезвонить' } });
  });

  test('an inserted note is a new call and has an event; a deleted one leaves only the event', async () => {
    const { id } = account.world.insertNote({
      noteType: 'call_in',
      params: { uniq: 'inserted-1', duration: 30, phone: '+79990000000' },
      recording: { format: 'mp3', talkSeconds: 30 },
    });
    expect((await account.get(`/contacts/notes/${id}`)).json()).toMatchObject({
      params: { link: expect.stringContaining('.mp3') },
    });
    expect(account.world.callOfNote(id)).toMatchObject({ uniq: 'inserted-1', hasLink: true, noteIds: [id] });

    account.world.deleteNote(id);
    expect((await account.get(`/contacts/notes/${id}`)).status).toBe(204);
    expect(account.world.calls.some((call) => call.uniq === 'inserted-1')).toBe(false);
    const [event] = (await account.get('/events?filter[type]=incoming_call&limit=1')).list().items;
    expect(event).toMatchObject({ value_after: [{ note: { id } }], entity_type: 'contact' });
  });

  test('paging by number loses notes that are edited meanwhile', async () => {
    const seen = new Set<number>();
    let edited = 0;
    const stop = account.amocrm.onAnswer(() => {
      for (const id of [...seen].slice(edited, edited + 5)) account.world.patchNote(id, { updatedAt: NOW });
      edited += seen.size === 0 ? 0 : 5;
    });
    const all = contactNotes().map((note) => note.id);
    const filter = `filter[note_type]=call_in,call_out&filter[updated_at][to]=${NOW - 1}`;
    let next: string | undefined = `/contacts/notes?limit=50&order[updated_at]=asc&${filter}`;
    while (next !== undefined) {
      const page = (await account.get(next)).list();
      for (const id of page.ids) seen.add(id);
      next = page.next;
    }
    stop();
    expect(seen.size).toBeLessThan(all.length - 50);
  });

  test('a link that is due arrives with the clock and moves updated_at', async () => {
    const call = account.world.calls.find((one) => one.linkDueAt !== null);
    const [noteId = 0] = call?.noteIds ?? [];
    const due = call?.linkDueAt ?? 0;
    const { entityType } = account.world.notes.get(noteId) ?? { entityType: 'contacts' };
    const before = await account.get(`/${entityType}/notes/${noteId}`);
    expect(before.text).not.toContain('telephony.test');
    account.clock.set((due + 1) * 1000);
    const after = await account.get(`/${entityType}/notes/${noteId}`);
    expect(after.text).toContain('telephony.test');
    expect(after.json()).toMatchObject({ updated_at: due });
    expect(call?.hasLink).toBe(true);
  });
});
