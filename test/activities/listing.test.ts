import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { resolveOperator } from '../../amocrm/calls/operator.ts';
import type { NoteToInsert, World } from '../../sandbox/world/world.ts';
import { NOW } from '../sandbox/amocrm-sandbox.ts';
import { reportOf } from '../support/ledger.ts';
import { createListingStage, type Listing, type ListingStage } from './listing-stage.ts';
import { accepted, unsortedCall, type UnsortedCallGiven } from './unsorted-lead.ts';

const HOUR = 3_600;
const PERIOD = { from: NOW - 48 * HOUR, until: NOW + HOUR };

let stage: ListingStage;
let world: World;
beforeAll(async () => {
  stage = await createListingStage();
  ({ world } = stage.amocrm);
});
afterAll(() => stage.close());
beforeEach(() => {
  stage.amocrm.clock.set(NOW * 1000);
  stage.attempt = 1;
  world.reseed({ calls: 0 });
  stage.amocrm.amocrm.faults.set([]);
  stage.amocrm.amocrm.requests.reset();
  stage.amocrm.amocrm.account.switches = { ...stage.amocrm.amocrm.account.switches, eventDelaySeconds: 0 };
});

const ago = (hours: number) => NOW - Math.round(hours * HOUR);
const call = (uniq: string, params: object = {}, more: Partial<NoteToInsert> = {}) =>
  world.insertNote({
    noteType: 'call_in',
    createdAt: ago(5),
    updatedAt: ago(5),
    params: { uniq, source: 'pbx', duration: 60, link: `https://pbx.example/${uniq || 'none'}.mp3`, ...params },
    ...more,
  }).id;

async function listed(settings: unknown = {}, of: Partial<{ accountId: number }> = {}): Promise<Listing> {
  const listing = await stage.open(PERIOD, { settings, ...of });
  await stage.list(listing);
  await stage.closePlan(listing);
  return listing;
}
const rows = async ({ exportId }: Listing) => reportOf(stage.ledger, exportId);
const progress = ({ exportId }: Listing) => stage.ledger.progress.read(exportId);
const states = async (listing: Listing) =>
  Object.fromEntries((await rows(listing)).map((row) => [row.note_id, row.reason ?? row.state]));

