import { afterAll, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { sql } from 'kysely';
import { type Database, openDatabase } from '../../ledger/database/database.ts';
import { openLedger } from '../../ledger/ledger.ts';
import { openTestLedger, TEST_ACCOUNT, TEST_KEYS, type TestLedger } from '../support/ledger.ts';
import { waitFor } from '../support/wait-for.ts';

let t: TestLedger;
let db: Database;
beforeAll(async () => {
  t = await openTestLedger();
  db = openDatabase(t.databaseUrl, { maxConnections: 2 });
});
afterAll(async () => {
  await db.destroy();
  await t.close();
});

const UNTIL = new Date(Date.now() + 86_400_000);
const secrets = (name: string) => ({ access: `access-${name}`, refresh: `refresh-${name}` });
const pair = (name: string) => ({ ...secrets(name), accessSeconds: 86_400 });
const read = async () => {
  const token = await t.ledger.tokens.read(TEST_ACCOUNT);
  if (!token) throw new Error('there is a token');
  return token;
};

describe('tokens by consent', () => {
  let version: number;
  beforeEach(async () => {
    await t.ledger.tokens.put(TEST_ACCOUNT, { kind: 'oauth', ...pair('one') });
    ({ version } = await read());
  });

  test('are kept sealed, both of them, with the account’s host', async () => {
    expect(await read()).toMatchObject({
      kind: 'oauth',
      host: 'example.amocrm.ru',
      ...secrets('one'),
      state: 'active',
    });
    const { rows } = await sql<{ text: string }>`
      select encode(access_sealed, 'escape') || encode(refresh_sealed, 'escape') as text from tokens`.execute(db);
    expect(rows[0]?.text).not.toMatch(/access-one|refresh-one/);
    await sql`update tokens set refresh_sealed = access_sealed`.execute(db);
    await expect(read()).rejects.toMatchObject({ code: 'secret_unreadable' });
  });

  test('a new first key seals both again', async () => {
    const newKey = { id: 'k2', key: Buffer.alloc(32, 2) };
    const rotating = openLedger({ databaseUrl: t.databaseUrl, encryptionKeys: [newKey, ...TEST_KEYS] });
    await rotating.migrate();
    await rotating.close();
    const rotated = openLedger({ databaseUrl: t.databaseUrl, encryptionKeys: [newKey] });
    expect(await rotated.tokens.read(TEST_ACCOUNT)).toMatchObject({ ...secrets('one'), version });
    await rotated.close();
    const back = openLedger({ databaseUrl: t.databaseUrl, encryptionKeys: [...TEST_KEYS, newKey] });
    await back.migrate();
    await back.close();
  });

  test('of twenty who want to refresh a version one may, and nobody ever again', async () => {
    const begun = await Promise.all(
      Array.from({ length: 20 }, () => t.ledger.tokens.beginRefresh(TEST_ACCOUNT, version)),
    );
    expect(begun.filter(Boolean)).toHaveLength(1);
    for (const state of ['refresh_lost', 'reauth_required'] as const) {
      await t.ledger.tokens.settle(TEST_ACCOUNT, version, state, 'amocrm_grant_lost');
      expect(await t.ledger.tokens.beginRefresh(TEST_ACCOUNT, version)).toBe(false);
    }
  });

  test('but once more where amoCRM has not looked at it', async () => {
    await t.ledger.tokens.beginRefresh(TEST_ACCOUNT, version);
    await t.ledger.tokens.settle(TEST_ACCOUNT, version, 'active');
    expect(await t.ledger.tokens.beginRefresh(TEST_ACCOUNT, version)).toBe(true);
  });

  test('which is written down however long Postgres is away: the refresh token is unused', async () => {
    await t.ledger.tokens.beginRefresh(TEST_ACCOUNT, version);
    const { settled } = await db.transaction().execute(async (holder) => {
      await sql`lock table tokens in share row exclusive mode`.execute(holder);
      const clock = performance.now();
      const now = jest.spyOn(performance, 'now').mockReturnValue(clock);
      const settling = t.ledger.tokens.settle(TEST_ACCOUNT, version, 'active').finally(() => now.mockRestore());
      const held = sql<{ pid: number }>`
        select pid from pg_locks where relation = 'tokens'::regclass and not granted`;
      const { pid } = await waitFor(async () => (await held.execute(db)).rows[0], { what: 'the write to be held' });
      now.mockReturnValue(clock + 60_000);
      await sql`select pg_terminate_backend(${pid})`.execute(db);
      return { settled: settling };
    });
    await settled;
    expect(await read()).toMatchObject({ state: 'active', version });
  });

  test('a refreshed pair is the next version, whatever was thought of its refresh meanwhile', async () => {
    await t.ledger.tokens.beginRefresh(TEST_ACCOUNT, version);
    await t.ledger.tokens.settle(TEST_ACCOUNT, version, 'reauth_required', 'amocrm_grant_lost');
    expect(await t.ledger.tokens.replace(TEST_ACCOUNT, version, pair('two'))).toBe(true);
    expect(await read()).toMatchObject({ ...secrets('two'), version: version + 1, state: 'active', reason: null });
  });

  test('what comes late for an earlier version changes nothing', async () => {
    await t.ledger.tokens.beginRefresh(TEST_ACCOUNT, version);
    await t.ledger.tokens.put(TEST_ACCOUNT, { kind: 'oauth', ...pair('by consent') });
    expect(await t.ledger.tokens.replace(TEST_ACCOUNT, version, pair('late'))).toBe(false);
    await t.ledger.tokens.settle(TEST_ACCOUNT, version, 'reauth_required', 'amocrm_grant_lost');
    expect(await t.ledger.tokens.beginRefresh(TEST_ACCOUNT, version)).toBe(false);
    expect(await read()).toMatchObject({ ...secrets('by consent'), state: 'active', reason: null });
  });

  test('are idle when their access has been over for so many days, unless a person must act or a refresh goes on', async () => {
    const over = { ...pair('one'), accessSeconds: -30.5 * 86_400 };
    expect(await t.ledger.tokens.idle(1)).toEqual([]);
    await t.ledger.tokens.put(TEST_ACCOUNT, { kind: 'oauth', ...over });
    expect(await t.ledger.tokens.idle(30)).toEqual([TEST_ACCOUNT]);
    expect(await t.ledger.tokens.idle(31)).toEqual([]);
    await t.ledger.tokens.beginRefresh(TEST_ACCOUNT, (await read()).version);
    expect(await t.ledger.tokens.idle(30)).toEqual([]);
    await t.ledger.tokens.put(TEST_ACCOUNT, { kind: 'long_lived', access: 'one', accessUntil: new Date(0) });
    expect(await t.ledger.tokens.idle(30)).toEqual([]);
  });

  test('how long they stand as they do is told by Postgres’s clock', async () => {
    await t.ledger.tokens.beginRefresh(TEST_ACCOUNT, version);
    await sql`update tokens set state_since = clock_timestamp() - interval '90 seconds'`.execute(db);
    expect((await read()).stateAgeMs).toBeGreaterThanOrEqual(90_000);
    expect((await t.ledger.tokens.about(TEST_ACCOUNT))?.stateAgeMs).toBeGreaterThanOrEqual(90_000);
    await sql`update tokens set access_until = clock_timestamp() - interval '1 second'`.execute(db);
    expect((await read()).accessLeftMs).toBeLessThanOrEqual(-1_000);
  });
});

describe('a long-lived token', () => {
  test('is never refreshed, and takes the place of a pair', async () => {
    await t.ledger.tokens.put(TEST_ACCOUNT, { kind: 'oauth', ...pair('one') });
    await t.ledger.tokens.put(TEST_ACCOUNT, { kind: 'long_lived', access: 'token', accessUntil: UNTIL });
    const { version } = await read();
    expect(await read()).toMatchObject({ kind: 'long_lived', access: 'token', refresh: null });
    expect((await t.ledger.tokens.about(TEST_ACCOUNT))?.accessUntil).toEqual(UNTIL);
    expect(await t.ledger.tokens.beginRefresh(TEST_ACCOUNT, version)).toBe(false);
    expect(await t.ledger.tokens.replace(TEST_ACCOUNT, version, pair('two'))).toBe(false);
  });
});

describe('a consent link', () => {
  const MEANT = { host: 'example.amocrm.ru', accountId: TEST_ACCOUNT };

  test('comes back once', async () => {
    const state = await t.ledger.consents.give(MEANT);
    const taken = await Promise.all([1, 2, 3].map(() => t.ledger.consents.take(state)));
    expect(taken.filter((consent) => consent !== undefined)).toEqual([MEANT]);
  });

  test('comes back within 20 minutes', async () => {
    const [late, early] = [await t.ledger.consents.give(MEANT), await t.ledger.consents.give(MEANT)];
    await sql`update consents set given_at = now() - interval '19 minutes'`.execute(db);
    expect(await t.ledger.consents.take(early)).toEqual(MEANT);
    await sql`update consents set given_at = now() - interval '21 minutes'`.execute(db);
    expect(await t.ledger.consents.take(late)).toBeUndefined();
  });

  test('is not in the database, and old ones are forgotten', async () => {
    const state = await t.ledger.consents.give({ host: 'new.amocrm.ru', accountId: null });
    const { rows } = await sql<{ text: string }>`select c::text as text from consents c`.execute(db);
    expect(rows.map(({ text }) => text).join()).not.toContain(state);
    await sql`update consents set given_at = now() - interval '1 hour'`.execute(db);
    const next = await t.ledger.consents.give({ host: 'new.amocrm.ru', accountId: null });
    expect((await sql`select 1 from consents`.execute(db)).rows).toHaveLength(1);
    expect(await t.ledger.consents.take(next)).toEqual({ host: 'new.amocrm.ru', accountId: null });
    expect(await t.ledger.consents.take('unknown')).toBeUndefined();
  });
});
