import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { entitiesOfCall, neededFields } from '../../activities/cards/call-entities.ts';
import { createPlanActivities } from '../../activities/listing/plan-activities.ts';
import { createOauth } from '../../amocrm/oauth/oauth.ts';
import { UNPACED } from '../../amocrm/pacing/pace.ts';
import { TokenKeeper } from '../../amocrm/oauth/token-keeper.ts';
import { createAmocrmTransport } from '../../amocrm/http/transport.ts';
import type { EntityType } from '../../ledger/calls/call-facts.ts';
import { parseExportSettings } from '../../settings/export-settings.ts';
import { openAccount, type TestAccount } from '../sandbox/amocrm-sandbox.ts';
import { openTestExport, openTestLedger, PLAN, sightedNote, TEST_ACCOUNT, type TestLedger } from '../support/ledger.ts';

const MAPPING = {
  deal: [
    { amocrm: 'name', speechsense: 'deal_name' },
    { amocrm: 'status', speechsense: 'deal_status' },
    { amocrm: 'cf_1150943', speechsense: 'interesy' },
  ],
  contact: [{ amocrm: 'phone_e164', speechsense: 'contact_phone' }],
  company: [{ amocrm: 'name', speechsense: 'company_name' }],
};

let account: TestAccount;
let t: TestLedger;
let clock: number;
let lastNoteId = 0;
const transport = createAmocrmTransport();
beforeAll(async () => void (account = await openAccount({ calls: 3_000 })));
afterAll(() => account.close());
beforeEach(async () => {
  account.amocrm.reset();
  account.amocrm.account.switches.apiFilter = true;
  t = await openTestLedger();
  clock = Date.now();
  await renewAccount(true);
  await t.ledger.tokens.put(TEST_ACCOUNT, account.token);
});
afterEach(() => t.close());

const renewAccount = (isApiFilterEnabled: boolean) =>
  t.ledger.accounts.put({
    accountId: TEST_ACCOUNT,
    host: new URL(account.amocrm.url).host,
    name: '',
    timeZone: 'Europe/Moscow',
    isApiFilterEnabled,
    country: 'RU',
  });

interface Hanging {
  type: EntityType;
  id: number;
}

interface Planned {
  batchSize?: number;
  mapping?: object;
}

/** Plans a call on each of these cards, so many to a batch. */
async function plan(cards: Hanging[], { batchSize = 100, mapping = MAPPING }: Planned = {}): Promise<string> {
  const exportId = await openTestExport(t.ledger, { settings: { mapping } });
  const notes = cards.map(({ type, id }, nth) =>
    sightedNote({
      noteId: (lastNoteId += 1),
      entityType: type,
      entityId: id,
      startedAt: new Date(PERIOD_DAY + nth * 1_000),
    }),
  );
  await t.ledger.calls.recordSightings(TEST_ACCOUNT, exportId, notes);
  await t.ledger.plan.close(exportId, { ...PLAN, batchSize });
  return exportId;
}
const PERIOD_DAY = Date.parse('2026-11-02T09:00:00Z');

/** The failures that this suite is about would fill the screen. */
const silent = () => new MockActivityEnvironment({}, { logger: new DefaultLogger('ERROR', () => undefined) });

/** Prepares a batch as a worker does. */
function prepare(exportId: string, batch = 0, environment = silent()) {
  const insecureHosts = [new URL(account.amocrm.url).host];
  const activities = createPlanActivities({
    ledger: t.ledger,
    tokens: new TokenKeeper(t.ledger.tokens, createOauth({ transport, insecureHosts, integration: undefined })),
    transport,
    insecureHosts,
    paces: () => UNPACED,
    recordingWaitHours: 48,
    now: () => Promise.resolve(new Date(clock)),
  });
  return environment.run(() => activities.prepareBatch({ exportId, batch }));
}

/** What each call draws on, as its transfer will find it. */
async function resolved(exportId: string, mapping: object = MAPPING) {
  const calls = await t.ledger.entities.callsOf(exportId, { from: 0, to: 1_000 });
  const needed = neededFields(parseExportSettings({ mapping }).mapping);
  return Promise.all(
    calls.map(async ({ callId }) => {
      const known = await t.ledger.entities.ofCall(callId);
      const direct = known.filter(({ isDirect }) => isDirect);
      const same = (one: { entityType: string; entityId: number }) => `${one.entityType} ${one.entityId}`;
      return entitiesOfCall(direct, (ref) => known.find((one) => same(one) === same(ref)), needed);
    }),
  );
}

