import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import { type Database, openDatabase } from '../../ledger/database/database.ts';
import { createStage, type Stage } from '../support/stage.ts';
import { type OwnServer, ownServer } from '../amocrm/account-reader.ts';
import { commandLine, type CommandResult } from '../cli/command-line.ts';

let stage: Stage;
let db: Database;
let host: string;
let run: ReturnType<typeof commandLine>;
let said = '';

beforeAll(async () => {
  // The test itself asks amoCRM too, and stands in nobody's line.
  stage = await createStage({
    sandbox: { calls: 20, limits: { requestsPerSecond: null, accountRequestsPerSecond: null } },
  });
  host = new URL(stage.sandbox.addresses.amocrm).host;
  db = openDatabase(stage.environment['DATABASE_URL'] ?? '', { maxConnections: 1 });
  const plain = commandLine(stage.environment);
  run = async (...given) => {
    const result = await plain(...given);
    said += result.stdout + result.stderr;
    return result;
  };
});
beforeEach(() => stage.ledger.accounts.remove(stage.accountId));
afterEach(() => stage.sandbox.amocrm.faults.set([]));
afterAll(async () => {
  await db.destroy();
  await stage.close();
});

const json = ({ stdout }: CommandResult) => JSON.parse(stdout) as Record<string, unknown>;
const link = async () => String(json(await run(`account add --host ${host} --json`))['consentUrl']);

/** The address that the browser ends at after the consent page. */
async function redirected(consentUrl: string, choice: 'allow' | 'deny' = 'allow'): Promise<string> {
  const page = await (await fetch(consentUrl)).text();
  const href = new RegExp(`id="${choice}" href="([^"]+)"`).exec(page)?.[1]?.replaceAll('&amp;', '&') ?? '';
  const answer = await fetch(href, { redirect: 'manual' });
  return answer.headers.get('location') ?? '';
}

const add = (given: string) => run(`account add --host ${host} --code-stdin --json`, `${given}\n`);
const changed = (address: string, name: string, value: string) => {
  const url = new URL(address);
  url.searchParams.set(name, value);
  return url.href;
};
const exchanges = () => stage.sandbox.amocrm.account.tokens.counters.exchanges;
const nothingKept = async () => expect(await stage.ledger.accounts.list()).toEqual([]);

describe('account add by consent', () => {
  test('prints the consent page; the address that it leads to connects the account, once', async () => {
    const address = await redirected(await link());
    expect(json(await add(address))).toEqual({ accountId: stage.accountId, host, state: 'connected' });
    expect(await stage.ledger.tokens.read(stage.accountId)).toMatchObject({ kind: 'oauth', state: 'active' });
    expect((await stage.ledger.users.list(stage.accountId)).length).toBeGreaterThan(0);

    const again = await add(address);
    expect(json(again)).toMatchObject({ error: { code: 'consent_link_invalid' } });
    expect(again.exitCode).toBe(2);
  });

  test('takes the code of the keys tab as well, once', async () => {
    const code = stage.sandbox.amocrm.account.tokens.issueCode();
    expect(json(await add(code))).toMatchObject({ accountId: stage.accountId });
    const again = await add(code);
    expect(json(again)).toMatchObject({ error: { code: 'amocrm_code_refused' } });
    expect(again.exitCode).toBe(7);
    expect(await stage.ledger.tokens.read(stage.accountId)).toMatchObject({ kind: 'oauth', version: 1 });
  });

  test('of a link that is older than 20 minutes, or not ours, exchanges nothing', async () => {
    const before = exchanges();
    const old = await redirected(await link());
    await sql`update consents set given_at = now() - interval '21 minutes'`.execute(db);
    expect(json(await add(old))).toMatchObject({ error: { code: 'consent_link_invalid' } });
    const address = await redirected(await link());
    for (const forged of [changed(address, 'state', 'forged'), address.replace(/&?state=[^&]+/, '')]) {
      expect(json(await add(forged))).toMatchObject({ error: { code: 'consent_link_invalid' } });
    }
    expect(exchanges()).toBe(before);
    await nothingKept();
  });

  test('that was refused says so', async () => {
    const denied = await add(await redirected(await link(), 'deny'));
    expect(json(denied)).toMatchObject({ error: { code: 'consent_denied' } });
    expect(denied.exitCode).toBe(2);
  });

  test('with a lying referer sends the secret nowhere, and leaves the link good for the true one', async () => {
    const liar: OwnServer = await ownServer((_, response) => response.end('{}'));
    const address = await redirected(await link());
    for (const lie of [new URL(liar.url).host, 'amocrm.ru.evil.example']) {
      expect(json(await add(changed(address, 'referer', lie)))).toMatchObject({
        error: { code: 'amocrm_host_forbidden' },
      });
    }
    expect(json(await add(changed(address, 'referer', '')))).toMatchObject({ error: { code: 'consent_link_invalid' } });
    expect(liar.requests).toEqual([]);
    liar.close();
    expect(json(await add(address))).toMatchObject({ accountId: stage.accountId });
  });

  test('without the integration says which variables are missing', async () => {
    const none = { AMOCRM_CLIENT_ID: '', AMOCRM_CLIENT_SECRET: '', AMOCRM_REDIRECT_URI: '' };
    const { exitCode, stderr } = await run(`account add --host ${host}`, '', none);
    expect(stderr).toContain('set AMOCRM_CLIENT_ID, AMOCRM_CLIENT_SECRET and AMOCRM_REDIRECT_URI');
    expect(exitCode).toBe(2);
  });
});

