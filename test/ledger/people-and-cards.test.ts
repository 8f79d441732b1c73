import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { openTestLedger, planned, sightedNote, TEST_ACCOUNT, type TestLedger } from '../support/ledger.ts';

let t: TestLedger;
beforeEach(async () => void (t = await openTestLedger()));
afterEach(() => t.close());

describe('users', () => {
  const user = (id: number, name: string, active = true) => ({ id, name, group: null, active });

  test('that amoCRM no longer lists stay, inactive, with their names', async () => {
    await t.ledger.users.putAll(TEST_ACCOUNT, [user(1, 'Анна'), user(2, 'Борис')]);
    await t.ledger.users.putAll(TEST_ACCOUNT, [user(2, 'Борис Новый'), user(3, 'Вера', false)]);
    expect(await t.ledger.users.list(TEST_ACCOUNT)).toEqual([
      user(1, 'Анна', false),
      user(2, 'Борис Новый'),
      user(3, 'Вера', false),
    ]);
  });

  test('of an empty list are all inactive, and one that comes back is active again', async () => {
    await t.ledger.users.putAll(TEST_ACCOUNT, [user(1, 'Анна')]);
    await t.ledger.users.putAll(TEST_ACCOUNT, []);
    expect(await t.ledger.users.list(TEST_ACCOUNT)).toEqual([user(1, 'Анна', false)]);
    await t.ledger.users.putAll(TEST_ACCOUNT, [user(1, 'Анна')]);
    expect(await t.ledger.users.list(TEST_ACCOUNT)).toEqual([user(1, 'Анна')]);
  });

  test('of another account are left alone', async () => {
    const about = await t.ledger.accounts.find(TEST_ACCOUNT);
    if (!about) throw new Error('the account is there');
    await t.ledger.accounts.put({ ...about, accountId: 2, host: 'second.amocrm.ru' });
    await t.ledger.users.putAll(2, [user(1, 'Анна')]);
    await t.ledger.users.putAll(TEST_ACCOUNT, []);
    expect(await t.ledger.users.list(2)).toEqual([user(1, 'Анна')]);
  });
});

describe('cards of a batch', () => {
  const card = (entityType: 'contact' | 'lead' | 'company', entityId: number, more: object = {}) => ({
    entityType,
    entityId,
    name: `${entityType} ${entityId}`,
    mainContactId: null,
    companyId: null,
    ...more,
  });
  const BEGUN = new Date('2026-11-20T12:00:00Z');
  const BEFORE = new Date(BEGUN.getTime() - 1);

  test('are to be read when their calls hang on them and they were not read since the export began', async () => {
    const exportId = await planned(t.ledger, [
      sightedNote({ noteId: 1, entityType: 'contact', entityId: 11 }),
      sightedNote({ noteId: 2, entityType: 'lead', entityId: 12 }),
      sightedNote({ noteId: 3, entityType: 'company', entityId: 13 }),
      sightedNote({ noteId: 4, entityType: 'contact', entityId: 11 }),
      sightedNote({ noteId: 5, entityType: 'contact', entityId: 15, talkSeconds: 0, link: null }),
    ]);
    const missing = () => t.ledger.entities.missingFor(exportId, 0, BEGUN);
    expect(await missing()).toEqual([
      { entityType: 'company', entityId: 13 },
      { entityType: 'contact', entityId: 11 },
      { entityType: 'lead', entityId: 12 },
    ]);
    await t.ledger.entities.putAll(TEST_ACCOUNT, [card('contact', 11)], BEFORE);
    expect(await missing()).toHaveLength(3);
    await t.ledger.entities.putAll(TEST_ACCOUNT, [card('contact', 11), card('company', 13)], BEGUN);
    // What a lead's main contact is shows only once the lead is read.
    await t.ledger.entities.putAll(TEST_ACCOUNT, [card('lead', 12, { mainContactId: 21 })], BEGUN);
    expect(await missing()).toEqual([{ entityType: 'contact', entityId: 21 }]);
    await t.ledger.entities.putAll(TEST_ACCOUNT, [card('contact', 21)], BEGUN);
    expect(await missing()).toEqual([]);
    expect(await t.ledger.entities.missingFor(exportId, 1, BEGUN)).toEqual([]);
  });

  test('of a call are those of all its notes, and its lead’s main contact', async () => {
    const exportId = await planned(t.ledger, [
      sightedNote({ noteId: 1, identity: 'x', entityType: 'company', entityId: 13 }),
      sightedNote({ noteId: 2, identity: 'x', entityType: 'lead', entityId: 12 }),
      sightedNote({ noteId: 3, entityType: 'contact', entityId: 99 }),
    ]);
    const [call] = await t.ledger.transfers.remainingOfBatch(exportId, 0);
    const callId = call?.callId ?? 0;
    expect(await t.ledger.entities.ofCall(callId)).toEqual([]);
    const cards = [
      card('company', 13),
      card('contact', 21),
      card('contact', 99),
      card('lead', 12, { mainContactId: 21 }),
    ];
    await t.ledger.entities.putAll(TEST_ACCOUNT, cards, BEGUN);
    expect(await t.ledger.entities.ofCall(callId)).toEqual(cards.filter(({ entityId }) => entityId !== 99));
  });

  test('may come twice in one answer, and lose a name later', async () => {
    await t.ledger.entities.putAll(TEST_ACCOUNT, [card('contact', 11), card('contact', 11)], BEGUN);
    await t.ledger.entities.putAll(TEST_ACCOUNT, [card('contact', 11, { name: null })], BEGUN);
    const exportId = await planned(t.ledger, [sightedNote({ noteId: 1, entityType: 'contact', entityId: 11 })]);
    const [call] = await t.ledger.transfers.remainingOfBatch(exportId, 0);
    expect(await t.ledger.entities.ofCall(call?.callId ?? 0)).toEqual([card('contact', 11, { name: null })]);
  });
});