const counted = () => account.amocrm.requests.byRoute;
const requestsTo = (path: string) => Object.values(counted()[`GET /api/v4${path}`] ?? {}).reduce((a, b) => a + b, 0);
const contacts = (count: number): Hanging[] =>
  [...account.world.entities.contacts.keys()].slice(0, count).map((id) => ({ type: 'contact', id }));

/** What the sandbox knows to be true of a call on a contact. */
function truthOf(contactId: number) {
  const { contacts: people, leads, companies } = account.world.entities;
  const contact = people.get(contactId);
  const open = (contact?.leadIds ?? [])
    .flatMap((id) => leads.get(id) ?? [])
    .filter(({ statusId }) => statusId !== 142 && statusId !== 143)
    .toSorted((one, other) => other.updatedAt - one.updatedAt || other.id - one.id);
  const company = contact?.companyId ?? open[0]?.companyId;
  return {
    contact: contact?.name.trim(),
    deal: open[0]?.name.trim(),
    company: company === undefined || company === null ? undefined : companies.get(company)?.name.trim(),
  };
}

describe.each([
  ['with the filter option', true],
  ['without it', false],
])('the cards of a batch, %s,', (_, apiFilter) => {
  beforeEach(async () => {
    account.amocrm.account.switches.apiFilter = apiFilter;
    await renewAccount(apiFilter);
  });

  test('are the contact, its open deal and its company, as they are in amoCRM', async () => {
    const cards = contacts(60);
    const exportId = await plan(cards);
    await prepare(exportId);
    const found = await resolved(exportId);
    expect(found.map(({ contacts: [contact], deals: [deal], companies: [company] }) => ({
      contact: contact?.name,
      deal: deal?.fields['name'],
      company: company?.fields['name'],
    }))).toEqual(cards.map(({ id }) => truthOf(id))); // prettier-ignore
    expect(found.filter(({ deals }) => typeof deals[0]?.fields['status'] === 'string').length).toBeGreaterThan(10);
    expect(found[0]?.contacts[0]?.fields['phone_e164']).toMatch(/^\+7\d{10}$/);
  });

  test('are read for far fewer requests than there are calls, and never twice in an export', async () => {
    const cards = contacts(250).flatMap((card) => [card, card]);
    const exportId = await plan(cards, { batchSize: 50 });
    // Four batches at a time, as the workflow keeps them open.
    await Promise.all([0, 1, 2, 3].map((batch) => prepare(exportId, batch)));
    for (let batch = 4; batch < 10; batch++) await prepare(exportId, batch);
    expect(account.amocrm.requests.total).toBeLessThan(cards.length * 0.02);
    const before = account.amocrm.requests.total;
    for (let batch = 0; batch < 10; batch++) await prepare(exportId, batch);
    expect(account.amocrm.requests.total).toBe(before);
    expect(await resolved(exportId)).toHaveLength(cards.length);
  });

  test('that are gone are known to be gone, and not asked for again', async () => {
    const exportId = await plan([...contacts(1), { type: 'contact', id: 999_999_999 }]);
    await prepare(exportId);
    const before = account.amocrm.requests.total;
    await prepare(exportId);
    expect(account.amocrm.requests.total).toBe(before);
    expect((await resolved(exportId)).map(({ contacts: found }) => found.length)).toEqual([1, 0]);
  });

  test('of a call on a lead are its main contact and its company', async () => {
    const [lead] = [...account.world.entities.leads.values()].filter(({ companyId }) => companyId !== null);
    if (!lead) throw new Error('the sandbox has a lead of a company');
    const exportId = await plan([{ type: 'lead', id: lead.id }]);
    await prepare(exportId);
    const [found] = await resolved(exportId);
    expect(found).toMatchObject({
      contacts: [{ entityId: lead.contactIds[0] }],
      deals: [{ entityId: lead.id }],
      companies: [{ entityId: lead.companyId }],
    });
  });

  test('read shortly before the export are not read again, older ones and such as lack a mapped field are', async () => {
    const cards = contacts(3);
    await prepare(await plan(cards));
    const first = account.amocrm.requests.total;
    await prepare(await plan(cards));
    expect(account.amocrm.requests.total).toBe(first);
    const more = { ...MAPPING, contact: [{ amocrm: 'email', speechsense: 'contact_email' }] };
    const exportId = await plan(cards, { mapping: more });
    await prepare(exportId);
    expect(account.amocrm.requests.total).toBeGreaterThan(first);
    for (const { contacts: found } of await resolved(exportId, more)) {
      expect(Object.keys(found[0]?.fields ?? {})).toEqual(['email']);
    }
  });
});

