import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { createOauth } from '../../amocrm/oauth/oauth.ts';
import { createAmocrmPaces, type SharedPace } from '../../amocrm/pacing/pace.ts';
import { TokenKeeper, type TokenStore } from '../../amocrm/oauth/token-keeper.ts';
import { createAmocrmTransport } from '../../amocrm/http/transport.ts';
import { ExportError } from '../../errors/export-error.ts';
import { sampleError } from '../support/sample-error.ts';
import { type Database, openDatabase } from '../../ledger/database/database.ts';
import { IDENTITY } from '../../sandbox/identity.ts';
import { openAccount, type TestAccount } from '../sandbox/amocrm-sandbox.ts';
import { openTestLedger, type TestLedger } from '../support/ledger.ts';

const { accountId, clientId, clientSecret, redirectUri } = IDENTITY;

let t: TestLedger;
let db: Database;
let account: TestAccount;
let host: string;
beforeAll(async () => {
  t = await openTestLedger();
  db = openDatabase(t.databaseUrl);
  account = await openAccount({ calls: 0 });
  ({ host } = new URL(account.amocrm.url));
  await t.ledger.accounts.put({
    accountId,
    host,
    name: 'Sandbox',
    timeZone: 'Europe/Moscow',
    isApiFilterEnabled: true,
    country: 'RU',
  });
});
/** Refusals that one test brought about must not make the next one's requests rest. */
afterEach(() => db.deleteFrom('breakers').execute());
afterAll(async () => {
  await db.destroy();
  await account.close();
  await t.close();
});

/** The sandbox's other name, which an account can be given. */
const renamed = () => host.replace('127.0.0.1', 'localhost');

/** What lets a process into the account, and its pace, of which parts may be broken. */
function processOf(
  broken: Partial<SharedPace>,
  { now = Date.now, store = {} }: { now?: () => number; store?: Partial<TokenStore> } = {},
) {
  const oauth = createOauth({
    transport: createAmocrmTransport(),
    insecureHosts: [host, renamed()],
    integration: { clientId, clientSecret, redirectUri },
  });
  const paces = createAmocrmPaces({ ...t.ledger.rateBuckets, ...broken }, 100);
  const pace = paces({ accountId, client: 'oauth', priority: 'bulk' });
  const requests: unknown[] = [];
  const keeper = new TokenKeeper({ ...t.ledger.tokens, ...store }, oauth, {
    now,
    counted: (...request) => requests.push(request),
  });
  return { oauth, pace, requests, tokens: keeper.of(accountId, pace) };
}

describe('a refresh that is the first request after a rest', () => {
  beforeEach(async () => {
    const { access, refresh } = await processOf({}).oauth.exchange(host, account.amocrm.account.tokens.issueCode());
    await t.ledger.tokens.put(accountId, { kind: 'oauth', access, refresh, accessSeconds: 0 });
    const { pace } = processOf({});
    await (await pace()).end(new ExportError('amocrm_throttled', { retryAfterMs: 1 }));
  });

  test('keeps its new pair when nobody could write down that it was answered', async () => {
    const before = await t.ledger.tokens.read(accountId);
    let tried = 0;
    const settleProbe = () => {
      tried++;
      return Promise.reject(sampleError('database_unreachable'));
    };
    const token = await processOf({ settleProbe }).tokens.accessToken();
    expect(tried).toBe(1);
    expect(token).not.toBe(before?.access);
    expect(await t.ledger.tokens.read(accountId)).toMatchObject({
      version: (before?.version ?? 0) + 1,
      state: 'active',
      access: token,
    });
  });

  test('leaves it to the next request to try amoCRM, when another process has refreshed just before', async () => {
    const { version } = (await t.ledger.tokens.read(accountId)) ?? { version: 0 };
    const theirs = { access: 'theirs', refresh: 'theirs', accessSeconds: 86_400 };
    const takeTurn: SharedPace['takeTurn'] = async (turn) => {
      const answer = await t.ledger.rateBuckets.takeTurn(turn);
      if (answer.granted && (await t.ledger.tokens.beginRefresh(accountId, version))) {
        await t.ledger.tokens.replace(accountId, version, theirs);
      }
      return answer;
    };
    const { tokens, requests } = processOf({ takeTurn });
    expect(await tokens.accessToken()).toBe('theirs');
    expect(requests).toEqual([]);
    const next = { accountId, client: 'oauth', requestsPerSecond: 100, interactive: true };
    expect(await t.ledger.rateBuckets.takeTurn(next)).toMatchObject({ granted: true, probe: true });
  });
});