describe('the events', () => {
  /** A note that the listing does not see: it came in while that went on, dated back to before where it was. */
  function behindTheListing(uniq: string, hours = 5, postedAt = NOW - 60): number {
    return call(uniq, {}, { createdAt: ago(hours), updatedAt: ago(200), postedAt });
  }

  test('tell of calls that the listing missed; they are found, once, counted and said', async () => {
    const seen = call('seen');
    const copy = behindTheListing('seen');
    const missed = [behindTheListing('missed-1'), behindTheListing('missed-2')];
    const listing = await listed();
    expect((await rows(listing)).map(({ note_id }) => note_id).sort()).toEqual([seen, ...missed]);
    expect(copy).not.toBe(seen);
    const { listing: said } = await progress(listing);
    expect(said).toMatchObject({ source: 'events', crossCheck: { state: 'done', events: 4, found: 2, deleted: 0 } });
  });

  test('tell deleted notes from missed ones', async () => {
    const kept = call('kept');
    world.deleteNote(call('deleted'));
    const listing = await listed();
    expect(await states(listing)).toEqual({ [kept]: 'planned' });
    expect((await progress(listing)).listing.crossCheck).toMatchObject({
      state: 'done',
      events: 2,
      found: 0,
      deleted: 1,
    });
  });

  test('do not bring calls of another time, though their notes came in the period', async () => {
    behindTheListing('older', 300);
    const listing = await listed();
    expect(await rows(listing)).toEqual([]);
    expect((await progress(listing)).listing.crossCheck).toMatchObject({ events: 1, found: 0, deleted: 0 });
  });

  test('cost nothing more where the listing met them all', async () => {
    for (let n = 0; n < 30; n++) call(`c${n}`);
    await listed();
    const { byRoute } = stage.amocrm.amocrm.requests;
    expect(Object.keys(byRoute).filter((route) => route.includes('events'))).toHaveLength(1);
    expect(stage.amocrm.amocrm.requests.total).toBe(5);
  });

  test.each([403, 422])(
    'that amoCRM does not give (%d) cost the export nothing but the check, and it says so',
    async (status) => {
      const seen = call('seen');
      stage.amocrm.amocrm.faults.set([{ match: '/events', answer: { status } }]);
      const listing = await listed();
      expect(await states(listing)).toEqual({ [seen]: 'planned' });
      expect((await progress(listing)).listing.crossCheck).toMatchObject({ state: 'refused', found: 0 });
    },
  );

  test.each([
    ['a list without an end', { endlessNext: true as const }],
    ['no JSON', { badJson: true as const }],
    ['a page where JSON was due', { status: 200, html: true }],
    ['a single event of megabytes', { endless: true as const }],
  ])('that are %s end the check, but not before they are for a quarter of an hour', async (_, answer) => {
    const seen = call('seen');
    stage.amocrm.amocrm.faults.set([{ match: '/events', answer }]);
    await expect(listed()).rejects.toMatchObject({
      code: expect.stringMatching(/^amocrm_(bad_answer|answer_too_large)$/),
    });
    stage.attempt = 19;
    await expect(listed()).rejects.toThrow();
    stage.attempt = 20;
    const listing = await listed();
    expect(await states(listing)).toEqual({ [seen]: 'planned' });
    expect((await progress(listing)).listing.crossCheck).toMatchObject({ state: 'refused', found: 0 });
  });

  test.each([
    ['never gets together in time, not even one by one', 504],
    ['is broken for, and for nothing else', 500],
  ])('that amoCRM %s end the check after a while', async (_, status) => {
    const seen = call('seen');
    stage.amocrm.amocrm.faults.set([{ match: '/events', answer: { status } }]);
    stage.attempt = 19;
    await expect(listed()).rejects.toMatchObject({ code: 'amocrm_unavailable' });
    stage.attempt = 20;
    const listing = await listed();
    expect(await states(listing)).toEqual({ [seen]: 'planned' });
    expect((await progress(listing)).listing.crossCheck).toMatchObject({ state: 'refused' });
  });

  test('of a server that is away are waited for, however often it is asked in vain', async () => {
    stage.attempt = 50;
    const away = ['/events', '/account'].map((match) => ({ match, answer: { status: 500 } }));
    stage.amocrm.amocrm.faults.set(away);
    await expect(listed()).rejects.toMatchObject({ code: 'amocrm_unavailable' });
  });

  test('are all read where there are very many, and no page of them is far from its first', async () => {
    const missed = Array.from({ length: 150 }, (_, n) => behindTheListing(`m${n}`, 5, NOW - 60 - n));
    const pages = new Set<number>();
    const unsubscribe = stage.amocrm.amocrm.onAnswer(({ path, search }) => {
      if (path.endsWith('/events')) pages.add(Number(new URLSearchParams(search).get('page') ?? 1));
    });
    const listing = await stage.open(PERIOD);
    await stage.list(listing, { notes: 250, events: 3 }).finally(unsubscribe);
    await stage.closePlan(listing);
    expect(Object.keys(await states(listing)).map(Number)).toEqual(expect.arrayContaining(missed));
    expect(Math.max(...pages)).toBe(20);
    expect((await progress(listing)).listing.crossCheck).toMatchObject({ state: 'done', found: 150, deleted: 0 });
  });

  test('are asked for to a moment fixed at the beginning, and shift without a loss', async () => {
    const missed = Array.from({ length: 12 }, (_, n) => behindTheListing(`m${n}`));
    const unsubscribe = stage.amocrm.amocrm.onAnswer(({ path }) => {
      if (path.endsWith('/events')) behindTheListing(`late-${Math.random()}`);
    });
    const listing = await stage.open(PERIOD);
    await stage.list(listing, { notes: 250, events: 3 }).finally(unsubscribe);
    await stage.closePlan(listing);
    expect(Object.keys(await states(listing)).map(Number)).toEqual(expect.arrayContaining(missed));
  });

  test('that happen while they are read are none of them, and do not keep the reading where it is', async () => {
    const missed = Array.from({ length: 6 }, (_, n) => behindTheListing(`m${n}`));
    const unsubscribe = stage.amocrm.amocrm.onAnswer(({ path }) => {
      if (!path.endsWith('/events')) return;
      // As many as a page holds.
      stage.amocrm.clock.advance(1);
      for (const n of [1, 2]) behindTheListing(`late-${n}-${world.now()}`, 5, world.now());
    });
    const listing = await stage.open(PERIOD);
    await stage.list(listing, { notes: 250, events: 2 }).finally(unsubscribe);
    await stage.closePlan(listing);
    expect(Object.keys(await states(listing)).map(Number)).toEqual(missed);
    expect((await progress(listing)).listing.crossCheck).toMatchObject({ state: 'done', events: 6, found: 6 });
  });
});