test('nothing is read of deals and companies that no mapping names, and nothing of a card is kept that it does not', async () => {
  const exportId = await plan(contacts(40), { mapping: {} });
  await prepare(exportId);
  expect(Object.keys(counted())).toEqual(['GET /api/v4/contacts']);
  for (const { contacts: found } of await resolved(exportId, {})) expect(found[0]?.fields).toEqual({});
});

test('an account that ignores filters though it claims to know them is found out once, for later exports too', async () => {
  account.amocrm.account.switches.apiFilter = false;
  const cards = contacts(3);
  const exportId = await plan(cards, { mapping: {} });
  await prepare(exportId);
  expect(requestsTo('/contacts')).toBe(1);
  expect(requestsTo('/contacts/{id}')).toBe(3);
  expect((await resolved(exportId, {})).map(({ contacts: found }) => found[0]?.name)).toEqual(
    cards.map(({ id }) => truthOf(id).contact),
  );
  // openExport takes amoCRM's word for the option again.
  await renewAccount(true);
  await prepare(await plan([...account.world.entities.companies.keys()].slice(0, 2).map((id) => ({ type: 'company', id })), { mapping: {} })); // prettier-ignore
  expect([requestsTo('/companies'), requestsTo('/companies/{id}')]).toEqual([0, 2]);
});

test('a list is gone through only as long as its pages bring more than single requests would', async () => {
  account.amocrm.account.switches.apiFilter = false;
  await renewAccount(false);
  // Cards that changed long ago are on the last pages, which the first page does not pay for.
  const oldest = [...account.world.entities.contacts.values()]
    .toSorted((a, b) => a.updatedAt - b.updatedAt)
    .slice(0, 6);
  await prepare(await plan(oldest.map(({ id }) => ({ type: 'contact', id })), { mapping: {} })); // prettier-ignore
  expect([requestsTo('/contacts'), requestsTo('/contacts/{id}')]).toEqual([1, 6]);
});

test('a way through the list that is broken off goes on from where it was, and not card by card', async () => {
  account.amocrm.account.switches.apiFilter = false;
  await renewAccount(false);
  const all = [...account.world.entities.contacts.keys()].map((id) => ({ type: 'contact' as const, id }));
  const pages = Math.ceil(all.length / 250);
  expect(pages).toBeGreaterThan(1);
  const exportId = await plan(all, { mapping: {} });
  account.amocrm.faults.set([{ match: '/contacts', after: pages - 1, times: 4, answer: { status: 503 } }]);
  await expect(prepare(exportId)).rejects.toMatchObject({ code: 'amocrm_unavailable' });
  account.amocrm.requests.reset();
  await prepare(exportId);
  expect([requestsTo('/contacts'), requestsTo('/contacts/{id}')]).toEqual([1, 0]);
  expect(await resolved(exportId, {})).toHaveLength(all.length);
});

test('a way through the list keeps its turn before every page, however long it is', async () => {
  account.amocrm.account.switches.apiFilter = false;
  await renewAccount(false);
  const all = [...account.world.entities.contacts.keys()].map((id) => ({ type: 'contact' as const, id }));
  const exportId = await plan(all, { mapping: {} });
  const { entityTurns } = t.ledger;
  const take = entityTurns.take.bind(entityTurns);
  const seen: string[] = [];
  jest.spyOn(entityTurns, 'take').mockImplementation((...given) => {
    seen.push('turn');
    return take(...given);
  });
  const unsubscribe = account.amocrm.onAnswer(() => seen.push('page'));
  await prepare(exportId).finally(unsubscribe);
  const pages = Array.from({ length: Math.ceil(all.length / 250) }, () => ['turn', 'page']);
  expect(pages.length).toBeGreaterThan(1);
  expect(seen).toEqual(['turn', ...pages.flat()]);
});

test('a list that cannot be read is done without', async () => {
  account.amocrm.account.switches.apiFilter = false;
  await renewAccount(false);
  const exportId = await plan(contacts(6), { mapping: {} });
  account.amocrm.faults.set([{ match: '/contacts?', answer: { badJson: true } }]);
  await prepare(exportId);
  expect([requestsTo('/contacts'), requestsTo('/contacts/{id}')]).toEqual([1, 6]);
});