describe('a refresh ahead of time that amoCRM does not take', () => {
  const MINUTE = 60_000;
  let access: string;
  beforeEach(async () => {
    const pair = await processOf({}).oauth.exchange(host, account.amocrm.account.tokens.issueCode());
    ({ access } = pair);
    await t.ledger.tokens.put(accountId, { kind: 'oauth', access, refresh: pair.refresh, accessSeconds: 20 * 60 });
  });
  afterEach(() => account.amocrm.faults.set([]));

  test.each([
    ['a minute', { status: 402 }, MINUTE],
    ['the minutes that it asks for', { status: 429, retryAfter: 300 }, 5 * MINUTE],
  ])('is tried again after %s, and not at every request', async (_, answer, pauseMs) => {
    account.amocrm.faults.set([{ match: '/oauth2/access_token', answer }]);
    let clock = Date.now();
    const { tokens, requests } = processOf({ refused: () => Promise.resolve() }, { now: () => clock });
    const sentBy = async (atMs: number) => {
      clock = atMs;
      expect(await tokens.accessToken()).toBe(access);
      return requests.length;
    };
    const first = clock;
    expect(await sentBy(first)).toBe(1);
    expect(await sentBy(first)).toBe(1);
    expect(await sentBy(first + pauseMs - 1)).toBe(1);
    expect(await sentBy(first + pauseMs)).toBe(2);
  });
});

describe('a refresh that cannot even be begun', () => {
  beforeEach(async () => {
    const { access, refresh } = await processOf({}).oauth.exchange(host, account.amocrm.account.tokens.issueCode());
    await t.ledger.tokens.put(accountId, { kind: 'oauth', access, refresh, accessSeconds: 0 });
  });

  test('leaves no marker where its host may not be asked: nothing has gone out', async () => {
    await t.ledger.tokens.move(accountId, 'not.allowed.example');
    await expect(processOf({}).tokens.accessToken()).rejects.toMatchObject({ code: 'amocrm_host_forbidden' });
    expect(await t.ledger.tokens.read(accountId)).toMatchObject({ state: 'active' });
    await t.ledger.tokens.move(accountId, host);
  });

  test('gives its turn back where Postgres is away at the marker', async () => {
    const { pace } = processOf({});
    await (await pace()).end(new ExportError('amocrm_throttled', { retryAfterMs: 1 }));
    const settled: unknown[] = [];
    const { tokens } = processOf(
      { settleProbe: (...probe) => Promise.resolve(void settled.push(probe)) },
      { store: { beginRefresh: () => Promise.reject(new Error('away')) } },
    );
    await expect(tokens.accessToken()).rejects.toThrow('away');
    expect(settled).toEqual([[accountId, expect.anything()]]);
  });
});

test('every request for tokens is counted, and every one for the account’s present host', async () => {
  const { oauth, tokens, requests } = processOf({});
  const { access, refresh } = await oauth.exchange(host, account.amocrm.account.tokens.issueCode());
  await t.ledger.tokens.put(accountId, { kind: 'oauth', access, refresh, accessSeconds: 0 });
  await tokens.accessToken();
  account.amocrm.account.tokens.revokeAll();
  const token = await t.ledger.tokens.read(accountId);
  await expect(tokens.renewAccess({ host, token: token?.access ?? '' }, 'amocrm_unauthorized')).rejects.toMatchObject({
    code: 'amocrm_unauthorized',
  });
  expect(requests).toEqual([
    [accountId, '/oauth2/access_token', 'ok'],
    [accountId, '/oauth2/access_token', 'amocrm_unauthorized'],
    [accountId, '/oauth2/account/current/subdomain', 'amocrm_account_moved'],
  ]);
});

