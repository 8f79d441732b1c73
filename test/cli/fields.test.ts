import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import type { CatalogueField } from '../../client/connections/field-catalogue.ts';
import { EXIT } from '../../errors/exit-codes.ts';
import { openDatabase } from '../../ledger/database/database.ts';
import { MAPPING_BLOCKS, METADATA_KEY } from '../../settings/mapping.ts';
import { parseExportSettings } from '../../settings/export-settings.ts';
import { openAccount, type TestAccount } from '../sandbox/amocrm-sandbox.ts';
import { openTestLedger, TEST_ACCOUNT, TEST_KEYS, type TestLedger } from '../support/ledger.ts';
import { commandLine } from './command-line.ts';

let account: TestAccount;
let t: TestLedger;
let run: ReturnType<typeof commandLine>;
beforeAll(async () => {
  account = await openAccount({ calls: 300 });
  t = await openTestLedger();
  const { host } = new URL(account.amocrm.url);
  await t.ledger.accounts.put({
    accountId: TEST_ACCOUNT,
    host,
    name: '',
    timeZone: 'Europe/Moscow',
    isApiFilterEnabled: false,
    country: 'RU',
  });
  await t.ledger.tokens.put(TEST_ACCOUNT, account.token);
  run = commandLine({
    DATABASE_URL: t.databaseUrl,
    ENCRYPTION_KEYS: TEST_KEYS.map(({ id, key }) => `${id}:${key.toString('base64')}`).join(','),
    INSECURE_HOSTS: host,
    AMOCRM_REQUESTS_PER_SECOND: '6',
    LANG: 'ru_RU.UTF-8',
  });
});
beforeEach(() => account.amocrm.reset());
afterAll(async () => {
  await t.close();
  await account.close();
});

type Catalogue = Record<(typeof MAPPING_BLOCKS)[number], (Omit<CatalogueField, 'title'> & { title: string })[]>;
const put = (mapping: object) => t.ledger.settings.put(TEST_ACCOUNT, parseExportSettings({ mapping }));
const line = (amocrm: string, speechsense: string) => ({ amocrm, speechsense });

describe('fields', () => {
  let catalogue: Catalogue;
  beforeAll(async () => {
    account.amocrm.reset();
    const { stdout, exitCode } = await run('fields --json');
    expect(exitCode).toBe(0);
    catalogue = JSON.parse(stdout) as Catalogue;
  });
  const field = (block: keyof Catalogue, key: string) => catalogue[block].find((one) => one.key === key);

  test('lists every field of every block in one form', () => {
    expect(Object.keys(catalogue)).toEqual([...MAPPING_BLOCKS]);
    for (const block of MAPPING_BLOCKS) {
      expect(catalogue[block].length).toBeGreaterThan(10);
      for (const one of catalogue[block]) {
        expect(Object.keys(one).toSorted()).toEqual(['example', 'key', 'suggestedKey', 'title', 'type']);
        expect(one.title).not.toBe('');
      }
    }
  });

  test('has custom fields with their titles, types and transliterated keys', () => {
    expect(field('deal', 'cf_1150947')).toMatchObject({
      title: 'Дата звонка',
      type: 'date',
      example: expect.stringMatching(/^\d{4}-\d\d-\d\d$/),
      suggestedKey: 'data_zvonka',
    });
    expect(field('contact', 'cf_1150903')).toMatchObject({ title: 'Город', type: 'select', suggestedKey: 'gorod' });
    // The phones of contacts and of companies have one title; the older field keeps the plain key.
    expect([field('contact', 'cf_3'), field('company', 'cf_9')].map((one) => one?.suggestedKey)).toEqual([
      'telefon',
      'telefon_9',
    ]);
  });

  test('gives examples that are true of the account', () => {
    const { contacts, leads } = account.world.entities;
    expect([...contacts.values()].map(({ name }) => name.trim())).toContain(field('contact', 'name')?.example);
    expect([...leads.values()].map(({ price }) => String(price))).toContain(field('deal', 'price')?.example);
    expect(['Продажи', 'Сервис']).toContain(field('deal', 'pipeline')?.example);
    const { world } = account;
    const notes = world.calls.flatMap(({ noteIds }) => noteIds.flatMap((id) => world.notes.get(id) ?? []));
    expect(notes.map(({ id }) => String(id))).toContain(field('call', 'id')?.example);
    expect(notes.map(({ params }) => JSON.stringify(params)).join()).toContain(field('call', 'uniq')?.example);
    for (const one of [field('call', 'operator'), field('deal', 'responsible')]) {
      expect(world.operators.map(({ name }) => name)).toContain(one?.example);
    }
  });

  test('suggests keys that can all be taken together', () => {
    const mapping = Object.fromEntries(
      MAPPING_BLOCKS.map((block) => [block, catalogue[block].map((one) => line(one.key, one.suggestedKey))]),
    );
    expect(() => parseExportSettings({ mapping })).not.toThrow();
    for (const one of MAPPING_BLOCKS.flatMap((block) => catalogue[block])) {
      expect(one.suggestedKey).toMatch(METADATA_KEY);
    }
  });

  test('suggests the same keys each time', async () => {
    expect(JSON.parse((await run('fields --json')).stdout)).toEqual(catalogue);
  });

  test('is a table of the same for people', async () => {
    const { stdout } = await run('fields --lang ru');
    for (const block of MAPPING_BLOCKS) expect(stdout).toContain(`mapping.${block}`);
    expect(stdout).toMatch(/cf_1150947 .*→ data_zvonka .*Дата звонка/);
  });
});