test('a list that was gone through in part by an export that was stopped is gone through again, and not card by card', async () => {
  account.amocrm.account.switches.apiFilter = false;
  await renewAccount(false);
  const all = [...account.world.entities.contacts.keys()].map((id) => ({ type: 'contact' as const, id }));
  const pages = Math.ceil(all.length / 250);
  account.amocrm.faults.set([{ match: '/contacts', after: pages - 1, times: 4, answer: { status: 503 } }]);
  await expect(prepare(await plan(all, { mapping: {} }))).rejects.toMatchObject({ code: 'amocrm_unavailable' });
  account.amocrm.requests.reset();
  await prepare(await plan(all, { mapping: {} }));
  expect([requestsTo('/contacts'), requestsTo('/contacts/{id}')]).toEqual([pages, 0]);
});

test('a list whose next page never ends is left, and the rest is read card by card', async () => {
  account.amocrm.account.switches.apiFilter = false;
  await renewAccount(false);
  const oldest = [...account.world.entities.contacts.values()].toSorted((a, b) => a.updatedAt - b.updatedAt);
  const youngest = oldest.slice(-5);
  const cards = [...oldest.slice(0, 2), ...youngest].map(({ id }) => ({ type: 'contact' as const, id }));
  const exportId = await plan(cards, { mapping: {} });
  account.amocrm.faults.set([{ match: '/contacts?', times: 20, answer: { endlessNext: true } }]);
  await prepare(exportId);
  expect([requestsTo('/contacts'), requestsTo('/contacts/{id}')]).toEqual([2, 2]);
  expect((await resolved(exportId, {})).every(({ contacts: found }) => found.length === 1)).toBe(true);
});

test('an outage ends the turn, so that the next try goes on where this one was', async () => {
  const exportId = await plan(contacts(3), { mapping: {} });
  account.amocrm.faults.set([{ match: '/contacts', times: 4, answer: { status: 503 } }]);
  await expect(prepare(exportId)).rejects.toMatchObject({ code: 'amocrm_unavailable' });
  await prepare(exportId);
  expect((await resolved(exportId, {})).every(({ contacts: found }) => found.length === 1)).toBe(true);
});

test('a batch that waits for its turn can be stopped', async () => {
  const exportId = await plan(contacts(3));
  await t.ledger.entityTurns.take(exportId, '00000000-0000-4000-8000-000000000000');
  const environment = silent();
  const waiting = prepare(exportId, 0, environment);
  environment.cancel();
  await expect(waiting).rejects.toMatchObject({ name: 'AbortError' });
  expect(account.amocrm.requests.total).toBe(0);
});

test('a clock far behind does not make it read for ever', async () => {
  clock = Date.now() - 24 * 3_600_000;
  const exportId = await plan(contacts(3));
  await prepare(exportId);
  expect((await resolved(exportId)).every(({ contacts: found }) => found.length === 1)).toBe(true);
});

describe('a list that only names what ids stand for', () => {
  const NAMES = { deal: [{ amocrm: 'status', speechsense: 'deal_status' }] };
  const onLead = (): Hanging[] =>
    [...account.world.entities.leads.keys()].slice(0, 1).map((id) => ({ type: 'lead', id }));

  test('and is refused is left out, and the export says which', async () => {
    account.amocrm.faults.set([{ match: '/leads/pipelines', answer: { status: 400 } }]);
    const exportId = await plan(onLead(), { mapping: NAMES });
    expect(await prepare(exportId)).toHaveLength(1);
    expect((await t.ledger.progress.read(exportId)).listing.missingLists).toEqual(['pipelines']);
  });

  test('and fails is waited for, then left out, and not waited for again in this export', async () => {
    account.amocrm.faults.set([{ match: '/leads/pipelines', answer: { status: 500 } }]);
    const exportId = await plan(onLead(), { mapping: NAMES });
    await expect(prepare(exportId)).rejects.toMatchObject({
      code: 'amocrm_unavailable',
      values: { request: '/leads/pipelines', status: 500 },
    });
    expect((await t.ledger.progress.read(exportId)).listing.missingLists).toEqual([]);
    const late = new MockActivityEnvironment({ attempt: 20 }, { logger: new DefaultLogger('ERROR', () => undefined) });
    expect(await prepare(exportId, 0, late)).toHaveLength(1);
    expect((await t.ledger.progress.read(exportId)).listing.missingLists).toEqual(['pipelines']);
    const other = await plan(onLead(), { mapping: NAMES });
    await t.ledger.listings.remark(other, 'missing_list', ['pipelines']);
    expect(await prepare(other)).toHaveLength(1);
  });
});