describe('notes that cannot be read', () => {
  test('are named and keep no other from being read; with an id they are failed calls', async () => {
    const good = call('good');
    const noTime = call('no-time');
    Object.assign(world.notes.get(noTime) ?? {}, { createdAt: 'вчера' });
    const noId = call('no-id');
    Object.assign(world.notes.get(noId) ?? {}, { id: null });
    const listing = await listed();
    expect(await states(listing)).toEqual({ [good]: 'planned', [noTime]: 'note_unreadable' });
    const { unreadable } = (await progress(listing)).listing;
    expect(unreadable).toEqual({
      notes: 1,
      named: [expect.stringMatching(/^contact \d+, note \? \([0-9a-f]{16}\): id$/)],
    });
  });

  test('megabytes of text and characters that Postgres refuses lose no call', async () => {
    const ids = [
      call('a', { call_result: 'x'.repeat(3_000_000) }),
      call('b', { call_result: 'a\u0000b', text: '\ud800' }),
      call('u'.repeat(5_000), { link: `https://pbx.example/${'y'.repeat(9_000)}` }),
      call('z'.repeat(900), {}),
    ];
    expect(Object.keys(await states(await listed())).map(Number)).toEqual(ids);
  });
});

describe('a call without a recording', () => {
  const silent = { link: null };

  test('waits while it is young, is missing when it is old, and is none when nobody talked', async () => {
    const young = call('young', { link: 'нет записи' }, { createdAt: ago(47), updatedAt: ago(47) });
    const missedCall = call('missed', { ...silent, duration: '0' });
    const listing = await listed();
    expect(await states(listing)).toEqual({ [young]: 'recording_not_ready', [missedCall]: 'not_answered' });

    stage.amocrm.clock.advance(2 * HOUR);
    expect(await states(await listed({}, listing))).toMatchObject({ [young]: 'recording_missing' });
  });

  test('is sent by the same export when its link comes before the end', async () => {
    const note = call('c', silent);
    const listing = await listed();
    world.patchNote(note, { params: { link: 'https://pbx.example/late.mp3' } });
    await stage.reread(listing);
    await stage.planWaiting(listing);
    expect(await states(listing)).toEqual({ [note]: 'planned' });
  });

  test('is sent by the next export when its link comes hours later, also when the edit is dated back', async () => {
    const [late, backDated] = [call('late', silent), call('back-dated', silent)];
    const first = await listed();
    expect(await states(first)).toEqual({ [late]: 'recording_not_ready', [backDated]: 'recording_not_ready' });
    stage.amocrm.clock.advance(7 * HOUR);
    world.patchNote(late, { params: { link: 'https://pbx.example/late.mp3' } });
    world.patchNote(backDated, { params: { link: 'https://pbx.example/back.mp3' }, updatedAt: ago(6) });
    expect(await states(await listed({}, first))).toEqual({ [late]: 'planned', [backDated]: 'planned' });
  });

  test('is sent by a retry when its link came meanwhile, even after the wait', async () => {
    const note = call('c', silent);
    const first = await listed();
    stage.amocrm.clock.advance(100 * HOUR);
    world.patchNote(note, { params: { link: 'https://pbx.example/late.mp3' } });
    const retry = await stage.open(PERIOD, { ...first, kind: 'retry' });
    await stage.ledger.retries.list(retry.exportId, { exportId: first.exportId, reasons: [], unconfirmed: false });
    await stage.reread(retry);
    await stage.closePlan(retry);
    expect(await states(retry)).toEqual({ [note]: 'planned' });
  });
});