describe('a token of another account', () => {
  const OTHER = 4_242;

  /** The account at this host was another one before: a token for it must not take that one's place. */
  beforeEach(async () => {
    await stage.ledger.accounts.remove(OTHER);
    await stage.ledger.accounts.put({
      accountId: OTHER,
      host,
      name: 'Other',
      timeZone: 'UTC',
      isApiFilterEnabled: false,
      country: 'RU',
    });
    await stage.ledger.tokens.put(OTHER, 'its-own-token');
  });
  afterAll(() => stage.ledger.accounts.remove(OTHER));

  test.each([
    ['long-lived', () => run(`account add --host ${host} --token-stdin --json`, stage.sandbox.token)],
    ['by a code', () => add(stage.sandbox.amocrm.account.tokens.issueCode())],
    ['by consent', async () => add(await redirected(await link()))],
  ])('%s is refused, and the stored one stays', async (_, bring) => {
    const refused = await bring();
    expect(json(refused)).toMatchObject({ error: { code: 'amocrm_other_account' } });
    expect(refused.exitCode).toBe(7);
    expect(await stage.ledger.tokens.read(OTHER)).toMatchObject({ access: 'its-own-token', version: 1 });
    expect(await stage.ledger.accounts.find(stage.accountId)).toBeUndefined();
  });
});

describe('account list', () => {
  const listed = async () => (JSON.parse((await run('account list --json')).stdout) as Record<string, unknown>[])[0];
  beforeEach(async () => {
    await add(stage.sandbox.amocrm.account.tokens.issueCode());
    const { connectionId, apiKey } = stage.sandbox;
    await stage.ledger.connections.put({ accountId: stage.accountId, connectionId, language: 'ru-RU', apiKey });
  });

  test('shows kind, state, age and end of the token, and that nobody has to act', async () => {
    expect(await listed()).toMatchObject({
      host,
      state: 'connected',
      token: { kind: 'oauth', state: 'active', since: expect.any(String), accessUntil: expect.any(String) },
      toDo: null,
    });
    expect((await run('account list')).stdout).toMatch(/connected +oauth token, 0 d old, until \d{4}-/);
  });

  test.each([
    ['reauth_required', 'amocrm_unauthorized', 'Connect the account with a valid one (`account add`)'],
    ['reauth_required', 'amocrm_grant_lost', 'its answer was lost'],
    ['refresh_lost', null, 'its answer was lost'],
    ['reauth_required', 'amocrm_other_account', 'amoCRM gave access to another account, but 127.0.0.1'],
  ] as const)('of a token in state %s (%s) says who must act', async (state, reason, sentence) => {
    await sql`update tokens set state = ${state}, reason = ${reason}`.execute(db);
    expect(await listed()).toMatchObject({ state: 'reauth_required', toDo: expect.stringContaining(sentence) });
    expect((await run('account list')).stdout).toContain(sentence);
  });

  test('of a refresh that has stood too long too', async () => {
    await sql`update tokens set state = 'refreshing', state_since = now() - interval '2 minutes'`.execute(db);
    expect(await listed()).toMatchObject({ state: 'reauth_required', token: { state: 'refreshing' } });
  });

  test('of tokens by consent that nobody has used for three months: amoCRM ends them', async () => {
    await sql`update tokens set updated_at = now() - interval '89 days'`.execute(db);
    expect(await listed()).toMatchObject({ state: 'connected', toDo: null });
    await sql`update tokens set updated_at = now() - interval '96 days'`.execute(db);
    expect(await listed()).toMatchObject({ state: 'reauth_required', toDo: expect.stringContaining('Connect the') });
  });

  test('of a long-lived token that is over', async () => {
    await run(`account add --host ${host} --token-stdin`, stage.sandbox.token);
    expect(await listed()).toMatchObject({
      state: 'connected',
      token: { kind: 'long_lived', accessUntil: expect.any(String) },
    });
    await sql`update tokens set access_until = now() - interval '1 minute'`.execute(db);
    expect(await listed()).toMatchObject({ state: 'reauth_required', toDo: expect.stringContaining(host) });
  });
});

test('nothing secret was said in all this', async () => {
  expect(said).toContain('amocrm_other_account');
  const { token, clientSecret } = stage.sandbox;
  const kept = await stage.ledger.tokens.read(stage.accountId);
  for (const secret of [token, clientSecret, kept?.access ?? token, 'def502']) expect(said).not.toContain(secret);
});
