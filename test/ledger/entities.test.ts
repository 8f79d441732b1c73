import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { openDatabase } from '../../ledger/database/database.ts';
import { entity } from '../support/entity.ts';
import {
  openTestExport,
  openTestLedger,
  planned,
  sightedNote,
  TEST_ACCOUNT,
  type TestLedger,
} from '../support/ledger.ts';

let t: TestLedger;
beforeEach(async () => void (t = await openTestLedger()));
afterEach(() => t.close());

const READ_AT = new Date('2026-11-20T12:00:00Z');

describe('entities', () => {
  test('are kept as they were read, fields and all', async () => {
    const lead = entity('lead', 12, {
      name: null,
      isOpen: false,
      updatedAt: new Date('2026-11-05T00:00:00Z'),
      mainContactId: 21,
      companyId: 31,
      leadIds: [],
      fields: { name: 'Окна "на дачу"\n\\ ✓', cf_5: null },
    });
    const contact = entity('contact', 21, { leadIds: [12, 9_007_199_254_740_991] });
    await t.ledger.entities.putAll(TEST_ACCOUNT, [lead, contact], READ_AT);
    expect(await t.ledger.entities.reach(TEST_ACCOUNT, [{ entityType: 'lead', entityId: 12 }])).toEqual([
      { ...lead, readAt: READ_AT, isDirect: true },
      { ...contact, readAt: READ_AT, isDirect: false },
    ]);
  });

  test('may come twice in one answer, and lose a name later', async () => {
    await t.ledger.entities.putAll(TEST_ACCOUNT, [entity('contact', 11), entity('contact', 11)], READ_AT);
    const later = new Date(READ_AT.getTime() + 1);
    await t.ledger.entities.putAll(TEST_ACCOUNT, [entity('contact', 11, { name: null, isGone: true })], later);
    const [known] = await t.ledger.entities.reach(TEST_ACCOUNT, [{ entityType: 'contact', entityId: 11 }]);
    expect(known).toMatchObject({ name: null, isGone: true, readAt: later });
  });

  test('are reached over three steps, in circles too, and never those of another account', async () => {
    const about = await t.ledger.accounts.find(TEST_ACCOUNT);
    if (!about) throw new Error('the account is there');
    await t.ledger.accounts.put({ ...about, accountId: 2, host: 'second.amocrm.ru' });
    const chain = [
      entity('customer', 1, { mainContactId: 2 }),
      entity('contact', 2, { leadIds: [3, 99] }),
      entity('lead', 3, { companyId: 4, mainContactId: 2 }),
      entity('company', 4, { leadIds: [5] }),
      entity('lead', 5),
    ];
    await t.ledger.entities.putAll(TEST_ACCOUNT, chain, READ_AT);
    await t.ledger.entities.putAll(2, [entity('lead', 99)], READ_AT);
    const reached = await t.ledger.entities.reach(TEST_ACCOUNT, [{ entityType: 'customer', entityId: 1 }]);
    expect(reached.map(({ entityId }) => entityId)).toEqual([1, 2, 3, 4]);
    expect(await t.ledger.entities.reach(TEST_ACCOUNT, [])).toEqual([]);
  });

  test('of a call are those of all its notes, and what these lead to', async () => {
    const exportId = await planned(t.ledger, [
      sightedNote({ noteId: 1, identity: 'x', entityType: 'company', entityId: 13 }),
      sightedNote({ noteId: 2, identity: 'x', entityType: 'lead', entityId: 12 }),
      sightedNote({ noteId: 3, entityType: 'contact', entityId: 99 }),
    ]);
    const [call] = await t.ledger.entities.callsOf(exportId, { from: 0, to: 0 });
    const ofCall = () => t.ledger.entities.ofCall(call?.callId ?? 0);
    expect(await ofCall()).toEqual([]);
    const cards = [
      entity('lead', 12, { mainContactId: 21 }),
      entity('contact', 21),
      entity('contact', 99),
      entity('company', 13),
    ];
    await t.ledger.entities.putAll(TEST_ACCOUNT, cards, READ_AT);
    expect((await ofCall()).map(({ entityId, isDirect }) => [entityId, isDirect])).toEqual([
      [13, true],
      [12, true],
      [21, false],
    ]);
  });
});