describe('calls on unsorted leads', () => {
  const unsorted = { unsorted: true };
  const lead = (uniq: string | undefined, more: Partial<UnsortedCallGiven> = {}) =>
    unsortedCall(world, {
      uniq,
      calledAt: ago(3),
      duration: '42',
      link: `https://pbx.example/u-${uniq ?? 'x'}.mp3`,
      ...more,
    });

  test('are not looked for unless the settings ask for them', async () => {
    lead('u1');
    expect(await rows(await listed())).toEqual([]);
    expect(Object.keys(stage.amocrm.amocrm.requests.byRoute).join()).not.toContain('unsorted');
  });

  test('are found, and counted apart; minus the lead’s id stands where they have no note', async () => {
    const noted = call('noted');
    const { leadId, contactId } = lead('u1');
    const listing = await listed(unsorted);
    expect(await rows(listing)).toEqual([
      expect.objectContaining({ note_id: noted, state: 'planned' }),
      expect.objectContaining({
        ...{ note_id: -leadId, entity_type: 'contact', entity_id: contactId, direction: 'incoming' },
        ...{ started_at: new Date(ago(3) * 1000), talk_seconds: 42, state: 'planned' },
      }),
    ]);
    expect((await progress(listing)).listing).toMatchObject({ unsorted: 1, unknownOperators: 1 });
  });

  test.each([
    ['uniq', 'u1', {}],
    ['uniq, whatever the telephony is called', 'u1', { serviceCode: 'CkAvbEwPam6sad' }],
    ['link, without a uniq', undefined, {}],
  ])('that are accepted become a note of the same call, by %s', async (_, uniq, more) => {
    const { uid } = lead(uniq, more);
    const first = await listed(unsorted);
    const [before] = await rows(first);
    stage.amocrm.clock.advance(HOUR);
    const note = accepted(world, uid);
    const [after, ...others] = await rows(await listed(unsorted, first));
    expect(others).toEqual([]);
    expect(after).toMatchObject({ call_id: before?.call_id, note_id: note?.id });
  });

  test('of a call that is noted already are that call', async () => {
    const noted = call('same');
    lead('same');
    const listing = await listed(unsorted);
    expect(await states(listing)).toEqual({ [noted]: 'planned' });
    expect((await progress(listing)).listing.unsorted).toBe(0);
  });

  test('of another time make no call of the period an older one', async () => {
    const noted = call('same');
    lead('same', { calledAt: ago(100) });
    const listing = await listed(unsorted);
    expect(await states(listing)).toEqual({ [noted]: 'planned' });
    expect(await rows(listing)).toMatchObject([{ started_at: new Date(ago(5) * 1000) }]);
  });

  test('of two leads are two calls, however little is known of them', async () => {
    lead(undefined, { link: null, duration: undefined });
    lead(undefined, { link: null, duration: undefined });
    expect(await rows(await listed(unsorted))).toHaveLength(2);
  });

  test('are read again while they wait for a recording', async () => {
    const { uid, leadId } = lead('u1', { link: null });
    const metadata = world.unsorted.get(uid)?.metadata ?? {};
    const listing = await listed(unsorted);
    expect(await states(listing)).toEqual({ [-leadId]: 'recording_not_ready' });
    metadata['link'] = 'https://pbx.example/late.mp3';
    await stage.reread(listing);
    await stage.planWaiting(listing);
    expect(await states(listing)).toEqual({ [-leadId]: 'planned' });
  });

  test('are read three times at most where something is sorted between any two pages', async () => {
    for (let n = 0; n < 8; n++) lead(`u${n}`);
    let sorted = 0;
    const unsubscribe = stage.amocrm.amocrm.onAnswer(({ path }) => {
      if (!path.endsWith('/unsorted')) return;
      const [oldest] = world.unsorted.keys();
      accepted(world, oldest ?? '');
      lead(`new-${sorted++}`);
    });
    const listing = await stage.open(PERIOD, { settings: unsorted });
    await stage.list(listing, { notes: 2, events: 100 }).finally(unsubscribe);
    await stage.closePlan(listing);
    // Five pages there and four back.
    expect(sorted).toBeLessThanOrEqual(3 * 9);
    expect((await rows(listing)).length).toBeGreaterThanOrEqual(8);
  });

  test('that wait for a recording cost nothing once the account has the feature off', async () => {
    const { leadId } = lead('u1', { link: null });
    const listing = await listed(unsorted);
    stage.amocrm.amocrm.faults.set([{ match: '/leads/unsorted', answer: { status: 422 } }]);
    await stage.reread(listing);
    await stage.planWaiting(listing);
    expect(await states(listing)).toEqual({ [-leadId]: 'recording_not_ready' });
  });

  test('are none where the account does not use them', async () => {
    stage.amocrm.amocrm.faults.set([{ match: '/leads/unsorted', answer: { status: 422 } }]);
    expect(await rows(await listed(unsorted))).toEqual([]);
  });
});

