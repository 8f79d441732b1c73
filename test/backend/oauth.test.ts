import { createHmac } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type OwnServer, ownServer } from '../amocrm/account-reader.ts';
import { disposableToken } from '../support/disposable-tokens.ts';
import { createBackendStage, startBackend, type TestBackend, widgetOf } from '../support/backend.ts';
import type { Stage } from '../support/stage.ts';
import { waitFor } from '../support/wait-for.ts';

let stage: Stage;
let backend: TestBackend;
let ask: ReturnType<typeof widgetOf>;
let host: string;

/** A host that is let through and is not there. */
const LURE = 'call-88005553535-you-have-won.invalid:1';

beforeAll(async () => {
  const limits = { requestsPerSecond: null, accountRequestsPerSecond: null };
  stage = await createBackendStage({ sandbox: { calls: 40, limits } });
  host = new URL(stage.sandbox.addresses.amocrm).host;
  const { INSECURE_HOSTS = '' } = stage.environment;
  backend = await startBackend(stage, { environment: { INSECURE_HOSTS: `${INSECURE_HOSTS},${LURE}` } });
  ask = widgetOf(backend.url, stage.sandbox);
});
beforeEach(async () => {
  stage.sandbox.amocrm.account.tokens.restore();
  await stage.ledger.accounts.remove(stage.accountId);
});
afterEach(() => stage.sandbox.amocrm.faults.set([]));
afterAll(async () => {
  await backend.close();
  await stage.close();
});

const install = () => stage.control('amocrm', 'POST', '/integration/install');
const disable = () => stage.control('amocrm', 'POST', '/integration/disable');
const exchanges = () => stage.sandbox.amocrm.account.tokens.counters.exchanges;
const stateOf = async () => {
  const { body } = await ask('GET /api/status');
  return (body['account'] as { state: string }).state;
};
const connected = () => waitFor(async () => (await stateOf()) === 'active', { what: 'the account to be connected' });

/** Presses «Подключить», and goes where the consent page leads. */
async function consent(choice: 'allow' | 'deny' = 'allow'): Promise<URL> {
  const { body } = await ask('POST /api/consent', { body: {} });
  const page = await (await fetch(String(body['consentUrl']))).text();
  const href = new RegExp(`id="${choice}" href="([^"]+)"`).exec(page)?.[1]?.replaceAll('&amp;', '&') ?? '';
  const answer = await fetch(href, { redirect: 'manual' });
  return new URL(answer.headers.get('location') ?? '');
}

const callback = (query: Record<string, string>) =>
  fetch(`${stage.sandbox.redirectUri}?${new URLSearchParams(query).toString()}`);

describe('installing the widget', () => {
  test('connects the account', async () => {
    expect(await stateOf()).toBe('not_connected');
    await install();
    await connected();
    expect(await stage.ledger.tokens.read(stage.accountId)).toMatchObject({ kind: 'oauth', state: 'active' });
  });

  test.each<[string, Record<string, string>]>([
    ['a state that nobody here gave out', { state: 'state', client_id: 'x' }],
    ['an empty state', { state: '' }],
    ['such a state and from_widget', { state: 'state', from_widget: '1' }],
    ['neither state nor from_widget', {}],
  ])('connects the account also with %s', async (_, more) => {
    const code = stage.sandbox.amocrm.account.tokens.issueCode();
    expect((await callback({ code, referer: host, ...more })).status).toBe(200);
    await connected();
  });

  test('with a state that nobody here gave out and no code connects nothing', async () => {
    expect((await callback({ state: 'state', referer: host })).status).toBe(400);
    expect(await stateOf()).toBe('not_connected');
  });

  test('is answered within amoCRM’s three seconds, however long amoCRM itself takes then', async () => {
    stage.sandbox.amocrm.faults.set([{ match: '/oauth2/access_token', answer: { delayMs: 4_000 }, times: 1 }]);
    const outcome = await stage.sandbox.amocrm.control('POST', '/integration/install', undefined);
    expect(outcome.body).toMatchObject({ outcome: 'answered', status: 200 });
    await connected();
  });

  test.each(['evil.example', 'amocrm.ru.evil.example', 'www.amocrm.ru', '', '127.0.0.1:1'])(
    'with the referer %p sends the client secret nowhere',
    async (referer) => {
      const before = exchanges();
      const answer = await callback({ code: 'def502', referer, from_widget: '1', platform: '1' });
      expect(answer.status).toBe(400);
      expect(exchanges()).toBe(before);
      expect(await stage.ledger.accounts.list()).toEqual([]);
    },
  );

  test('with a lying referer asks nobody there', async () => {
    const liar: OwnServer = await ownServer((_, response) => response.end('{}'));
    await callback({ code: 'def502', referer: new URL(liar.url).host, from_widget: '1' });
    expect(liar.requests).toEqual([]);
    liar.close();
  });

  test('with a code of nobody’s changes nothing', async () => {
    const answer = await callback({ code: 'def502', referer: host, from_widget: '1' });
    expect(answer.status).toBe(409);
    expect(await stage.ledger.accounts.list()).toEqual([]);
  });
});