describe('the calls of batches', () => {
  test('are those still to be sent, with what their notes hang on, batch by batch', async () => {
    const exportId = await planned(t.ledger, [
      sightedNote({ noteId: 1, identity: 'x', entityType: 'contact', entityId: 11 }),
      sightedNote({ noteId: 2, identity: 'x', entityType: 'lead', entityId: 12 }),
      sightedNote({ noteId: 3, talkSeconds: 0, link: null }),
      sightedNote({ noteId: 4, entityType: 'company', entityId: 14 }),
    ]);
    const db = openDatabase(t.databaseUrl);
    await sql`update transfers set batch = 5 where call_id = (select call_id from call_notes where note_id = 4)`.execute(
      db,
    );
    await db.destroy();
    const refs = async (from: number, to: number) =>
      (await t.ledger.entities.callsOf(exportId, { from, to })).map((call) => call.refs);
    const [first, second] = [
      [
        { entityType: 'contact', entityId: 11 },
        { entityType: 'lead', entityId: 12 },
      ],
      [{ entityType: 'company', entityId: 14 }],
    ];
    expect(await refs(0, 0)).toEqual([first]);
    expect(await refs(0, 9)).toEqual([first, second]);
    expect(await refs(1, 4)).toEqual([]);
    expect(await refs(1, 5)).toEqual([second]);
    expect(await t.ledger.entities.countPlanned(exportId)).toBe(3);
  });
});

describe('the turn to read', () => {
  const [one, other] = [randomUUID(), randomUUID()];

  test('is one reader’s until it ends, and may be kept', async () => {
    const { entityTurns } = t.ledger;
    const exportId = await openTestExport(t.ledger);
    expect(await entityTurns.take(exportId, one)).toBe(true);
    expect(await entityTurns.take(exportId, other)).toBe(false);
    expect(await entityTurns.take(exportId, one)).toBe(true);
    await entityTurns.end(exportId, other);
    expect(await entityTurns.take(exportId, other)).toBe(false);
    await entityTurns.end(exportId, one);
    expect(await entityTurns.take(exportId, other)).toBe(true);
  });

  test('is given to one of many who ask at once', async () => {
    const exportId = await openTestExport(t.ledger);
    const taken = await Promise.all(
      Array.from({ length: 20 }, () => t.ledger.entityTurns.take(exportId, randomUUID())),
    );
    expect(taken.filter(Boolean)).toHaveLength(1);
  });

  test('of a reader that died is the next one’s when it has lapsed', async () => {
    const exportId = await openTestExport(t.ledger);
    await t.ledger.entityTurns.take(exportId, one);
    const db = openDatabase(t.databaseUrl);
    await sql`update entity_turns set held_until = now() - interval '1 second'`.execute(db);
    await db.destroy();
    expect(await t.ledger.entityTurns.take(exportId, other)).toBe(true);
    // The dead one comes back and finds that its turn is over.
    expect(await t.ledger.entityTurns.take(exportId, one)).toBe(false);
  });

  test('how far a list was gone through is remembered by export and kind', async () => {
    const exportId = await openTestExport(t.ledger);
    await t.ledger.entityTurns.take(exportId, one);
    const { entityTurns } = t.ledger;
    expect(await entityTurns.sweepPlace(exportId, 'contact')).toBeUndefined();
    for (const place of [{ offset: 250, limit: 250 }, { offset: 375, limit: 125 }, null]) {
      await entityTurns.putSweepPlace(exportId, 'contact', place);
      expect(await entityTurns.sweepPlace(exportId, 'contact')).toEqual(place);
    }
    expect(await entityTurns.sweepPlace(exportId, 'lead')).toBeUndefined();
    expect(await entityTurns.sweepPlace(await openTestExport(t.ledger), 'contact')).toBeUndefined();
  });
});

test('a part of the catalogue is known as long as it was read late enough', async () => {
  const { catalogues } = t.ledger;
  const reasons = [{ id: 1, name: 'Дорого' }];
  expect(await catalogues.read(TEST_ACCOUNT, 'loss_reasons', READ_AT)).toBeUndefined();
  await catalogues.put(TEST_ACCOUNT, 'loss_reasons', [], READ_AT);
  await catalogues.put(TEST_ACCOUNT, 'loss_reasons', reasons, READ_AT);
  expect(await catalogues.read(TEST_ACCOUNT, 'loss_reasons', READ_AT)).toEqual(reasons);
  expect(await catalogues.read(TEST_ACCOUNT, 'loss_reasons', new Date(READ_AT.getTime() + 1))).toBeUndefined();
  expect(await catalogues.read(TEST_ACCOUNT, 'pipelines', READ_AT)).toBeUndefined();
});

test('an ignored filter is remembered with its age, also when the account is renewed', async () => {
  const { accounts, entities } = t.ledger;
  expect(await entities.isFilterIgnored(TEST_ACCOUNT, new Date(0))).toBe(false);
  await entities.rememberFilterIgnored(TEST_ACCOUNT, READ_AT);
  const about = await accounts.find(TEST_ACCOUNT);
  if (about) await accounts.put(about);
  expect(await entities.isFilterIgnored(TEST_ACCOUNT, READ_AT)).toBe(true);
  expect(await entities.isFilterIgnored(TEST_ACCOUNT, new Date(READ_AT.getTime() + 1))).toBe(false);
});
