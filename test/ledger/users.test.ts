import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { openTestLedger, TEST_ACCOUNT, type TestLedger } from '../support/ledger.ts';

let t: TestLedger;
beforeEach(async () => void (t = await openTestLedger()));
afterEach(() => t.close());

describe('users', () => {
  const user = (id: number, name: string, active = true) => ({
    id,
    name,
    group: null,
    active,
    phone: null,
    email: null,
  });

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

  test('whom only calls know stay without a name until amoCRM lists them', async () => {
    await t.ledger.users.putAll(TEST_ACCOUNT, [user(1, 'Анна')]);
    await t.ledger.users.putFromCalls(TEST_ACCOUNT, [1, 2, 2]);
    expect(await t.ledger.users.list(TEST_ACCOUNT)).toEqual([user(2, '', false), user(1, 'Анна')]);
    await t.ledger.users.putAll(TEST_ACCOUNT, [user(1, 'Анна'), user(2, 'Борис')]);
    expect(await t.ledger.users.list(TEST_ACCOUNT)).toEqual([user(1, 'Анна'), user(2, 'Борис')]);
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