describe('who talked', () => {
  const ACTIVE = { id: 7, name: 'Ольга Ковалёва', group: null, active: true, phone: null, email: null };
  const GONE = { id: 8, name: 'Ирина Белова', group: null, active: true, phone: null, email: null };

  async function withUsers(settings: unknown = {}): Promise<Listing> {
    const listing = await stage.open(PERIOD, { settings });
    await stage.ledger.users.putAll(listing.accountId, [ACTIVE, GONE]);
    // The deleted one is in no list any more.
    await stage.ledger.users.putAll(listing.accountId, [ACTIVE]);
    await stage.list(listing);
    await stage.closePlan(listing);
    return listing;
  }
  const unnamed = { createdBy: 0, responsibleUserId: 0 };

  test('is told by the same answer to the report, the metadata and the users filter', async () => {
    const byName = call('a', { call_responsible: 'Ольга Ковалёва' }, { responsibleUserId: 99 });
    const byOwner = call('b', {}, { responsibleUserId: 7 });
    const other = call('c', { call_responsible: 8 }, { responsibleUserId: 7 });
    const unknown = call('d', { call_responsible: '+79990000000' }, { responsibleUserId: 7 });
    const listing = await withUsers({ users: [7] });
    expect(await states(listing)).toEqual({
      [byName]: 'planned',
      [byOwner]: 'planned',
      [other]: 'other_user',
      [unknown]: 'other_user',
    });
  });

  test('keeps the name of a deleted user', async () => {
    call('a', { call_responsible: 'Ирина Белова' }, unnamed);
    const listing = await withUsers();
    const [row] = await rows(listing);
    expect(row?.operator_id).toBe(8);
    const claim = await stage.ledger.transfers.claim({ exportId: listing.exportId, callId: row?.call_id ?? 0 });
    expect(claim).toMatchObject({ call: { operatorName: 'Ирина Белова' } });
  });

  test('unknown, though an administrator posted the note, the call is sent and counted; only a choice of users leaves it out', async () => {
    const note = call('a', { call_responsible: 'Никто Такой' }, { createdBy: 7, responsibleUserId: 7 });
    const all = await withUsers();
    expect(await states(all)).toEqual({ [note]: 'planned' });
    expect((await progress(all)).listing.unknownOperators).toBe(1);
    const chosen = await withUsers({ users: [7] });
    expect(await states(chosen)).toEqual({ [note]: 'other_user' });
    expect((await progress(chosen)).listing.unknownOperators).toBe(1);
  });

  test('unknown to the note of the talk is not told by a copy that names nobody', async () => {
    call('copy', {}, { entityType: 'leads', entityId: 5, createdBy: 7, responsibleUserId: 7 });
    call('copy', { call_responsible: 'Никто Такой' }, { createdBy: 7, responsibleUserId: 7 });
    expect((await rows(await withUsers()))[0]?.operator_id).toBeNull();
  });

  test('whom no list of users has, but whose id a note gives, is known from then on and can be chosen', async () => {
    const note = call('a', {}, { createdBy: 555_001, responsibleUserId: 555_001 });
    await withUsers();
    const listing = await withUsers({ users: [555_001] });
    expect(await states(listing)).toEqual({ [note]: 'planned' });
    expect(await stage.ledger.users.list(listing.accountId)).toContainEqual(
      expect.objectContaining({ id: 555_001, name: '', active: false }),
    );
  });

  test('of a call that rang at several is the one who answered', async () => {
    call('ring', { duration: 0, link: null, call_responsible: 8 });
    call('ring', { duration: 60, call_responsible: 7 });
    const [row, ...others] = await rows(await withUsers());
    expect(others).toEqual([]);
    expect(row?.operator_id).toBe(7);
  });

  test('of a call on a contact and its deal is whom a telephony named, before whom the card belongs to', async () => {
    call('copy', {}, { entityType: 'leads', entityId: 5, responsibleUserId: 8 });
    call('copy', { call_responsible: 7 }, { responsibleUserId: 8 });
    expect((await rows(await withUsers()))[0]?.operator_id).toBe(7);
    expect(
      resolveOperator({ callResponsible: '7', responsibleUserId: 8, createdBy: 0 }, new Map([[7, ACTIVE]]), 'RU')?.rank,
    ).toBe(1);
  });
});