describe('where the account lives, when its host knows it no more, and that cannot be asked just now,', () => {
  const present = '/oauth2/account/current/subdomain';
  const gone = { match: '/oauth2/access_token', times: 1, answer: { status: 404, html: true } };
  const token = async () => t.ledger.tokens.read(accountId);
  beforeEach(async () => {
    const { access, refresh } = await processOf({}).oauth.exchange(host, account.amocrm.account.tokens.issueCode());
    await t.ledger.tokens.put(accountId, { kind: 'oauth', access, refresh, accessSeconds: 0 });
  });
  afterEach(() => account.amocrm.faults.set([]));

  test.each([
    [503, 'amocrm_unavailable', []],
    [429, 'amocrm_throttled', ['amocrm_throttled']],
    [403, 'amocrm_blocked', ['amocrm_blocked']],
  ])('is asked again later: nobody has to act (%d)', async (status, code, rests) => {
    account.amocrm.faults.set([gone, { match: present, times: 1, answer: { status, html: true } }]);
    const told: string[] = [];
    const { tokens, requests } = processOf({ refused: (_, reason) => Promise.resolve(void told.push(reason)) });
    await expect(tokens.accessToken()).rejects.toMatchObject({ code });
    expect(await token()).toMatchObject({ state: 'active', reason: null });
    expect(told).toEqual(rests);
    expect(requests.at(-1)).toEqual([accountId, present, code]);
    expect(await tokens.accessToken()).toBe((await token())?.access);
  });

  test('not even when it was a request of ours that amoCRM answered so', async () => {
    account.amocrm.faults.set([{ match: present, times: 1, answer: { dropAnswer: true } }]);
    const { tokens } = processOf({});
    const refused = { host, token: (await token())?.access ?? '' };
    await expect(tokens.renewAccess(refused, 'amocrm_account_moved')).rejects.toMatchObject({
      code: 'amocrm_unavailable',
    });
    // There is nothing better, and nobody has to act: amoCRM says that the account lives there.
    await expect(tokens.renewAccess(refused, 'amocrm_account_moved')).rejects.toMatchObject({
      code: 'amocrm_unavailable',
      values: { what: '404 or a redirect' },
    });
  });

  test('nor when Postgres is away at that moment: the refresh token is unused', async () => {
    account.amocrm.faults.set([gone]);
    let isAway = true;
    const takeTurn: SharedPace['takeTurn'] = async (turn) => {
      if (!isAway || (await token())?.state !== 'refreshing') return t.ledger.rateBuckets.takeTurn(turn);
      isAway = false;
      throw new Error('away');
    };
    const { tokens } = processOf({ takeTurn });
    await expect(tokens.accessToken()).rejects.toThrow('away');
    expect(await token()).toMatchObject({ state: 'active' });
    expect(await tokens.accessToken()).toBe((await token())?.access);
  });

  test('but a word that the tokens are dead stands', async () => {
    account.amocrm.account.tokens.revokeAll();
    account.amocrm.faults.set([{ match: present, answer: { status: 503 } }]);
    await expect(processOf({}).tokens.accessToken()).rejects.toMatchObject({ code: 'amocrm_unauthorized' });
    expect(await token()).toMatchObject({ state: 'reauth_required' });
  });
});

describe('a long-lived token that is refused', () => {
  const present = '/oauth2/account/subdomain';
  const kept = async () => t.ledger.tokens.read(accountId);
  let access: string;
  beforeEach(async () => {
    access = account.amocrm.account.tokens.issueLongLived();
    await t.ledger.tokens.put(accountId, access);
  });
  afterEach(async () => {
    account.amocrm.faults.set([]);
    account.amocrm.account.domain.rename(undefined);
    await t.ledger.tokens.move(accountId, host);
  });
  const rename = (domain: string) =>
    account.amocrm.account.domain.rename({ domain, subdomain: 'renamed', formerStatus: 401 });

  test('because its account lives elsewhere now, is used there', async () => {
    rename(renamed());
    const { tokens, requests } = processOf({});
    const moved = { host: renamed(), token: access };
    expect(await tokens.renewAccess({ host, token: access }, 'amocrm_unauthorized')).toEqual(moved);
    expect(requests).toEqual([[accountId, present, 'ok']]);
    expect(await kept()).toMatchObject({ host: renamed(), state: 'active' });
  });

  test('at its present host is over', async () => {
    const { tokens, requests } = processOf({});
    const refused = { host, token: access };
    await expect(tokens.renewAccess(refused, 'amocrm_unauthorized')).rejects.toMatchObject({
      code: 'amocrm_unauthorized',
    });
    expect(requests).toEqual([[accountId, present, 'ok']]);
    expect(await kept()).toMatchObject({ host, state: 'reauth_required' });
  });

  test('is not taken to a host that is not amoCRM’s', async () => {
    rename('evil.example');
    await expect(processOf({}).tokens.renewAccess({ host, token: access }, 'amocrm_unauthorized')).rejects.toThrow();
    expect(await kept()).toMatchObject({ host, state: 'reauth_required' });
  });

  test.each([
    [503, 'amocrm_unauthorized', 'reauth_required'],
    [429, 'amocrm_throttled', 'active'],
    [403, 'amocrm_blocked', 'active'],
  ])('while nobody can say where its account lives (%d): %s', async (status, code, state) => {
    account.amocrm.faults.set([{ match: present, answer: { status, html: true } }]);
    const { tokens } = processOf({});
    await expect(tokens.renewAccess({ host, token: access }, 'amocrm_unauthorized')).rejects.toMatchObject({ code });
    expect(await kept()).toMatchObject({ host, state });
  });
});