describe('fields --connection-keys', () => {
  test('names every key that the mapping needs, those that a connection lacks first', async () => {
    await put({
      deal: [line('status', 'deal_status'), line('cf_1150947', 'data_zvonka')],
      contact: [line('name', 'client_name')],
      call: [line('uniq', 'call_uniq')],
    });
    const { keys } = JSON.parse((await run('fields --connection-keys --json --lang ru')).stdout) as {
      keys: { key: string; type: string; title: string; isBuiltIn: boolean }[];
    };
    expect(keys.map(({ key, isBuiltIn }) => [key, isBuiltIn])).toEqual([
      ...['call_id', 'deal_status', 'data_zvonka', 'call_uniq'].map((key) => [key, false]),
      ...['operator_id', 'operator_name', 'client_id', 'client_name', 'date', 'direction_outgoing', 'language'].map(
        (key) => [key, true],
      ),
    ]);
    expect(keys.find(({ key }) => key === 'deal_status')).toMatchObject({ type: 'STRING', title: 'Этап сделки' });
    expect(keys.find(({ key }) => key === 'data_zvonka')?.title).toBe('Сделка: поле 1150947');
    const { stdout } = await run('fields --connection-keys --lang ru');
    expect(stdout.split('\n')[0]).toMatch(/^call_id +STRING +нужен/);
  });

  test('tells those that the connection is known to keep from those to create', async () => {
    await put({ call: [line('uniq', 'call_uniq')] });
    await t.ledger.connections.put({ accountId: TEST_ACCOUNT, connectionId: 'c', language: 'ru-RU', apiKey: 'k' });
    await t.ledger.connectionKeys.put(TEST_ACCOUNT, 'c', ['date', 'call_id']);
    const { stdout } = await run('fields --connection-keys --lang ru');
    expect(stdout).toMatch(/^call_uniq +STRING +создать/);
    expect(stdout).toMatch(/^call_id +STRING +уже есть/m);
    expect(stdout).not.toContain('нужен');
  });

  test('asks amoCRM for nothing', async () => {
    await run('fields --connection-keys');
    expect(account.amocrm.requests.total).toBe(0);
  });
});

describe('a mapped field that the account does not have', () => {
  test('is said when settings are stored and when they are shown', async () => {
    const mapping = { deal: [line('cf_1150947', 'a'), line('cf_404', 'b')], company: [line('cf_1150947', 'c')] };
    const set = await run('settings set --file - --lang en', JSON.stringify({ mapping }));
    expect(set.exitCode).toBe(0);
    for (const { stderr } of [set, await run('settings show --lang en')]) {
      expect(stderr).toMatch(/mapping\.deal: .* cf_404 .* b stays empty/);
      // A field of deals is none of companies.
      expect(stderr).toMatch(/mapping\.company: .* cf_1150947 .* c stays empty/);
      expect(stderr.trim().split('\n')).toHaveLength(2);
    }
    expect(JSON.parse((await run('settings show')).stdout)).toMatchObject({ mapping });
  });

  test('costs no request where nothing custom is mapped', async () => {
    await put({ deal: [line('name', 'deal_name')] });
    expect((await run('settings show')).stderr).toBe('');
    expect(account.amocrm.requests.total).toBe(0);
  });

  test('keeps settings from nothing while amoCRM is away', async () => {
    account.amocrm.faults.set([{ match: '/custom_fields', answer: { status: 503 } }]);
    await put({ deal: [line('cf_404', 'b')] });
    const { exitCode, stdout, stderr } = await run('settings show --lang en');
    expect(exitCode).toBe(0);
    expect(stdout).toContain('cf_404');
    expect(stderr).toMatch(/could not be asked/);
  });

  test('is not taken for amoCRM being away where a defect of ours keeps it from being looked for', async () => {
    await put({ deal: [line('cf_404', 'b')] });
    const database = openDatabase(t.databaseUrl);
    try {
      await sql`alter table tokens rename column access_sealed to gone`.execute(database);
      const { exitCode, stderr } = await run('settings show --lang en');
      expect(exitCode).toBe(EXIT.unexpected);
      expect(stderr).not.toMatch(/could not be asked/);
    } finally {
      await sql`alter table tokens rename column gone to access_sealed`.execute(database);
      await database.destroy();
    }
  });
});