describe('«Подключить»', () => {
  test('heals a lost install hook, once', async () => {
    const address = await consent();
    const answer = await fetch(address);
    expect(answer.status).toBe(200);
    expect(await answer.text()).toContain('Аккаунт подключён');
    expect(await stateOf()).toBe('active');
    const again = await fetch(address);
    expect([again.status, await again.text()]).toEqual([400, expect.stringContaining('уже использована')]);
  });

  test('that was refused on the consent page says so', async () => {
    const answer = await fetch(await consent('deny'));
    expect([answer.status, await answer.text()]).toEqual([400, expect.stringContaining('В доступе отказано')]);
    expect(await stateOf()).toBe('not_connected');
  });

  test('takes no state of the form of ours that nobody was given', async () => {
    const before = exchanges();
    const code = stage.sandbox.amocrm.account.tokens.issueCode();
    for (const more of [{}, { from_widget: '1' }]) {
      const forged = { code, referer: host, state: 'x'.repeat(43), ...more };
      expect((await callback(forged)).status).toBe(400);
    }
    expect(exchanges()).toBe(before);
    expect(await stateOf()).toBe('not_connected');
  });

  test('has an address that is there, also when nothing is asked of it', async () => {
    const answer = await callback({});
    expect([answer.status, await answer.text()]).toEqual([200, expect.stringContaining('Подключите аккаунт')]);
  });

  test('puts nothing of the address into its page, nor into the log', async () => {
    const lure = '<script>alert(1)</script>';
    const page = await (await callback({ code: lure, referer: lure, state: lure, error: lure })).text();
    expect(page).not.toContain('<script>alert');
    for (const referer of ['call-88005553535-you-have-won.example', LURE]) {
      const answer = await callback({ code: 'def502', referer, from_widget: '1' });
      expect(await answer.text()).not.toContain('88005553535');
    }
    const address = await consent();
    await fetch(address);
    for (const secret of ['code', 'state']) expect(backend.log()).not.toContain(address.searchParams.get(secret));
  });

  test('runs the one script of its page, and no other', async () => {
    const answer = await fetch(await consent());
    expect(answer.headers.get('content-security-policy')).toMatch(/default-src 'none'; script-src 'sha256-[^']+'/);
  });
});

