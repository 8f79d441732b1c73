import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import { openDatabase } from '../../ledger/database/database.ts';
import { openLedger } from '../../ledger/ledger.ts';
import { createSealer } from '../../ledger/accounts/sealing.ts';
import { openTestLedger, TEST_ACCOUNT, TEST_KEYS, type TestLedger } from '../support/ledger.ts';

const PLACE = { accountId: 1, purpose: 'amocrm_access' } as const;

describe('a sealed secret', () => {
  const sealer = createSealer(TEST_KEYS);

  test('opens where it belongs, and is never sealed the same way twice', () => {
    const sealed = sealer.seal('тайна', PLACE);
    expect(sealer.open(sealed, PLACE)).toBe('тайна');
    expect(sealer.seal('тайна', PLACE).equals(sealed)).toBe(false);
    expect(sealed.includes('тайна')).toBe(false);
  });

  test('does not open for another account, another purpose, or when a bit was changed', () => {
    const sealed = sealer.seal('secret', PLACE);
    const changed = Buffer.from(sealed);
    changed[changed.length - 1] = (changed.at(-1) ?? 0) ^ 1;
    expect(() => sealer.open(sealed, { ...PLACE, accountId: 2 })).toThrow(
      expect.objectContaining({ code: 'secret_unreadable' }),
    );
    expect(() => sealer.open(sealed, { ...PLACE, purpose: 'speechsense_api_key' })).toThrow();
    expect(() => sealer.open(changed, PLACE)).toThrow(expect.objectContaining({ code: 'secret_unreadable' }));
  });

  test('names the key that is missing', () => {
    const sealed = sealer.seal('secret', PLACE);
    const other = createSealer([{ id: 'k2', key: Buffer.alloc(32, 2) }]);
    expect(() => other.open(sealed, PLACE)).toThrow(/k1/);
  });
});

describe('secrets in Postgres', () => {
  let t: TestLedger;
  beforeAll(async () => void (t = await openTestLedger()));
  afterAll(() => t.close());

  test('are nowhere in clear, and a new first key seals them again, so that the old key can go', async () => {
    await t.ledger.tokens.put(TEST_ACCOUNT, 'amo-token-in-clear');
    const db = openDatabase(t.databaseUrl);
    const { rows } = await sql<{ text: string }>`
      select t::text || c::text || encode(t.access_sealed, 'escape') || encode(c.api_key_sealed, 'escape') as text
        from tokens t, connections c`.execute(db);
    await db.destroy();
    expect(rows[0]?.text).not.toMatch(/amo-token-in-clear|AQVN-test-key/);

    const newKey = { id: 'k2', key: Buffer.alloc(32, 2) };
    const rotating = openLedger({ databaseUrl: t.databaseUrl, encryptionKeys: [newKey, ...TEST_KEYS] });
    expect((await rotating.tokens.read(TEST_ACCOUNT))?.access).toBe('amo-token-in-clear');
    expect((await rotating.migrate()).resealed).toBe(2);
    expect((await rotating.migrate()).resealed).toBe(0);
    await rotating.close();

    const rotated = openLedger({ databaseUrl: t.databaseUrl, encryptionKeys: [newKey] });
    expect((await rotated.tokens.read(TEST_ACCOUNT))?.access).toBe('amo-token-in-clear');
    expect((await rotated.connections.read(TEST_ACCOUNT))?.apiKey).toBe('AQVN-test-key');
    await rotated.close();
  });

  test('a token given again has a higher version', async () => {
    await t.ledger.tokens.put(TEST_ACCOUNT, 'one');
    const before = await t.ledger.tokens.read(TEST_ACCOUNT).catch(() => undefined);
    await t.ledger.tokens.put(TEST_ACCOUNT, 'two');
    expect(await t.ledger.tokens.read(TEST_ACCOUNT)).toMatchObject({
      access: 'two',
      version: (before?.version ?? 0) + 1,
    });
  });
});