describe('switching the integration off', () => {
  const signature = (text: string) => createHmac('sha256', stage.sandbox.clientSecret).update(text).digest('hex');
  const hook = (query: Record<string, string>) =>
    fetch(`${backend.url}/oauth/disconnect?${new URLSearchParams(query).toString()}`);
  const genuine = () => ({
    account_id: String(stage.accountId),
    signature: signature(`${stage.sandbox.clientId}|${stage.accountId}`),
  });

  beforeEach(async () => {
    await install();
    await connected();
  });

  test('is seen at once: the account must be connected again', async () => {
    await disable();
    await waitFor(async () => (await stateOf()) === 'reauth_required', { what: 'the end of the access' });
    await install().then(() => stage.sandbox.amocrm.account.tokens.restore());
    await connected();
  });

  test('is seen also where amoCRM takes its time to say that the access is over', async () => {
    stage.sandbox.amocrm.faults.set([{ match: '/account', answer: { delayMs: 6_000 }, times: 1 }]);
    await disable();
    await waitFor(async () => (await stateOf()) === 'reauth_required', { what: 'the end of the access' });
    await install().then(() => stage.sandbox.amocrm.account.tokens.restore());
    await connected();
  });

  test('blocks the running export, which goes on when the account is connected again', async () => {
    await stage.ledger.connections.put({
      accountId: stage.accountId,
      connectionId: stage.sandbox.connectionId,
      language: 'ru-RU',
      apiKey: stage.sandbox.apiKey,
    });
    await stage.ledger.settings.put(stage.accountId, stage.settings());
    // Once recordings are asked for, nothing of what is left to do needs amoCRM; they keep the export busy meanwhile.
    await stage.control('telephony', 'PUT', '/faults', [{ action: { kind: 'first-byte', delayMs: 8_000 } }]);
    const worker = await stage.startWorker();
    const { body } = await ask('POST /api/exports', { body: {} });
    const status = () => stage.exports.status(stage.accountId);
    const downloads = () => Object.keys(stage.sandbox.telephony.requestsPer()).length;
    await waitFor(() => downloads() > 0, { what: 'the first download' });
    await disable();
    await waitFor(async () => (await status()).state === 'blocked', { what: 'the block' });
    expect((await status()).calls.remaining).toBeGreaterThan(0);
    await stage.control('telephony', 'PUT', '/faults', []);
    const blocked = await ask('GET /api/status');
    expect(blocked.body['account']).toMatchObject({ state: 'reauth_required' });
    stage.sandbox.amocrm.account.tokens.restore();
    await fetch(await consent());
    const ended = await stage.finished(String(body['exportId']));
    expect(ended).toMatchObject({ state: 'completed', calls: { remaining: 0 } });
    await worker.stop();
  });

  test('does not make an open page try, again and again, a long-lived token that amoCRM refuses', async () => {
    await stage.ledger.tokens.put(stage.accountId, stage.sandbox.amocrm.account.tokens.issueLongLived());
    await disable();
    await waitFor(async () => (await stateOf()) === 'reauth_required', { what: 'the end of the access' });
    const { total } = stage.sandbox.amocrm.requests;
    for (let looks = 0; looks < 5; looks++) {
      // Somebody of whom nobody has asked yet whether he is an administrator.
      const { body } = await ask('GET /api/status', { token: disposableToken(stage.sandbox, { user_id: 4_711 }) });
      expect(body['account']).toMatchObject({ state: 'reauth_required' });
    }
    expect(stage.sandbox.amocrm.requests.total).toBe(total);
    stage.sandbox.amocrm.account.tokens.restore();
  });

  test.each(['client_uuid', 'client_id'])('is heard with the parameter %s', async (name) => {
    expect((await hook({ ...genuine(), [name]: stage.sandbox.clientId })).status).toBe(200);
  });

  test('is not believed while the access still works: an old hook can be sent again', async () => {
    expect((await hook({ ...genuine(), client_uuid: stage.sandbox.clientId })).status).toBe(200);
    await waitFor(() => backend.log().includes('"ended":false'), { what: 'the look at amoCRM' });
    expect(await stateOf()).toBe('active');
  });

  test('does not end an access that amoCRM denies something for now: it is not paid for', async () => {
    stage.sandbox.amocrm.faults.set([{ match: '/account', answer: { status: 402 } }]);
    expect((await hook({ ...genuine(), client_uuid: stage.sandbox.clientId })).status).toBe(200);
    await waitFor(() => backend.log().includes('"code":"amocrm_unpaid"'), { what: 'the look at amoCRM' });
    stage.sandbox.amocrm.faults.set([]);
    expect(await stateOf()).toBe('active');
  });

  test.each([
    ['no signature', () => ({ signature: '' })],
    ['a wrong one', () => ({ signature: '0'.repeat(64) })],
    ['one of another account', () => ({ signature: signature(`${stage.sandbox.clientId}|1`) })],
    ['one that is no hex', () => ({ signature: 'ю'.repeat(64) })],
    ['another integration', () => ({ client_uuid: 'x', signature: signature(`x|${stage.accountId}`) })],
  ])('with %s is refused', async (_, differing) => {
    const answer = await hook({ ...genuine(), client_uuid: stage.sandbox.clientId, ...differing() });
    expect([answer.status, await answer.json()]).toMatchObject([401, { error: { code: 'hook_refused' } }]);
    expect(await stateOf()).toBe('active');
  });
});
